//! Requests of files, and of the file systems that they are on (ioctl_iflags(2), ioctl_ficlone(2), ioctl_userfaultfd(2) and so on).

use super::request::{io, ior, iow, iowr, requests};
use super::{Get, Nothing, Number, Opaque, Set, Update};
use linux_raw_sys::general::{
    epoll_params, file_clone_range, fscrypt_policy_v1, fstrim_range, fsuuid2, fsxattr, pm_scan_arg,
    procmap_query, uffdio_api, uffdio_continue, uffdio_copy, uffdio_move, uffdio_poison, uffdio_range,
    uffdio_register, uffdio_writeprotect, uffdio_zeropage,
};
use linux_raw_sys::ptrace::{seccomp_notif, seccomp_notif_addfd, seccomp_notif_resp};

requests! {
    "linux/fs.h" {
        FIBMAP: Update<i32> = io(0, 1);
        FIGETBSZ: Get<i32> = io(0, 2);
        FIFREEZE: Nothing = iowr::<i32>(b'X', 119);
        FITHAW: Nothing = iowr::<i32>(b'X', 120);
        FITRIM: Update<fstrim_range> = iowr::<fstrim_range>(b'X', 121);
        FICLONE: Number = iow::<i32>(0x94, 9);
        FICLONERANGE: Set<file_clone_range> = iow::<file_clone_range>(0x94, 13);
        FIDEDUPERANGE: Update<Opaque>;
        // Of 32 bits, whatever the word `long` in their definitions says.
        FS_IOC_GETFLAGS: Get<u32> = ior::<isize>(b'f', 1);
        FS_IOC_SETFLAGS: Set<u32> = iow::<isize>(b'f', 2);
        FS_IOC_GETVERSION: Get<u32> = ior::<isize>(b'v', 1);
        FS_IOC_SETVERSION: Set<u32> = iow::<isize>(b'v', 2);
        FS_IOC_FIEMAP: Update<Opaque>;
        FS_IOC32_GETFLAGS: Get<u32>;
        FS_IOC32_SETFLAGS: Set<u32>;
        FS_IOC32_GETVERSION: Get<u32>;
        FS_IOC32_SETVERSION: Set<u32>;
        FS_IOC_FSGETXATTR: Get<fsxattr> = ior::<fsxattr>(b'X', 31);
        FS_IOC_FSSETXATTR: Set<fsxattr> = iow::<fsxattr>(b'X', 32);
        FS_IOC_GETFSLABEL: Get<[u8; 256]> = ior::<[u8; 256]>(0x94, 49);
        FS_IOC_SETFSLABEL: Set<[u8; 256]> = iow::<[u8; 256]>(0x94, 50);
        FS_IOC_GETFSUUID: Get<fsuuid2> = ior::<fsuuid2>(0x15, 0);
        FS_IOC_GETFSSYSFSPATH: Get<[u8; 129]> = ior::<[u8; 129]>(0x15, 1);
        PAGEMAP_SCAN: Update<pm_scan_arg> = iowr::<pm_scan_arg>(b'f', 16);
        PROCMAP_QUERY: Update<procmap_query> = iowr::<procmap_query>(b'f', 17);
    }
    "linux/fscrypt.h" {
        FS_IOC_SET_ENCRYPTION_POLICY: Set<fscrypt_policy_v1> = ior::<fscrypt_policy_v1>(b'f', 19);
        FS_IOC_GET_ENCRYPTION_PWSALT: Get<[u8; 16]> = iow::<[u8; 16]>(b'f', 20);
        FS_IOC_GET_ENCRYPTION_POLICY: Get<fscrypt_policy_v1> = iow::<fscrypt_policy_v1>(b'f', 21);
        FS_IOC_GET_ENCRYPTION_POLICY_EX: Update<Opaque> = iowr::<[u8; 9]>(b'f', 22);
        FS_IOC_ADD_ENCRYPTION_KEY: Update<Opaque>;
        FS_IOC_REMOVE_ENCRYPTION_KEY: Update<Opaque>;
        FS_IOC_REMOVE_ENCRYPTION_KEY_ALL_USERS: Update<Opaque>;
        FS_IOC_GET_ENCRYPTION_KEY_STATUS: Update<Opaque>;
        FS_IOC_GET_ENCRYPTION_NONCE: Get<[u8; 16]> = ior::<[u8; 16]>(b'f', 27);
    }
    "linux/fsverity.h" {
        FS_IOC_ENABLE_VERITY: Set<[u64; 16]> = iow::<[u64; 16]>(b'f', 133);
        FS_IOC_MEASURE_VERITY: Update<Opaque> = iowr::<[u16; 2]>(b'f', 134);
        FS_IOC_READ_VERITY_METADATA: Set<[u64; 5]> = iowr::<[u64; 5]>(b'f', 135);
    }
    "linux/nsfs.h" {
        NS_GET_USERNS: Nothing = io(0xb7, 1);
        NS_GET_PARENT: Nothing = io(0xb7, 2);
        NS_GET_NSTYPE: Nothing = io(0xb7, 3);
        NS_GET_OWNER_UID: Get<u32> = io(0xb7, 4);
        NS_GET_MNTNS_ID: Get<u64> = ior::<u64>(0xb7, 5);
        NS_GET_PID_FROM_PIDNS: Number = ior::<i32>(0xb7, 6);
        NS_GET_TGID_FROM_PIDNS: Number = ior::<i32>(0xb7, 7);
        NS_GET_PID_IN_PIDNS: Number = ior::<i32>(0xb7, 8);
        NS_GET_TGID_IN_PIDNS: Number = ior::<i32>(0xb7, 9);
        NS_MNT_GET_INFO: Get<[u64; 2]> = ior::<[u64; 2]>(0xb7, 10);
        NS_MNT_GET_NEXT: Get<[u64; 2]> = ior::<[u64; 2]>(0xb7, 11);
        NS_MNT_GET_PREV: Get<[u64; 2]> = ior::<[u64; 2]>(0xb7, 12);
    }
    "linux/pidfd.h" {
        PIDFD_GET_CGROUP_NAMESPACE: Nothing = io(0xff, 1);
        PIDFD_GET_IPC_NAMESPACE: Nothing = io(0xff, 2);
        PIDFD_GET_MNT_NAMESPACE: Nothing = io(0xff, 3);
        PIDFD_GET_NET_NAMESPACE: Nothing = io(0xff, 4);
        PIDFD_GET_PID_NAMESPACE: Nothing = io(0xff, 5);
        PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE: Nothing = io(0xff, 6);
        PIDFD_GET_TIME_NAMESPACE: Nothing = io(0xff, 7);
        PIDFD_GET_TIME_FOR_CHILDREN_NAMESPACE: Nothing = io(0xff, 8);
        PIDFD_GET_USER_NAMESPACE: Nothing = io(0xff, 9);
        PIDFD_GET_UTS_NAMESPACE: Nothing = io(0xff, 10);
    }
    "linux/eventpoll.h" {
        EPIOCSPARAMS: Set<epoll_params> = iow::<epoll_params>(0x8a, 1);
        EPIOCGPARAMS: Get<epoll_params> = ior::<epoll_params>(0x8a, 2);
    }
    "linux/userfaultfd.h" {
        USERFAULTFD_IOC_NEW: Number = io(0xaa, 0);
        UFFDIO_REGISTER: Update<uffdio_register> = iowr::<uffdio_register>(0xaa, 0);
        UFFDIO_UNREGISTER: Set<uffdio_range> = ior::<uffdio_range>(0xaa, 1);
        UFFDIO_WAKE: Set<uffdio_range> = ior::<uffdio_range>(0xaa, 2);
        UFFDIO_COPY: Update<uffdio_copy> = iowr::<uffdio_copy>(0xaa, 3);
        UFFDIO_ZEROPAGE: Update<uffdio_zeropage> = iowr::<uffdio_zeropage>(0xaa, 4);
        UFFDIO_MOVE: Update<uffdio_move> = iowr::<uffdio_move>(0xaa, 5);
        UFFDIO_WRITEPROTECT: Update<uffdio_writeprotect> = iowr::<uffdio_writeprotect>(0xaa, 6);
        UFFDIO_CONTINUE: Update<uffdio_continue> = iowr::<uffdio_continue>(0xaa, 7);
        UFFDIO_POISON: Update<uffdio_poison> = iowr::<uffdio_poison>(0xaa, 8);
        UFFDIO_API: Update<uffdio_api> = iowr::<uffdio_api>(0xaa, 0x3f);
    }
    "linux/seccomp.h" {
        SECCOMP_IOCTL_NOTIF_RECV: Update<seccomp_notif> = iowr::<seccomp_notif>(b'!', 0);
        SECCOMP_IOCTL_NOTIF_SEND: Update<seccomp_notif_resp> = iowr::<seccomp_notif_resp>(b'!', 1);
        SECCOMP_IOCTL_NOTIF_ID_VALID: Set<u64> = iow::<u64>(b'!', 2);
        SECCOMP_IOCTL_NOTIF_ADDFD: Set<seccomp_notif_addfd> = iow::<seccomp_notif_addfd>(b'!', 3);
        SECCOMP_IOCTL_NOTIF_SET_FLAGS: Number = iow::<u64>(b'!', 4);
    }
}

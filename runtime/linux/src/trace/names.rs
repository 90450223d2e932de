//! Names of what others hand to calls, where a call of this crate takes a safer type, or fewer of them: for who shows them.

use linux_raw_sys::general as kernel;

flags! {
    /// What is done on the way along a path (AT_), of calls that have these bits.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct PathFlags: u32 {
        /// AT_SYMLINK_NOFOLLOW.
        const NO_FOLLOW = kernel::AT_SYMLINK_NOFOLLOW;
        /// AT_REMOVEDIR: of unlinkat; of faccessat it is AT_EACCESS.
        const REMOVE_FOLDER = kernel::AT_REMOVEDIR;
        /// AT_SYMLINK_FOLLOW.
        const FOLLOW = kernel::AT_SYMLINK_FOLLOW;
        /// AT_NO_AUTOMOUNT.
        const NO_AUTOMOUNT = kernel::AT_NO_AUTOMOUNT;
        /// AT_EMPTY_PATH.
        const EMPTY_PATH = kernel::AT_EMPTY_PATH;
        const _ = !0;
    }
}

flags! {
    /// The same of faccessat2(2).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct AccessFlags: u32 {
        /// AT_SYMLINK_NOFOLLOW.
        const NO_FOLLOW = kernel::AT_SYMLINK_NOFOLLOW;
        /// AT_EACCESS.
        const EFFECTIVE = kernel::AT_EACCESS;
        /// AT_EMPTY_PATH.
        const EMPTY_PATH = kernel::AT_EMPTY_PATH;
        const _ = !0;
    }
}

flags! {
    /// How what statfs(2) tells of is mounted; the kernel keeps these to itself (include/linux/statfs.h).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct MountedFlags: u32 {
        /// ST_RDONLY.
        const READ_ONLY = 0x1;
        /// ST_NOSUID.
        const NO_SET_USER = 0x2;
        /// ST_NODEV.
        const NO_DEVICES = 0x4;
        /// ST_NOEXEC.
        const NO_EXECUTE = 0x8;
        /// ST_SYNCHRONOUS.
        const SYNCHRONOUS = 0x10;
        /// ST_VALID: the flags are told at all.
        const VALID = 0x20;
        /// ST_MANDLOCK.
        const MANDATORY_LOCKS = 0x40;
        /// ST_NOATIME.
        const NO_ACCESS_TIMES = 0x400;
        /// ST_NODIRATIME.
        const NO_FOLDER_ACCESS_TIMES = 0x800;
        /// ST_RELATIME.
        const RELATIVE_ACCESS_TIMES = 0x1000;
        /// ST_NOSYMFOLLOW.
        const NO_FOLLOW = 0x2000;
        const _ = !0;
    }
}

flags! {
    /// What statx(2) is asked, and tells, bit for bit.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct StatxBits: u32 {
        /// STATX_TYPE.
        const TYPE = kernel::STATX_TYPE;
        /// STATX_MODE.
        const MODE = kernel::STATX_MODE;
        /// STATX_NLINK.
        const LINKS = kernel::STATX_NLINK;
        /// STATX_UID.
        const USER = kernel::STATX_UID;
        /// STATX_GID.
        const GROUP = kernel::STATX_GID;
        /// STATX_ATIME.
        const ACCESSED = kernel::STATX_ATIME;
        /// STATX_MTIME.
        const MODIFIED = kernel::STATX_MTIME;
        /// STATX_CTIME.
        const CHANGED = kernel::STATX_CTIME;
        /// STATX_INO.
        const NUMBER = kernel::STATX_INO;
        /// STATX_SIZE.
        const SIZE = kernel::STATX_SIZE;
        /// STATX_BLOCKS.
        const BLOCKS = kernel::STATX_BLOCKS;
        /// STATX_ALL: all of these and the birth.
        const ALL = kernel::STATX_ALL;
        /// STATX_BASIC_STATS: all of these.
        const BASIC = kernel::STATX_BASIC_STATS;
        /// STATX_BTIME.
        const BORN = kernel::STATX_BTIME;
        /// STATX_MNT_ID.
        const MOUNT = kernel::STATX_MNT_ID;
        /// STATX_DIOALIGN.
        const DIRECT_ALIGNMENT = kernel::STATX_DIOALIGN;
        /// STATX_MNT_ID_UNIQUE.
        const UNIQUE_MOUNT = kernel::STATX_MNT_ID_UNIQUE;
        const _ = !0;
    }
}

flags! {
    /// What a new process shares, and how it begins (clone(2)): more than a safe call may say.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct CloneBits: u64 {
        /// CLONE_VM.
        const MEMORY = kernel::CLONE_VM as u64;
        /// CLONE_FS.
        const FOLDER = kernel::CLONE_FS as u64;
        /// CLONE_FILES.
        const FILES = kernel::CLONE_FILES as u64;
        /// CLONE_SIGHAND.
        const HANDLERS = kernel::CLONE_SIGHAND as u64;
        /// CLONE_PIDFD.
        const DESCRIPTOR = kernel::CLONE_PIDFD as u64;
        /// CLONE_PTRACE.
        const FOLLOWED = kernel::CLONE_PTRACE as u64;
        /// CLONE_VFORK.
        const WAITS = kernel::CLONE_VFORK as u64;
        /// CLONE_PARENT.
        const PARENT = kernel::CLONE_PARENT as u64;
        /// CLONE_THREAD.
        const THREAD = kernel::CLONE_THREAD as u64;
        /// CLONE_NEWNS.
        const NEW_MOUNT = kernel::CLONE_NEWNS as u64;
        /// CLONE_SYSVSEM.
        const SEMAPHORES = kernel::CLONE_SYSVSEM as u64;
        /// CLONE_SETTLS.
        const SET_THREAD_POINTER = kernel::CLONE_SETTLS as u64;
        /// CLONE_PARENT_SETTID.
        const TELL_PARENT = kernel::CLONE_PARENT_SETTID as u64;
        /// CLONE_CHILD_CLEARTID.
        const CLEAR_AT_END = kernel::CLONE_CHILD_CLEARTID as u64;
        /// CLONE_DETACHED.
        const DETACHED = kernel::CLONE_DETACHED as u64;
        /// CLONE_UNTRACED.
        const NOT_FOLLOWED = kernel::CLONE_UNTRACED as u64;
        /// CLONE_CHILD_SETTID.
        const TELL_CHILD = kernel::CLONE_CHILD_SETTID as u64;
        /// CLONE_NEWCGROUP.
        const NEW_CGROUP = kernel::CLONE_NEWCGROUP as u64;
        /// CLONE_NEWUTS.
        const NEW_UTS = kernel::CLONE_NEWUTS as u64;
        /// CLONE_NEWIPC.
        const NEW_IPC = kernel::CLONE_NEWIPC as u64;
        /// CLONE_NEWUSER.
        const NEW_USER = kernel::CLONE_NEWUSER as u64;
        /// CLONE_NEWPID.
        const NEW_PID = kernel::CLONE_NEWPID as u64;
        /// CLONE_NEWNET.
        const NEW_NETWORK = kernel::CLONE_NEWNET as u64;
        /// CLONE_IO.
        const INPUT_OUTPUT = kernel::CLONE_IO as u64;
        /// CLONE_CLEAR_SIGHAND.
        const CLEAR_HANDLERS = kernel::CLONE_CLEAR_SIGHAND;
        /// CLONE_INTO_CGROUP.
        const INTO_CGROUP = kernel::CLONE_INTO_CGROUP;
        const _ = !0;
    }
}

flags! {
    /// How a handler is called (sigaction(2)): more than a safe call may say.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct HandlerBits: u32 {
        /// SA_RESTORER: the code that ends it is said, which x86 and Arm want.
        const RESTORER = 0x0400_0000;
        /// SA_ONSTACK.
        const ON_STACK = kernel::SA_ONSTACK;
        /// SA_RESTART.
        const RESTART = kernel::SA_RESTART;
        /// SA_NODEFER.
        const NO_DEFER = kernel::SA_NODEFER;
        /// SA_RESETHAND.
        const ONCE = kernel::SA_RESETHAND;
        /// SA_SIGINFO.
        const TOLD = kernel::SA_SIGINFO;
        /// SA_NOCLDSTOP.
        const NO_CHILD_STOP = kernel::SA_NOCLDSTOP;
        /// SA_NOCLDWAIT.
        const NO_CHILD_WAIT = kernel::SA_NOCLDWAIT;
        const _ = !0;
    }
}

flags! {
    /// How a file is locked (flock(2)).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct LockFlags: u32 {
        /// LOCK_SH.
        const SHARED = kernel::LOCK_SH;
        /// LOCK_EX.
        const EXCLUSIVE = kernel::LOCK_EX;
        /// LOCK_UN.
        const NONE = kernel::LOCK_UN;
        /// LOCK_NB.
        const NONBLOCK = kernel::LOCK_NB;
        const _ = !0;
    }
}

flags! {
    /// How a time is meant (clock_nanosleep(2)).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct SleepFlags: u32 {
        /// TIMER_ABSTIME.
        const UNTIL = kernel::TIMER_ABSTIME;
        const _ = !0;
    }
}

flags! {
    /// The modes of a terminal's input.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct InputModes: u32 {
        /// IGNBRK.
        const IGNORE_BREAK = kernel::IGNBRK;
        /// BRKINT.
        const BREAK_INTERRUPTS = kernel::BRKINT;
        /// IGNPAR.
        const IGNORE_PARITY = kernel::IGNPAR;
        /// PARMRK.
        const MARK_PARITY = kernel::PARMRK;
        /// INPCK.
        const CHECK_PARITY = kernel::INPCK;
        /// ISTRIP.
        const STRIP = kernel::ISTRIP;
        /// INLCR.
        const LINE_TO_RETURN = kernel::INLCR;
        /// IGNCR.
        const IGNORE_RETURN = kernel::IGNCR;
        /// ICRNL.
        const RETURN_TO_LINE = kernel::ICRNL;
        /// IUCLC.
        const LOWER = kernel::IUCLC;
        /// IXON.
        const STOP_OUTPUT = kernel::IXON;
        /// IXANY.
        const ANY_STARTS = kernel::IXANY;
        /// IXOFF.
        const STOP_INPUT = kernel::IXOFF;
        /// IMAXBEL.
        const BELL = kernel::IMAXBEL;
        /// IUTF8.
        const UTF8 = kernel::IUTF8;
        const _ = !0;
    }
}

flags! {
    /// The modes of a terminal's output, but delays.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct OutputModes: u32 {
        /// OPOST.
        const PROCESSED = kernel::OPOST;
        /// OLCUC.
        const UPPER = kernel::OLCUC;
        /// ONLCR.
        const LINE_TO_BOTH = kernel::ONLCR;
        /// OCRNL.
        const RETURN_TO_LINE = kernel::OCRNL;
        /// ONOCR.
        const NO_RETURN_AT_START = kernel::ONOCR;
        /// ONLRET.
        const LINE_RETURNS = kernel::ONLRET;
        /// OFILL.
        const FILL = kernel::OFILL;
        /// OFDEL.
        const FILL_DELETE = kernel::OFDEL;
        const _ = !0;
    }
}

flags! {
    /// The modes of a terminal's line, but speeds and sizes.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct LineModes: u32 {
        /// CSTOPB.
        const TWO_STOP_BITS = kernel::CSTOPB;
        /// CREAD.
        const READ = kernel::CREAD;
        /// PARENB.
        const PARITY = kernel::PARENB;
        /// PARODD.
        const ODD = kernel::PARODD;
        /// HUPCL.
        const HANG_UP = kernel::HUPCL;
        /// CLOCAL.
        const LOCAL = kernel::CLOCAL;
        /// CMSPAR.
        const STICK_PARITY = kernel::CMSPAR;
        /// CRTSCTS.
        const FLOW = kernel::CRTSCTS;
        const _ = !0;
    }
}

flags! {
    /// The modes of editing at a terminal.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct EditModes: u32 {
        /// ISIG.
        const SIGNALS = kernel::ISIG;
        /// ICANON.
        const LINES = kernel::ICANON;
        /// XCASE.
        const CASE = kernel::XCASE;
        /// ECHO.
        const ECHO = kernel::ECHO;
        /// ECHOE.
        const ECHO_ERASE = kernel::ECHOE;
        /// ECHOK.
        const ECHO_KILL = kernel::ECHOK;
        /// ECHONL.
        const ECHO_LINE = kernel::ECHONL;
        /// NOFLSH.
        const NO_FLUSH = kernel::NOFLSH;
        /// TOSTOP.
        const STOP = kernel::TOSTOP;
        /// IEXTEN.
        const EXTENDED = kernel::IEXTEN;
        /// ECHOCTL.
        const ECHO_CONTROL = kernel::ECHOCTL;
        /// ECHOPRT.
        const ECHO_PRINT = kernel::ECHOPRT;
        /// ECHOKE.
        const ECHO_KILL_ERASE = kernel::ECHOKE;
        /// FLUSHO.
        const FLUSH = kernel::FLUSHO;
        /// PENDIN.
        const PENDING = kernel::PENDIN;
        /// EXTPROC.
        const EXTERNAL = kernel::EXTPROC;
        const _ = !0;
    }
}

/// Declares types with their values.
macro_rules! kinds {
    ($($(#[doc = $about:literal])* $name:ident { $(#[doc = $doc:literal] const $value:ident = $is:expr;)* })*) => {$(
        $(#[doc = $about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(pub u32);

        values! {
            $name: u32 {
                $(#[doc = $doc] const $value = $is;)*
            }
        }
    )*};
}

kinds! {
    /// Where a position is counted from (lseek(2)).
    Whence {
        /// SEEK_SET.
        const START = kernel::SEEK_SET;
        /// SEEK_CUR.
        const CURRENT = kernel::SEEK_CUR;
        /// SEEK_END.
        const END = kernel::SEEK_END;
        /// SEEK_DATA.
        const DATA = kernel::SEEK_DATA;
        /// SEEK_HOLE.
        const HOLE = kernel::SEEK_HOLE;
    }
    /// What is done to the blocked signals (sigprocmask(2)).
    MaskChange {
        /// SIG_BLOCK.
        const BLOCK = kernel::SIG_BLOCK;
        /// SIG_UNBLOCK.
        const UNBLOCK = kernel::SIG_UNBLOCK;
        /// SIG_SETMASK.
        const SET = kernel::SIG_SETMASK;
    }
    /// Which way a connection is closed (shutdown(2)).
    Closed {
        /// SHUT_RD.
        const READ = linux_raw_sys::net::SHUT_RD;
        /// SHUT_WR.
        const WRITE = linux_raw_sys::net::SHUT_WR;
        /// SHUT_RDWR.
        const BOTH = linux_raw_sys::net::SHUT_RDWR;
    }
    /// What is done with a descriptor (fcntl(2)).
    FileCommand {
        /// F_DUPFD.
        const COPY = kernel::F_DUPFD;
        /// F_GETFD.
        const FLAGS = kernel::F_GETFD;
        /// F_SETFD.
        const SET_FLAGS = kernel::F_SETFD;
        /// F_GETFL.
        const STATUS = kernel::F_GETFL;
        /// F_SETFL.
        const SET_STATUS = kernel::F_SETFL;
        /// F_GETLK.
        const LOCK = kernel::F_GETLK;
        /// F_SETLK.
        const SET_LOCK = kernel::F_SETLK;
        /// F_SETLKW.
        const WAIT_LOCK = kernel::F_SETLKW;
        /// F_SETOWN.
        const SET_OWNER = kernel::F_SETOWN;
        /// F_GETOWN.
        const OWNER = kernel::F_GETOWN;
        /// F_SETSIG.
        const SET_SIGNAL = kernel::F_SETSIG;
        /// F_GETSIG.
        const SIGNAL = kernel::F_GETSIG;
        /// F_SETOWN_EX.
        const SET_OWNER_EXACT = kernel::F_SETOWN_EX;
        /// F_GETOWN_EX.
        const OWNER_EXACT = kernel::F_GETOWN_EX;
        /// F_OFD_GETLK.
        const FILE_LOCK = kernel::F_OFD_GETLK;
        /// F_OFD_SETLK.
        const SET_FILE_LOCK = kernel::F_OFD_SETLK;
        /// F_OFD_SETLKW.
        const WAIT_FILE_LOCK = kernel::F_OFD_SETLKW;
        /// F_SETLEASE.
        const SET_LEASE = kernel::F_SETLEASE;
        /// F_GETLEASE.
        const LEASE = kernel::F_GETLEASE;
        /// F_NOTIFY.
        const NOTIFY = kernel::F_NOTIFY;
        /// F_DUPFD_CLOEXEC.
        const COPY_CLOSED = kernel::F_DUPFD_CLOEXEC;
        /// F_SETPIPE_SZ.
        const SET_PIPE_SIZE = kernel::F_SETPIPE_SZ;
        /// F_GETPIPE_SZ.
        const PIPE_SIZE = kernel::F_GETPIPE_SZ;
        /// F_ADD_SEALS.
        const ADD_SEALS = kernel::F_ADD_SEALS;
        /// F_GET_SEALS.
        const SEALS = kernel::F_GET_SEALS;
    }
    /// The kind of a lock on a part of a file.
    LockKind {
        /// F_RDLCK.
        const SHARED = kernel::F_RDLCK;
        /// F_WRLCK.
        const EXCLUSIVE = kernel::F_WRLCK;
        /// F_UNLCK.
        const NONE = kernel::F_UNLCK;
    }
    /// What is done to a list of descriptors (epoll_ctl(2)).
    EpollChange {
        /// EPOLL_CTL_ADD.
        const ADD = kernel::EPOLL_CTL_ADD;
        /// EPOLL_CTL_DEL.
        const DELETE = kernel::EPOLL_CTL_DEL;
        /// EPOLL_CTL_MOD.
        const MODIFY = kernel::EPOLL_CTL_MOD;
    }
    /// Whom waitid(2) waits for.
    Whom {
        /// P_ALL.
        const ALL = kernel::P_ALL;
        /// P_PID.
        const PROCESS = kernel::P_PID;
        /// P_PGID.
        const GROUP = kernel::P_PGID;
        /// P_PIDFD.
        const DESCRIPTOR = kernel::P_PIDFD;
    }
    /// What is done with a futex, but its flags.
    FutexOperation {
        /// FUTEX_WAIT.
        const WAIT = kernel::FUTEX_WAIT;
        /// FUTEX_WAKE.
        const WAKE = kernel::FUTEX_WAKE;
        /// FUTEX_FD.
        const DESCRIPTOR = kernel::FUTEX_FD;
        /// FUTEX_REQUEUE.
        const REQUEUE = kernel::FUTEX_REQUEUE;
        /// FUTEX_CMP_REQUEUE.
        const COMPARE_REQUEUE = kernel::FUTEX_CMP_REQUEUE;
        /// FUTEX_WAKE_OP.
        const WAKE_OPERATION = kernel::FUTEX_WAKE_OP;
        /// FUTEX_LOCK_PI.
        const LOCK = kernel::FUTEX_LOCK_PI;
        /// FUTEX_UNLOCK_PI.
        const UNLOCK = kernel::FUTEX_UNLOCK_PI;
        /// FUTEX_TRYLOCK_PI.
        const TRY_LOCK = kernel::FUTEX_TRYLOCK_PI;
        /// FUTEX_WAIT_BITSET.
        const WAIT_BITS = kernel::FUTEX_WAIT_BITSET;
        /// FUTEX_WAKE_BITSET.
        const WAKE_BITS = kernel::FUTEX_WAKE_BITSET;
        /// FUTEX_WAIT_REQUEUE_PI.
        const WAIT_REQUEUE = kernel::FUTEX_WAIT_REQUEUE_PI;
        /// FUTEX_CMP_REQUEUE_PI.
        const COMPARE_REQUEUE_LOCK = kernel::FUTEX_CMP_REQUEUE_PI;
        /// FUTEX_LOCK_PI2.
        const LOCK_MONOTONIC = kernel::FUTEX_LOCK_PI2;
    }
    /// What a file's pages are good for (fadvise(2)).
    FileAdvice {
        /// POSIX_FADV_NORMAL.
        const NORMAL = kernel::POSIX_FADV_NORMAL;
        /// POSIX_FADV_RANDOM.
        const RANDOM = kernel::POSIX_FADV_RANDOM;
        /// POSIX_FADV_SEQUENTIAL.
        const SEQUENTIAL = kernel::POSIX_FADV_SEQUENTIAL;
        /// POSIX_FADV_WILLNEED.
        const WILL_NEED = kernel::POSIX_FADV_WILLNEED;
        /// POSIX_FADV_DONTNEED.
        const DONT_NEED = kernel::POSIX_FADV_DONTNEED;
        /// POSIX_FADV_NOREUSE.
        const ONCE = kernel::POSIX_FADV_NOREUSE;
    }
    /// What a file system is (linux/magic.h), as statfs(2) gives it.
    FileSystemMagic {
        /// AFS_SUPER_MAGIC.
        const AFS = kernel::AFS_SUPER_MAGIC;
        /// ANON_INODE_FS_MAGIC.
        const ANONYMOUS = kernel::ANON_INODE_FS_MAGIC;
        /// AAFS_MAGIC.
        const APPARMOR = kernel::AAFS_MAGIC;
        /// AUTOFS_SUPER_MAGIC.
        const AUTOFS = kernel::AUTOFS_SUPER_MAGIC;
        /// BINDERFS_SUPER_MAGIC.
        const BINDER = kernel::BINDERFS_SUPER_MAGIC;
        /// BINFMTFS_MAGIC.
        const BINARY_FORMATS = kernel::BINFMTFS_MAGIC;
        /// BDEVFS_MAGIC.
        const BLOCK_DEVICES = kernel::BDEVFS_MAGIC;
        /// BPF_FS_MAGIC.
        const BPF = kernel::BPF_FS_MAGIC;
        /// BTRFS_SUPER_MAGIC.
        const BTRFS = kernel::BTRFS_SUPER_MAGIC;
        /// CEPH_SUPER_MAGIC.
        const CEPH = kernel::CEPH_SUPER_MAGIC;
        /// CGROUP_SUPER_MAGIC.
        const CGROUP = kernel::CGROUP_SUPER_MAGIC;
        /// CGROUP2_SUPER_MAGIC.
        const CGROUP2 = kernel::CGROUP2_SUPER_MAGIC;
        /// CIFS_SUPER_MAGIC.
        const CIFS = kernel::CIFS_SUPER_MAGIC;
        /// CRAMFS_MAGIC.
        const CRAMFS = kernel::CRAMFS_MAGIC;
        /// DAXFS_MAGIC.
        const DAX = kernel::DAXFS_MAGIC;
        /// DEBUGFS_MAGIC.
        const DEBUGFS = kernel::DEBUGFS_MAGIC;
        /// DEVPTS_SUPER_MAGIC.
        const DEVPTS = kernel::DEVPTS_SUPER_MAGIC;
        /// ECRYPTFS_SUPER_MAGIC.
        const ECRYPTFS = kernel::ECRYPTFS_SUPER_MAGIC;
        /// EFIVARFS_MAGIC.
        const EFI_VARIABLES = kernel::EFIVARFS_MAGIC;
        /// EROFS_SUPER_MAGIC_V1.
        const EROFS = kernel::EROFS_SUPER_MAGIC_V1;
        /// EXFAT_SUPER_MAGIC.
        const EXFAT = kernel::EXFAT_SUPER_MAGIC;
        /// EXT2_SUPER_MAGIC.
        const EXT = kernel::EXT2_SUPER_MAGIC;
        /// F2FS_SUPER_MAGIC.
        const F2FS = kernel::F2FS_SUPER_MAGIC;
        /// FUSE_SUPER_MAGIC.
        const FUSE = kernel::FUSE_SUPER_MAGIC;
        /// HOSTFS_SUPER_MAGIC.
        const HOSTFS = kernel::HOSTFS_SUPER_MAGIC;
        /// HUGETLBFS_MAGIC.
        const HUGE_PAGES = kernel::HUGETLBFS_MAGIC;
        /// ISOFS_SUPER_MAGIC.
        const ISO9660 = kernel::ISOFS_SUPER_MAGIC;
        /// JFFS2_SUPER_MAGIC.
        const JFFS2 = kernel::JFFS2_SUPER_MAGIC;
        /// MINIX_SUPER_MAGIC.
        const MINIX = kernel::MINIX_SUPER_MAGIC;
        /// MINIX3_SUPER_MAGIC.
        const MINIX3 = kernel::MINIX3_SUPER_MAGIC;
        /// MSDOS_SUPER_MAGIC.
        const MSDOS = kernel::MSDOS_SUPER_MAGIC;
        /// NFS_SUPER_MAGIC.
        const NFS = kernel::NFS_SUPER_MAGIC;
        /// NSFS_MAGIC.
        const NAMESPACES = kernel::NSFS_MAGIC;
        /// V9FS_MAGIC.
        const NINE_P = kernel::V9FS_MAGIC;
        /// NILFS_SUPER_MAGIC.
        const NILFS = kernel::NILFS_SUPER_MAGIC;
        /// OCFS2_SUPER_MAGIC.
        const OCFS2 = kernel::OCFS2_SUPER_MAGIC;
        /// OVERLAYFS_SUPER_MAGIC.
        const OVERLAY = kernel::OVERLAYFS_SUPER_MAGIC;
        /// PIPEFS_MAGIC.
        const PIPES = kernel::PIPEFS_MAGIC;
        /// PROC_SUPER_MAGIC.
        const PROC = kernel::PROC_SUPER_MAGIC;
        /// PSTOREFS_MAGIC.
        const PSTORE = kernel::PSTOREFS_MAGIC;
        /// RAMFS_MAGIC.
        const RAMFS = kernel::RAMFS_MAGIC;
        /// RDTGROUP_SUPER_MAGIC.
        const RESOURCES = kernel::RDTGROUP_SUPER_MAGIC;
        /// SECRETMEM_MAGIC.
        const SECRETS = kernel::SECRETMEM_MAGIC;
        /// SECURITYFS_MAGIC.
        const SECURITYFS = kernel::SECURITYFS_MAGIC;
        /// SELINUX_MAGIC.
        const SELINUX = kernel::SELINUX_MAGIC;
        /// SMB2_SUPER_MAGIC.
        const SMB2 = kernel::SMB2_SUPER_MAGIC;
        /// SOCKFS_MAGIC.
        const SOCKETS = kernel::SOCKFS_MAGIC;
        /// SQUASHFS_MAGIC.
        const SQUASHFS = kernel::SQUASHFS_MAGIC;
        /// SYSFS_MAGIC.
        const SYSFS = kernel::SYSFS_MAGIC;
        /// TMPFS_MAGIC.
        const TMPFS = kernel::TMPFS_MAGIC;
        /// TRACEFS_MAGIC.
        const TRACEFS = kernel::TRACEFS_MAGIC;
        /// UDF_SUPER_MAGIC.
        const UDF = kernel::UDF_SUPER_MAGIC;
        /// XFS_SUPER_MAGIC.
        const XFS = kernel::XFS_SUPER_MAGIC;
        /// ZONEFS_MAGIC.
        const ZONEFS = kernel::ZONEFS_MAGIC;
    }
    /// Which time a timer counts (setitimer(2)).
    TimerKind {
        /// ITIMER_REAL.
        const REAL = kernel::ITIMER_REAL;
        /// ITIMER_VIRTUAL.
        const VIRTUAL = kernel::ITIMER_VIRTUAL;
        /// ITIMER_PROF.
        const PROFILE = kernel::ITIMER_PROF;
    }
    /// Whose use of resources is told (getrusage(2)).
    Used {
        /// RUSAGE_SELF.
        const OWN = kernel::RUSAGE_SELF;
        /// RUSAGE_CHILDREN.
        const CHILDREN = kernel::RUSAGE_CHILDREN as u32;
        /// RUSAGE_THREAD.
        const THREAD = kernel::RUSAGE_THREAD;
    }
    /// Why a signal was sent, whichever it is (si_code).
    Sent {
        /// SI_USER.
        const USER = kernel::SI_USER;
        /// SI_KERNEL.
        const KERNEL = kernel::SI_KERNEL;
        /// SI_QUEUE.
        const QUEUE = kernel::SI_QUEUE as u32;
        /// SI_TIMER.
        const TIMER = kernel::SI_TIMER as u32;
        /// SI_MESGQ.
        const MESSAGE = kernel::SI_MESGQ as u32;
        /// SI_ASYNCIO.
        const INPUT_OUTPUT = kernel::SI_ASYNCIO as u32;
        /// SI_SIGIO.
        const OLD_INPUT_OUTPUT = kernel::SI_SIGIO as u32;
        /// SI_TKILL.
        const THREAD = kernel::SI_TKILL as u32;
    }
    /// Why SIGCHLD was sent.
    ChildCode {
        /// CLD_EXITED.
        const EXITED = kernel::CLD_EXITED;
        /// CLD_KILLED.
        const KILLED = kernel::CLD_KILLED;
        /// CLD_DUMPED.
        const DUMPED = kernel::CLD_DUMPED;
        /// CLD_TRAPPED.
        const TRAPPED = kernel::CLD_TRAPPED;
        /// CLD_STOPPED.
        const STOPPED = kernel::CLD_STOPPED;
        /// CLD_CONTINUED.
        const CONTINUED = kernel::CLD_CONTINUED;
    }
    /// Why SIGSEGV was sent.
    SegmentCode {
        /// SEGV_MAPERR.
        const NOTHING_THERE = kernel::SEGV_MAPERR;
        /// SEGV_ACCERR.
        const NOT_ALLOWED = kernel::SEGV_ACCERR;
    }
    /// Why SIGBUS was sent.
    BusCode {
        /// BUS_ADRALN.
        const ALIGNMENT = kernel::BUS_ADRALN;
        /// BUS_ADRERR.
        const NO_ADDRESS = kernel::BUS_ADRERR;
        /// BUS_OBJERR.
        const OBJECT = kernel::BUS_OBJERR;
    }
    /// Why SIGFPE was sent.
    ArithmeticCode {
        /// FPE_INTDIV.
        const DIVISION = kernel::FPE_INTDIV;
        /// FPE_INTOVF.
        const OVERFLOW = kernel::FPE_INTOVF;
        /// FPE_FLTDIV.
        const FLOAT_DIVISION = kernel::FPE_FLTDIV;
        /// FPE_FLTINV.
        const FLOAT_INVALID = kernel::FPE_FLTINV;
    }
    /// Why SIGILL was sent.
    InstructionCode {
        /// ILL_ILLOPC.
        const CODE = kernel::ILL_ILLOPC;
        /// ILL_ILLOPN.
        const OPERAND = kernel::ILL_ILLOPN;
        /// ILL_ILLADR.
        const ADDRESS = kernel::ILL_ILLADR;
        /// ILL_ILLTRP.
        const TRAP = kernel::ILL_ILLTRP;
        /// ILL_PRVOPC.
        const PRIVILEGED = kernel::ILL_PRVOPC;
    }
}

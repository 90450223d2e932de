//! Requests of block devices: disks and their partitions, zones, loop and network block devices, drives of CDs, floppies and tapes.

use super::request::{io, ior, iow, iowr, requests};
use super::{Get, Nothing, Number, Opaque, Set, Update};
use linux_raw_sys::loop_device::{loop_config, loop_info, loop_info64};

requests! {
    "linux/fs.h" {
        BLKROSET: Set<i32> = io(0x12, 93);
        BLKROGET: Get<u32> = io(0x12, 94);
        BLKRRPART: Nothing = io(0x12, 95);
        BLKGETSIZE: Get<usize> = io(0x12, 96);
        BLKFLSBUF: Nothing = io(0x12, 97);
        BLKRASET: Number = io(0x12, 98);
        BLKRAGET: Get<usize> = io(0x12, 99);
        BLKFRASET: Number = io(0x12, 100);
        BLKFRAGET: Get<usize> = io(0x12, 101);
        BLKSECTSET: Number = io(0x12, 102);
        BLKSECTGET: Get<u16> = io(0x12, 103);
        BLKSSZGET: Get<u32> = io(0x12, 104);
        BLKPG: Set<Opaque> = io(0x12, 105);
        // Of an `int`, and of 64 bits, whatever the word `size_t` in their definitions says.
        BLKBSZGET: Get<u32> = ior::<usize>(0x12, 112);
        BLKBSZSET: Set<u32> = iow::<usize>(0x12, 113);
        BLKGETSIZE64: Get<u64> = ior::<usize>(0x12, 114);
        BLKTRACESETUP: Update<Opaque>;
        BLKTRACESTART: Nothing = io(0x12, 116);
        BLKTRACESTOP: Nothing = io(0x12, 117);
        BLKTRACETEARDOWN: Nothing = io(0x12, 118);
        BLKDISCARD: Set<[u64; 2]> = io(0x12, 119);
        BLKIOMIN: Get<u32> = io(0x12, 120);
        BLKIOOPT: Get<u32> = io(0x12, 121);
        BLKALIGNOFF: Get<u32> = io(0x12, 122);
        BLKPBSZGET: Get<u32> = io(0x12, 123);
        BLKDISCARDZEROES: Get<u32> = io(0x12, 124);
        BLKSECDISCARD: Set<[u64; 2]> = io(0x12, 125);
        BLKROTATIONAL: Get<u16> = io(0x12, 126);
        BLKZEROOUT: Set<[u64; 2]> = io(0x12, 127);
        BLKGETDISKSEQ: Get<u64> = ior::<u64>(0x12, 128);
    }
    "linux/blkzoned.h" {
        BLKREPORTZONE: Update<Opaque> = iowr::<[u64; 2]>(0x12, 130);
        BLKRESETZONE: Set<[u64; 2]> = iow::<[u64; 2]>(0x12, 131);
        BLKGETZONESZ: Get<u32> = ior::<u32>(0x12, 132);
        BLKGETNRZONES: Get<u32> = ior::<u32>(0x12, 133);
        BLKOPENZONE: Set<[u64; 2]> = iow::<[u64; 2]>(0x12, 134);
        BLKCLOSEZONE: Set<[u64; 2]> = iow::<[u64; 2]>(0x12, 135);
        BLKFINISHZONE: Set<[u64; 2]> = iow::<[u64; 2]>(0x12, 136);
    }
    "linux/pr.h" {
        IOC_PR_REGISTER: Set<[u64; 3]> = iow::<[u64; 3]>(b'p', 200);
        IOC_PR_RESERVE: Set<[u64; 2]> = iow::<[u64; 2]>(b'p', 201);
        IOC_PR_RELEASE: Set<[u64; 2]> = iow::<[u64; 2]>(b'p', 202);
        IOC_PR_PREEMPT: Set<[u64; 3]> = iow::<[u64; 3]>(b'p', 203);
        IOC_PR_PREEMPT_ABORT: Set<[u64; 3]> = iow::<[u64; 3]>(b'p', 204);
        IOC_PR_CLEAR: Set<[u64; 2]> = iow::<[u64; 2]>(b'p', 205);
    }
    "linux/loop.h" {
        LOOP_SET_FD: Number = 0x4c00;
        LOOP_CLR_FD: Nothing = 0x4c01;
        LOOP_SET_STATUS: Set<loop_info> = 0x4c02;
        LOOP_GET_STATUS: Get<loop_info> = 0x4c03;
        LOOP_SET_STATUS64: Set<loop_info64> = 0x4c04;
        LOOP_GET_STATUS64: Get<loop_info64> = 0x4c05;
        LOOP_CHANGE_FD: Number = 0x4c06;
        LOOP_SET_CAPACITY: Nothing = 0x4c07;
        LOOP_SET_DIRECT_IO: Number = 0x4c08;
        LOOP_SET_BLOCK_SIZE: Number = 0x4c09;
        LOOP_CONFIGURE: Set<loop_config> = 0x4c0a;
        LOOP_CTL_ADD: Number = 0x4c80;
        LOOP_CTL_REMOVE: Number = 0x4c81;
        LOOP_CTL_GET_FREE: Nothing = 0x4c82;
    }
    "linux/nbd.h" {
        NBD_SET_SOCK: Number = io(0xab, 0);
        NBD_SET_BLKSIZE: Number = io(0xab, 1);
        NBD_SET_SIZE: Number = io(0xab, 2);
        NBD_DO_IT: Nothing = io(0xab, 3);
        NBD_CLEAR_SOCK: Nothing = io(0xab, 4);
        NBD_CLEAR_QUE: Nothing = io(0xab, 5);
        NBD_PRINT_DEBUG: Nothing = io(0xab, 6);
        NBD_SET_SIZE_BLOCKS: Number = io(0xab, 7);
        NBD_DISCONNECT: Nothing = io(0xab, 8);
        NBD_SET_TIMEOUT: Number = io(0xab, 9);
        NBD_SET_FLAGS: Number = io(0xab, 10);
    }
    "linux/hdreg.h" {
        HDIO_GETGEO: Get<Opaque> = 0x0301;
        HDIO_GET_UNMASKINTR: Get<isize> = 0x0302;
        HDIO_GET_MULTCOUNT: Get<isize> = 0x0304;
        HDIO_GET_QDMA: Get<isize> = 0x0305;
        HDIO_SET_XFER: Number = 0x0306;
        HDIO_OBSOLETE_IDENTITY: Get<[u8; 142]> = 0x0307;
        HDIO_GET_KEEPSETTINGS: Get<isize> = 0x0308;
        HDIO_GET_32BIT: Get<isize> = 0x0309;
        HDIO_GET_NOWERR: Get<isize> = 0x030a;
        HDIO_GET_DMA: Get<isize> = 0x030b;
        HDIO_GET_NICE: Get<isize> = 0x030c;
        HDIO_GET_IDENTITY: Get<[u8; 512]> = 0x030d;
        HDIO_GET_WCACHE: Get<isize> = 0x030e;
        HDIO_GET_ACOUSTIC: Get<isize> = 0x030f;
        HDIO_GET_ADDRESS: Get<isize> = 0x0310;
        HDIO_GET_BUSSTATE: Get<isize> = 0x031a;
        HDIO_TRISTATE_HWIF: Number = 0x031b;
        HDIO_DRIVE_RESET: Nothing = 0x031c;
        HDIO_DRIVE_TASKFILE: Update<Opaque> = 0x031d;
        HDIO_DRIVE_TASK: Update<[u8; 7]> = 0x031e;
        HDIO_DRIVE_CMD: Update<Opaque> = 0x031f;
        HDIO_SET_MULTCOUNT: Number = 0x0321;
        HDIO_SET_UNMASKINTR: Number = 0x0322;
        HDIO_SET_KEEPSETTINGS: Number = 0x0323;
        HDIO_SET_32BIT: Number = 0x0324;
        HDIO_SET_NOWERR: Number = 0x0325;
        HDIO_SET_DMA: Number = 0x0326;
        HDIO_SET_PIO_MODE: Number = 0x0327;
        HDIO_SCAN_HWIF: Set<[i32; 3]> = 0x0328;
        HDIO_SET_NICE: Number = 0x0329;
        HDIO_UNREGISTER_HWIF: Number = 0x032a;
        HDIO_SET_WCACHE: Number = 0x032b;
        HDIO_SET_ACOUSTIC: Number = 0x032c;
        HDIO_SET_BUSSTATE: Number = 0x032d;
        HDIO_SET_QDMA: Number = 0x032e;
        HDIO_SET_ADDRESS: Number = 0x032f;
    }
    "linux/cdrom.h" {
        CDROMPAUSE: Nothing = 0x5301;
        CDROMRESUME: Nothing = 0x5302;
        CDROMPLAYMSF: Set<[u8; 6]> = 0x5303;
        CDROMPLAYTRKIND: Set<[u8; 4]> = 0x5304;
        CDROMREADTOCHDR: Get<[u8; 2]> = 0x5305;
        CDROMREADTOCENTRY: Update<[u32; 3]> = 0x5306;
        CDROMSTOP: Nothing = 0x5307;
        CDROMSTART: Nothing = 0x5308;
        CDROMEJECT: Nothing = 0x5309;
        CDROMVOLCTRL: Set<[u8; 4]> = 0x530a;
        CDROMSUBCHNL: Update<[u32; 4]> = 0x530b;
        CDROMREADMODE2: Update<[u8; 2336]> = 0x530c;
        CDROMREADMODE1: Update<[u8; 2048]> = 0x530d;
        CDROMREADAUDIO: Set<Opaque> = 0x530e;
        CDROMEJECT_SW: Number = 0x530f;
        CDROMMULTISESSION: Update<[u32; 2]> = 0x5310;
        CDROM_GET_MCN: Get<[u8; 14]> = 0x5311;
        CDROMRESET: Nothing = 0x5312;
        CDROMVOLREAD: Get<[u8; 4]> = 0x5313;
        CDROMREADRAW: Update<[u8; 2352]> = 0x5314;
        CDROMREADCOOKED: Update<Opaque> = 0x5315;
        CDROMSEEK: Set<[u8; 6]> = 0x5316;
        CDROMPLAYBLK: Set<Opaque> = 0x5317;
        CDROMREADALL: Update<[u8; 2646]> = 0x5318;
        CDROMCLOSETRAY: Nothing = 0x5319;
        CDROMGETSPINDOWN: Get<u8> = 0x531d;
        CDROMSETSPINDOWN: Set<u8> = 0x531e;
        CDROM_SET_OPTIONS: Number = 0x5320;
        CDROM_CLEAR_OPTIONS: Number = 0x5321;
        CDROM_SELECT_SPEED: Number = 0x5322;
        CDROM_SELECT_DISC: Number = 0x5323;
        CDROM_MEDIA_CHANGED: Number = 0x5325;
        CDROM_DRIVE_STATUS: Number = 0x5326;
        CDROM_DISC_STATUS: Nothing = 0x5327;
        CDROM_CHANGER_NSLOTS: Nothing = 0x5328;
        CDROM_LOCKDOOR: Number = 0x5329;
        CDROM_DEBUG: Number = 0x5330;
        CDROM_GET_CAPABILITY: Nothing = 0x5331;
        CDROMAUDIOBUFSIZ: Number = 0x5382;
        DVD_READ_STRUCT: Update<Opaque> = 0x5390;
        DVD_WRITE_STRUCT: Set<Opaque> = 0x5391;
        DVD_AUTH: Update<Opaque> = 0x5392;
        CDROM_SEND_PACKET: Update<Opaque> = 0x5393;
        CDROM_NEXT_WRITABLE: Get<isize> = 0x5394;
        CDROM_LAST_WRITTEN: Get<isize> = 0x5395;
        CDROM_TIMED_MEDIA_CHANGE: Update<[u64; 2]> = 0x5396;
    }
    "linux/fd.h" {
        FDCLRPRM: Nothing;
        FDSETPRM: Set<Opaque>;
        FDDEFPRM: Set<Opaque>;
        FDGETPRM: Get<Opaque>;
        FDMSGON: Nothing;
        FDMSGOFF: Nothing;
        FDFMTBEG: Nothing;
        FDFMTTRK: Set<[u32; 3]> = iow::<[u32; 3]>(2, 0x48);
        FDFMTEND: Nothing;
        FDSETEMSGTRESH: Number;
        FDFLUSH: Nothing;
        FDSETMAXERRS: Set<[u32; 5]> = iow::<[u32; 5]>(2, 0x4c);
        FDGETMAXERRS: Get<[u32; 5]> = ior::<[u32; 5]>(2, 0x0e);
        FDGETDRVTYP: Get<[u8; 16]> = ior::<[u8; 16]>(2, 0x0f);
        FDSETDRVPRM: Set<Opaque>;
        FDGETDRVPRM: Get<Opaque>;
        FDGETDRVSTAT: Get<Opaque>;
        FDPOLLDRVSTAT: Get<Opaque>;
        FDRESET: Number;
        FDGETFDCSTAT: Get<Opaque>;
        FDWERRORCLR: Nothing;
        FDWERRORGET: Get<Opaque>;
        FDRAWCMD: Update<Opaque>;
        FDTWADDLE: Nothing;
        FDEJECT: Nothing;
    }
    "linux/mtio.h" {
        MTIOCTOP: Set<[u32; 2]> = iow::<[u32; 2]>(b'm', 1);
        MTIOCGET: Get<Opaque>;
        MTIOCPOS: Get<isize> = ior::<isize>(b'm', 3);
    }
}

//! Requests of the other devices: clocks, watchdogs, chance, counters, and what a guest's machine is made of.

use super::request::{io, ior, iow, iowr, requests};
use super::{Get, Nothing, Number, Opaque, Set, Update};
use crate::time::HardwareTime;

requests! {
    "linux/rtc.h" {
        RTC_AIE_ON: Nothing = io(b'p', 0x01);
        RTC_AIE_OFF: Nothing = io(b'p', 0x02);
        RTC_UIE_ON: Nothing = io(b'p', 0x03);
        RTC_UIE_OFF: Nothing = io(b'p', 0x04);
        RTC_PIE_ON: Nothing = io(b'p', 0x05);
        RTC_PIE_OFF: Nothing = io(b'p', 0x06);
        RTC_ALM_SET: Set<HardwareTime> = iow::<HardwareTime>(b'p', 0x07);
        RTC_ALM_READ: Get<HardwareTime> = ior::<HardwareTime>(b'p', 0x08);
        RTC_RD_TIME: Get<HardwareTime> = ior::<HardwareTime>(b'p', 0x09);
        RTC_SET_TIME: Set<HardwareTime> = iow::<HardwareTime>(b'p', 0x0a);
        RTC_IRQP_READ: Get<usize> = ior::<usize>(b'p', 0x0b);
        RTC_IRQP_SET: Number = iow::<usize>(b'p', 0x0c);
        RTC_EPOCH_READ: Get<usize> = ior::<usize>(b'p', 0x0d);
        RTC_EPOCH_SET: Number = iow::<usize>(b'p', 0x0e);
        RTC_WIE_ON: Nothing = io(b'p', 0x0f);
        RTC_WIE_OFF: Nothing = io(b'p', 0x10);
        RTC_WKALM_SET: Set<[u32; 10]> = iow::<[u32; 10]>(b'p', 0x0f);
        RTC_WKALM_RD: Get<[u32; 10]> = ior::<[u32; 10]>(b'p', 0x10);
        RTC_PLL_GET: Get<Opaque>;
        RTC_PLL_SET: Set<Opaque>;
        RTC_PARAM_GET: Update<[u64; 3]> = iow::<[u64; 3]>(b'p', 0x13);
        RTC_PARAM_SET: Set<[u64; 3]> = iow::<[u64; 3]>(b'p', 0x14);
        RTC_VL_READ: Get<u32> = ior::<u32>(b'p', 0x13);
        RTC_VL_CLR: Nothing = io(b'p', 0x14);
    }
    "linux/watchdog.h" {
        WDIOC_GETSUPPORT: Get<[u32; 10]> = ior::<[u32; 10]>(b'W', 0);
        WDIOC_GETSTATUS: Get<i32> = ior::<i32>(b'W', 1);
        WDIOC_GETBOOTSTATUS: Get<i32> = ior::<i32>(b'W', 2);
        WDIOC_GETTEMP: Get<i32> = ior::<i32>(b'W', 3);
        WDIOC_SETOPTIONS: Set<i32> = ior::<i32>(b'W', 4);
        // What it is defined to fill, no driver looks at.
        WDIOC_KEEPALIVE: Nothing = ior::<i32>(b'W', 5);
        WDIOC_SETTIMEOUT: Update<i32> = iowr::<i32>(b'W', 6);
        WDIOC_GETTIMEOUT: Get<i32> = ior::<i32>(b'W', 7);
        WDIOC_SETPRETIMEOUT: Update<i32> = iowr::<i32>(b'W', 8);
        WDIOC_GETPRETIMEOUT: Get<i32> = ior::<i32>(b'W', 9);
        WDIOC_GETTIMELEFT: Get<i32> = ior::<i32>(b'W', 10);
    }
    "linux/random.h" {
        RNDGETENTCNT: Get<i32> = ior::<i32>(b'R', 0);
        RNDADDTOENTCNT: Set<i32> = iow::<i32>(b'R', 1);
        RNDGETPOOL: Update<Opaque> = ior::<[i32; 2]>(b'R', 2);
        RNDADDENTROPY: Set<Opaque> = iow::<[i32; 2]>(b'R', 3);
        RNDZAPENTCNT: Nothing = io(b'R', 4);
        RNDCLEARPOOL: Nothing = io(b'R', 6);
        RNDRESEEDCRNG: Nothing = io(b'R', 7);
    }
    "linux/perf_event.h" {
        PERF_EVENT_IOC_ENABLE: Number = io(b'$', 0);
        PERF_EVENT_IOC_DISABLE: Number = io(b'$', 1);
        PERF_EVENT_IOC_REFRESH: Number = io(b'$', 2);
        PERF_EVENT_IOC_RESET: Number = io(b'$', 3);
        PERF_EVENT_IOC_PERIOD: Set<u64> = iow::<u64>(b'$', 4);
        PERF_EVENT_IOC_SET_OUTPUT: Number = io(b'$', 5);
        PERF_EVENT_IOC_SET_FILTER: Set<Opaque> = iow::<usize>(b'$', 6);
        PERF_EVENT_IOC_ID: Get<u64> = ior::<usize>(b'$', 7);
        PERF_EVENT_IOC_SET_BPF: Number = iow::<u32>(b'$', 8);
        PERF_EVENT_IOC_PAUSE_OUTPUT: Number = iow::<u32>(b'$', 9);
        PERF_EVENT_IOC_QUERY_BPF: Update<Opaque> = iowr::<usize>(b'$', 10);
        PERF_EVENT_IOC_MODIFY_ATTRIBUTES: Set<Opaque> = iow::<usize>(b'$', 11);
    }
    "linux/vhost.h" {
        VHOST_GET_FEATURES: Get<u64> = ior::<u64>(0xaf, 0x00);
        VHOST_SET_FEATURES: Set<u64> = iow::<u64>(0xaf, 0x00);
        VHOST_SET_OWNER: Nothing = io(0xaf, 0x01);
        VHOST_RESET_OWNER: Nothing = io(0xaf, 0x02);
        VHOST_SET_MEM_TABLE: Set<Opaque> = iow::<[u32; 2]>(0xaf, 0x03);
        VHOST_SET_LOG_BASE: Set<u64> = iow::<u64>(0xaf, 0x04);
        VHOST_SET_LOG_FD: Set<i32> = iow::<i32>(0xaf, 0x07);
        VHOST_SET_VRING_NUM: Set<[u32; 2]> = iow::<[u32; 2]>(0xaf, 0x10);
        VHOST_SET_VRING_ADDR: Set<[u64; 5]> = iow::<[u64; 5]>(0xaf, 0x11);
        VHOST_SET_VRING_BASE: Set<[u32; 2]> = iow::<[u32; 2]>(0xaf, 0x12);
        VHOST_GET_VRING_BASE: Update<[u32; 2]> = iowr::<[u32; 2]>(0xaf, 0x12);
        VHOST_SET_VRING_ENDIAN: Set<[u32; 2]> = iow::<[u32; 2]>(0xaf, 0x13);
        VHOST_GET_VRING_ENDIAN: Update<[u32; 2]> = iow::<[u32; 2]>(0xaf, 0x14);
        VHOST_SET_VRING_KICK: Set<[i32; 2]> = iow::<[i32; 2]>(0xaf, 0x20);
        VHOST_SET_VRING_CALL: Set<[i32; 2]> = iow::<[i32; 2]>(0xaf, 0x21);
        VHOST_SET_VRING_ERR: Set<[i32; 2]> = iow::<[i32; 2]>(0xaf, 0x22);
        VHOST_SET_VRING_BUSYLOOP_TIMEOUT: Set<[u32; 2]> = iow::<[u32; 2]>(0xaf, 0x23);
        VHOST_GET_VRING_BUSYLOOP_TIMEOUT: Update<[u32; 2]> = iow::<[u32; 2]>(0xaf, 0x24);
        VHOST_SET_BACKEND_FEATURES: Set<u64> = iow::<u64>(0xaf, 0x25);
        VHOST_GET_BACKEND_FEATURES: Get<u64> = ior::<u64>(0xaf, 0x26);
        VHOST_NET_SET_BACKEND: Set<[i32; 2]> = iow::<[i32; 2]>(0xaf, 0x30);
        VHOST_SCSI_SET_ENDPOINT: Set<Opaque>;
        VHOST_SCSI_CLEAR_ENDPOINT: Set<Opaque>;
        VHOST_SCSI_GET_ABI_VERSION: Get<i32> = iow::<i32>(0xaf, 0x42);
        VHOST_SCSI_SET_EVENTS_MISSED: Set<u32> = iow::<u32>(0xaf, 0x43);
        VHOST_SCSI_GET_EVENTS_MISSED: Get<u32> = iow::<u32>(0xaf, 0x44);
        VHOST_VSOCK_SET_GUEST_CID: Set<u64> = iow::<u64>(0xaf, 0x60);
        VHOST_VSOCK_SET_RUNNING: Set<i32> = iow::<i32>(0xaf, 0x61);
    }
    "linux/vfio.h" {
        VFIO_GET_API_VERSION: Nothing = io(b';', 100);
        VFIO_CHECK_EXTENSION: Number = io(b';', 101);
        VFIO_SET_IOMMU: Number = io(b';', 102);
        VFIO_GROUP_GET_STATUS: Update<[u32; 2]> = io(b';', 103);
        VFIO_GROUP_SET_CONTAINER: Set<i32> = io(b';', 104);
        VFIO_GROUP_UNSET_CONTAINER: Nothing = io(b';', 105);
        VFIO_GROUP_GET_DEVICE_FD: Set<Opaque> = io(b';', 106);
        VFIO_DEVICE_GET_INFO: Update<Opaque> = io(b';', 107);
        VFIO_DEVICE_GET_REGION_INFO: Update<Opaque> = io(b';', 108);
        VFIO_DEVICE_GET_IRQ_INFO: Update<[u32; 4]> = io(b';', 109);
        VFIO_DEVICE_SET_IRQS: Set<Opaque> = io(b';', 110);
        VFIO_DEVICE_RESET: Nothing = io(b';', 111);
        // Of a device; a container takes these three numbers for the rows behind them.
        VFIO_DEVICE_GET_PCI_HOT_RESET_INFO: Update<Opaque> = io(b';', 112);
        VFIO_DEVICE_PCI_HOT_RESET: Set<Opaque> = io(b';', 113);
        VFIO_DEVICE_QUERY_GFX_PLANE: Update<Opaque> = io(b';', 114);
        VFIO_IOMMU_GET_INFO: Update<Opaque> = io(b';', 112);
        VFIO_IOMMU_MAP_DMA: Set<[u64; 4]> = io(b';', 113);
        VFIO_IOMMU_UNMAP_DMA: Update<Opaque> = io(b';', 114);
        VFIO_DEVICE_GET_GFX_DMABUF: Set<u32> = io(b';', 115);
        VFIO_DEVICE_IOEVENTFD: Set<Opaque> = io(b';', 116);
        VFIO_DEVICE_FEATURE: Update<Opaque> = io(b';', 117);
    }
}

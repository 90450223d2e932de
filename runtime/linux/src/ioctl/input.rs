//! Requests of input devices, and of those that a program makes (linux/input.h, linux/uinput.h).

use super::request::{Family, io, ior, iow, iowr, requests};
use super::{Get, Nothing, Number, Opaque, Set, Update};
use crate::input::EventMask;

requests! {
    "linux/input.h" {
        EVIOCGVERSION: Get<i32> = ior::<i32>(b'E', 0x01);
        EVIOCGID: Get<[u16; 4]> = ior::<[u16; 4]>(b'E', 0x02);
        EVIOCGREP: Get<[u32; 2]> = ior::<[u32; 2]>(b'E', 0x03);
        EVIOCSREP: Set<[u32; 2]> = iow::<[u32; 2]>(b'E', 0x03);
        EVIOCGKEYCODE: Update<[u32; 2]> = ior::<[u32; 2]>(b'E', 0x04);
        EVIOCGKEYCODE_V2: Update<[u32; 10]> = ior::<[u32; 10]>(b'E', 0x04);
        EVIOCSKEYCODE: Set<[u32; 2]> = iow::<[u32; 2]>(b'E', 0x04);
        EVIOCSKEYCODE_V2: Set<[u32; 10]> = iow::<[u32; 10]>(b'E', 0x04);
        EVIOCSFF: Update<Opaque>;
        EVIOCRMFF: Number = iow::<i32>(b'E', 0x81);
        EVIOCGEFFECTS: Get<i32> = ior::<i32>(b'E', 0x84);
        EVIOCGRAB: Number = iow::<i32>(b'E', 0x90);
        EVIOCREVOKE: Number = iow::<i32>(b'E', 0x91);
        EVIOCGMASK: Update<EventMask> = ior::<EventMask>(b'E', 0x92);
        EVIOCSMASK: Set<EventMask> = iow::<EventMask>(b'E', 0x93);
        EVIOCSCLOCKID: Set<i32> = iow::<i32>(b'E', 0xa0);
    }
    "linux/uinput.h" {
        UI_DEV_CREATE: Nothing = io(b'U', 1);
        UI_DEV_DESTROY: Nothing = io(b'U', 2);
        UI_DEV_SETUP: Set<[u32; 23]> = iow::<[u32; 23]>(b'U', 3);
        UI_ABS_SETUP: Set<[u32; 7]> = iow::<[u32; 7]>(b'U', 4);
        UI_SET_EVBIT: Number = iow::<i32>(b'U', 100);
        UI_SET_KEYBIT: Number = iow::<i32>(b'U', 101);
        UI_SET_RELBIT: Number = iow::<i32>(b'U', 102);
        UI_SET_ABSBIT: Number = iow::<i32>(b'U', 103);
        UI_SET_MSCBIT: Number = iow::<i32>(b'U', 104);
        UI_SET_LEDBIT: Number = iow::<i32>(b'U', 105);
        UI_SET_SNDBIT: Number = iow::<i32>(b'U', 106);
        UI_SET_FFBIT: Number = iow::<i32>(b'U', 107);
        UI_SET_PHYS: Set<Opaque> = iow::<usize>(b'U', 108);
        UI_SET_SWBIT: Number = iow::<i32>(b'U', 109);
        UI_SET_PROPBIT: Number = iow::<i32>(b'U', 110);
        UI_BEGIN_FF_UPLOAD: Update<Opaque>;
        UI_END_FF_UPLOAD: Set<Opaque>;
        UI_BEGIN_FF_ERASE: Update<[u32; 3]> = iowr::<[u32; 3]>(b'U', 202);
        UI_END_FF_ERASE: Set<[u32; 3]> = iow::<[u32; 3]>(b'U', 203);
        UI_GET_VERSION: Get<u32> = ior::<u32>(b'U', 45);
    }
}

/// Declares requests that are functions of a size, of which one, or of both: `NAME(arguments in C for the check) = first, count, is
/// the size said`.
macro_rules! families {
    ($($header:literal { $($name:ident($($argument:literal),*) = $first:expr, $count:literal, $is_sized:literal;)* })*) => {
        $($(
            #[doc = concat!(stringify!($name), " of ", $header, ".")]
            pub const $name: Family =
                Family { name: stringify!($name), first: $first, count: $count, is_sized: $is_sized };
        )*)*

        /// The requests that are functions.
        pub(super) const FAMILIES: &[Family] = &[$($($name),*),*];

        facts!($($($crate::abi::Fact::new(
            stringify!($name($($argument),*)),
            $name.last().0 as usize,
        )),*),*);
    };
}

families! {
    "linux/input.h" {
        EVIOCGNAME(16) = ior::<()>(b'E', 0x06), 1, true;
        EVIOCGPHYS(16) = ior::<()>(b'E', 0x07), 1, true;
        EVIOCGUNIQ(16) = ior::<()>(b'E', 0x08), 1, true;
        EVIOCGPROP(16) = ior::<()>(b'E', 0x09), 1, true;
        EVIOCGMTSLOTS(16) = ior::<()>(b'E', 0x0a), 1, true;
        EVIOCGKEY(16) = ior::<()>(b'E', 0x18), 1, true;
        EVIOCGLED(16) = ior::<()>(b'E', 0x19), 1, true;
        EVIOCGSND(16) = ior::<()>(b'E', 0x1a), 1, true;
        EVIOCGSW(16) = ior::<()>(b'E', 0x1b), 1, true;
        EVIOCGBIT(31, 16) = ior::<()>(b'E', 0x20), 32, true;
        EVIOCGABS(63) = ior::<[u32; 6]>(b'E', 0x40), 64, false;
        EVIOCSABS(63) = iow::<[u32; 6]>(b'E', 0xc0), 64, false;
    }
    "linux/uinput.h" {
        UI_GET_SYSNAME(16) = ior::<()>(b'U', 44), 1, true;
    }
}

//! Says what the kernel told it, as the runtime understands it.

#![no_std]
#![no_main]

use core::fmt::{self, Write};

use programs::Out;
use rt::{Arguments, Environment, auxv, vdso};

rt::program!(main);

fn main(_arguments: Arguments, environment: Environment) -> i32 {
    i32::from(say(environment).is_err())
}

fn say(environment: Environment) -> fmt::Result {
    writeln!(Out, "entries {}", auxv::entries().count())?;
    writeln!(Out, "page {}", auxv::page_size())?;
    writeln!(Out, "secure {}", auxv::is_secure())?;
    writeln!(Out, "seed {:x?}", auxv::seed())?;
    writeln!(Out, "executable {:?}", auxv::executable())?;
    writeln!(Out, "object {}", auxv::vdso().is_some())?;
    writeln!(Out, "usable {}", vdso::image().is_some())?;
    writeln!(Out, "clock {}", vdso::find(arch::vdso::CLOCK_GETTIME).is_some())?;
    writeln!(Out, "preload {}", environment.get(b"LD_PRELOAD").is_some())
}

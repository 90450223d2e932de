//! Exits with the status that its argument says.

#![no_std]
#![no_main]

use rt::{Arguments, Environment};

rt::program!(main);

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    programs::number(arguments.nth(1)) as i32
}

//! Exits with the status that its argument says; made through the face crate, as a user's program is.

#![no_std]
#![no_main]

use spelunk::{Arguments, Environment};

spelunk::program!(main);

fn main(mut arguments: Arguments, _environment: Environment) -> i32 {
    programs::number(arguments.nth(1)) as i32
}

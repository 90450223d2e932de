//! `cargo xtask`: builds, boots, tests and measures Spelunk.

fn main() {}

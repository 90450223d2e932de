//! The one program: process 1 when it is process 1, else the applet that `argv[0]` names.

fn main() {}

//! What a program's build script says to the linker: that there is no C library, and nothing else than one file.
//!
//! ```no_run
//! spelunk_build::program(); // the whole of main in build.rs
//! ```
//!
//! The flags suit the C compiler by which Rust links on Linux, with either linker behind it. What the project itself ships
//! is linked by `runtime/rt/program.flags`, which make smaller files and need no C compiler.

#![forbid(unsafe_code)]

/// What the linker is always told: start-up is ours, there is nothing else, and a section that code asks for by its start
/// is kept (the records of system calls).
const ALWAYS: [&str; 3] = ["-nostartfiles", "-nostdlib", "-Wl,-z,nostart-stop-gc"];

/// What is left out of programs that are optimised: what only unwinders read. Panics abort, and backtraces go by frame pointers.
const SCRIPT: &str = "SECTIONS {
  /DISCARD/ : { *(.eh_frame) *(.eh_frame_hdr) *(.gcc_except_table .gcc_except_table.*) }
}
INSERT AFTER .text;
";

/// Says to cargo, from a build script, how the package's programs are linked.
///
/// They are static: position-independent where they are optimised. Otherwise they lie at a fixed address, since code that is
/// not optimised calls through a table which start-up would have to relocate before its first call.
pub fn program() {
    let level = std::env::var("OPT_LEVEL").unwrap_or_default();
    let form: &[&str] = if matches!(&*level, "0" | "1") { &["-static", "-no-pie"] } else { &["-static-pie"] };
    for argument in ALWAYS.iter().chain(form) {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
    if form == ["-static-pie"] {
        discard();
    }
    println!("cargo::rerun-if-changed=build.rs");
}

/// Has the linker leave out what nobody reads; a program that has it is larger, and as good.
fn discard() {
    let Some(folder) = std::env::var_os("OUT_DIR") else { return };
    let path = std::path::Path::new(&folder).join("program.ld");
    if std::fs::write(&path, SCRIPT).is_ok() {
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{}", path.display());
    }
}

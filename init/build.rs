//! Says where the linker puts what in the program: `layout.ld`.

fn main() {
    // Without a shell all is small, and compresses better where what is alike stands side by side.
    if std::env::var_os("CARGO_FEATURE_SHELL").is_some() {
        println!("cargo::rustc-link-arg-bins=-T{}/layout.ld", env!("CARGO_MANIFEST_DIR"));
    }
    println!("cargo::rerun-if-changed=layout.ld");
}

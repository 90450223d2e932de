//! Hello with Rust's standard library.

fn main() {
    println!("hello");
}

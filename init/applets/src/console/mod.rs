//! Commands about terminals and consoles, and those that show text on them.

mod clear;
#[cfg(feature = "files")]
mod document;
mod keyboard;
#[cfg(feature = "files")]
mod less;
mod mesg;
#[cfg(feature = "files")]
mod more;
mod reset;
mod resize;
mod script;
mod stty;
mod ttysize;

group! {
    "console", "terminals, consoles, and text on them";
    "clear" => clear,
    "less" => less,
    "mesg" => mesg,
    "more" => more,
    "reset" => reset,
    "resize" => resize,
    "script" => script,
    "stty" => stty,
    "ttysize" => ttysize,
}

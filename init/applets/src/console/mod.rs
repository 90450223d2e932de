//! Commands about terminals and consoles, and those that show text on them.

mod chvt;
mod clear;
mod deallocvt;
#[cfg(feature = "files")]
mod document;
mod dumpkmap;
mod keyboard;
#[cfg(feature = "files")]
mod less;
mod loadkmap;
mod mesg;
mod microcom;
#[cfg(feature = "files")]
mod more;
mod openvt;
mod reset;
mod resize;
mod script;
mod setconsole;
mod stty;
mod ttysize;
mod virtual_terminal;

group! {
    "console", "terminals, consoles, and text on them";
    "chvt" => chvt,
    "clear" => clear,
    "deallocvt" => deallocvt,
    "dumpkmap" => dumpkmap,
    "less" => less,
    "loadkmap" => loadkmap,
    "mesg" => mesg,
    "microcom" => microcom,
    "more" => more,
    "openvt" => openvt,
    "reset" => reset,
    "resize" => resize,
    "script" => script,
    "setconsole" => setconsole,
    "stty" => stty,
    "ttysize" => ttysize,
}

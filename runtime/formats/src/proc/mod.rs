//! Files of `/proc`; the path of a decoder is the path of its file.

pub mod cmdline;

//! The applets, as the shell knows them.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use applets::{Input, Io, Output};
use linux::fd;
use shell::Commands;

use crate::together;

/// The applets that end soon by themselves, wait for nobody and leave their process as it was.
const QUICK: [&str; 8] = ["auxv", "free", "help", "hostname", "ls", "ps", "uname", "uptime"];

/// All of them.
pub(crate) struct Applets;

impl Commands for Applets {
    fn has(&self, name: &[u8]) -> bool {
        applets::find(name).is_some()
    }

    fn is_quick(&self, name: &[u8]) -> bool {
        QUICK.iter().any(|quick| quick.as_bytes() == name)
    }

    fn call(&self, words: &[&[u8]], environment: &[&[u8]]) -> i32 {
        applets::call(&mut Io::standard(environment).with_threads(together), words).0.into()
    }

    fn collect(&self, words: &[&[u8]], environment: &[&[u8]], into: &mut Vec<u8>) -> i32 {
        let (input, err) = (Input::Descriptor(fd::STDIN), Output::descriptor_stream(fd::STDERR));
        let mut io = Io::new(input, Output::memory(into), err, environment);
        applets::call(&mut io, words).0.into()
    }

    fn nearest(&self, name: &[u8]) -> Vec<&'static str> {
        applets::nearest(name)
    }

    fn names(&self) -> Vec<&'static str> {
        applets::names().collect()
    }

    fn options(&self, name: &[u8]) -> Vec<(String, String)> {
        let mut options = Vec::new();
        for flag in applets::find(name).into_iter().flat_map(|applet| applet.flags().iter()) {
            let short = flag.short().map(|letter| format!("-{}", char::from(letter)));
            let long = Some(flag.long()).filter(|long| !long.is_empty()).map(|long| format!("--{long}"));
            options.extend(short.into_iter().chain(long).map(|text| (text, flag.help().into())));
        }
        options
    }
}

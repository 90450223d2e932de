//! `kexec` (kexec-tools'): a kernel that the machine starts anew with, past its firmware.

use alloc::ffi::CString;
use alloc::vec::Vec;

use linux::fd::AsFd;
use linux::fs;
use linux::system::{PowerCommand, kexec_file_load, kexec_file_unload, reboot};
use system::file;

use crate::source::open_file;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run};

pub(crate) const APPLET: Applet = Applet {
    name: "kexec",
    summary: "Load a kernel, with which `reboot` starts the machine anew past its firmware",
    usage: "[-l] [OPTION]... KERNEL\n-u\n-e",
    flags: flags![
        Flag::new(b'l', "load", "load the kernel (without any of these three, too)"),
        Flag::with(INITRD, "initrd", "FILE", "its first file system"),
        Flag::with(INITRD, "ramdisk", "FILE", ""),
        Flag::with(LINE, "command-line", "TEXT", "its command line"),
        Flag::with(LINE, "append", "TEXT", ""),
        Flag::new(REUSE, "reuse-cmdline", "that of the kernel that runs, with TEXT behind it"),
        Flag::new(b'u', "unload", "let go of the kernel that is loaded"),
        Flag::new(b'e', "exec", "start it at once: stop no service, end no process"),
        Flag::new(b's', "kexec-file-syscall", ""),
    ],
    run: Run::Parsed(run),
};

keys! { 128; INITRD LINE REUSE }

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let (unload, exec) = (parsed.has(b'u'), parsed.has(b'e'));
    match parsed.operands.as_slice() {
        [] if unload && !exec && !parsed.has(b'l') => Ok(io.report(b"", kexec_file_unload())),
        [] if exec && !unload && !parsed.has(b'l') => {
            fs::sync();
            Ok(io.report(b"", reboot(PowerCommand::Kexec)))
        }
        [kernel] if !unload && !exec => load(io, parsed, kernel),
        [_, extra, ..] => Ok(io.misuse(extra, "one kernel is expected")),
        _ => Ok(parsed.usage(io)),
    }
}

fn load(io: &mut Io<'_>, parsed: &Parsed<'_>, path: &[u8]) -> Outcome {
    let open = |io: &mut Io<'_>, path: &[u8]| open_file(path).map_err(|cause| io.complain(path, &cause));
    let kernel = open(io, path)?;
    let initramfs = parsed.value(INITRD).map(|path| open(io, path)).transpose()?;
    let mut line = Vec::new();
    if parsed.has(REUSE) {
        line.extend_from_slice(file::read(b"/proc/cmdline")?.trim_ascii_end());
    }
    if let Some(text) = parsed.value(LINE) {
        if !line.is_empty() {
            line.push(b' ');
        }
        line.extend_from_slice(text);
    }
    // No word and no file has a zero byte in it.
    let line = CString::new(line).unwrap_or_default();
    Ok(io.report(path, kexec_file_load(&kernel, initramfs.as_ref().map(AsFd::as_fd), &line)))
}

//! Kernels, emulators and callers that leave things out: each case has killed a runtime somewhere.

use std::os::unix::process::CommandExt;
use std::process::{Command, Output};

use linux::process::{Limit, Namespaces, Resource, prlimit, unshare};
use linux_raw_sys::auxvec;

use crate::trace::Traced;
use spelunk_tests::programs::{Kind, command, emulator_lacks, kinds, program, scratch, target};
use spelunk_tests::skip::skipped;

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn failed<E>(_: E) -> std::io::Error {
    std::io::ErrorKind::Other.into()
}

#[test]
fn any_auxiliary_value_may_be_absent() {
    if emulator_lacks("ptrace") {
        return;
    }
    for kind in kinds() {
        for name in ["hello", "tls", "relocation", "clocks", "told"] {
            let program = program(kind, name);
            let entries = Traced::start(Command::new(&program).env_clear()).entries();
            assert!(entries.len() > 10);
            for entry in &entries {
                let traced = Traced::start(Command::new(&program).env_clear());
                let kind = u32::try_from(entry.kind).expect("a small number");
                traced.change(kind, None);
                let output = traced.finish();
                assert_eq!(output.status.code(), Some(0), "{name} without entry {kind}: {output:?}");
            }
        }
    }
}

#[test]
fn the_whole_auxiliary_vector_may_be_absent() {
    if emulator_lacks("ptrace") {
        return;
    }
    for kind in kinds() {
        for name in ["hello", "tls", "tls_large", "relocation", "clocks", "heap"] {
            let traced = Traced::start(&mut Command::new(program(kind, name)));
            traced.change_to_nothing();
            let output = traced.finish();
            assert_eq!(output.status.code(), Some(0), "{name}, {kind:?}: {output:?}");
        }
        let traced = Traced::start(&mut Command::new(program(kind, "told")));
        traced.change_to_nothing();
        let said = text(&traced.finish());
        for line in ["page 4096", "secure false", "executable None", "object false"] {
            assert!(said.contains(line), "{line} in {said}");
        }
    }
}

#[test]
fn the_page_size_and_the_name_are_the_kernels() {
    if emulator_lacks("ptrace") {
        return;
    }
    // Where the program lies at random, pages that are larger than the kernel's could have code in that of its constants.
    let path = program(Kind::Fixed, "told");
    let traced = Traced::start(&mut Command::new(&path));
    traced.change(auxvec::AT_PAGESZ, Some(65536));
    let said = text(&traced.finish());
    assert!(said.contains("page 65536") && said.contains(&path.display().to_string()), "{said}");
}

#[test]
fn seeds_differ_with_and_without_random_bytes() {
    if emulator_lacks("ptrace") {
        return;
    }
    for absent in [false, true] {
        let seeds: Vec<_> = (0..3)
            .map(|_| {
                let traced = Traced::start(&mut Command::new(program(Kind::Shipped, "told")));
                if absent {
                    traced.change(auxvec::AT_RANDOM, None);
                }
                let said = text(&traced.finish());
                said.lines().find(|line| line.starts_with("seed ")).expect("a seed").to_owned()
            })
            .collect();
        assert!(seeds[0] != seeds[1] && seeds[1] != seeds[2] && seeds[0] != seeds[2], "{seeds:?}");
    }
}

#[test]
fn an_old_kernel_sets_the_thread_pointer_by_a_call() {
    if emulator_lacks("ptrace") {
        return;
    }
    let count = |drop: bool| {
        let traced = Traced::start(&mut Command::new(program(Kind::Shipped, "tls")));
        if drop {
            traced.change(auxvec::AT_HWCAP2, Some(0));
        }
        let (calls, ended) = traced.calls();
        assert_eq!(ended, linux::process::Ended::Exited(0));
        calls.len()
    };
    assert!(count(true) >= count(false));
    assert_eq!(
        count(true),
        2 + usize::from(count(true) > 2),
        "arch_prctl, exit_group, and RELRO if there is any"
    );
}

#[test]
fn secure_mode_hides_variables_and_opens_descriptors() {
    if emulator_lacks("ptrace") {
        return;
    }
    for kind in kinds() {
        for (secure, preload) in [(0, "true"), (1, "false")] {
            let mut command = Command::new(program(kind, "told"));
            let traced = Traced::start(command.env_clear().env("LD_PRELOAD", "x").env("HOME", "/"));
            traced.change(auxvec::AT_SECURE, Some(secure));
            let said = text(&traced.finish());
            assert!(said.contains(&format!("secure {}", secure == 1)), "{said}");
            assert!(said.contains(&format!("preload {preload}")), "{said}");
        }
        for (secure, open) in [(0, 0), (1, 7)] {
            let mut command = Command::new(program(kind, "descriptors"));
            let traced = Traced::start(close_all(&mut command));
            traced.change(auxvec::AT_SECURE, Some(secure));
            assert_eq!(traced.finish().status.code(), Some(open), "{kind:?}");
        }
    }
}

/// Closes descriptors 0 to 2 before the program starts.
fn close_all(command: &mut Command) -> &mut Command {
    let close = || {
        // SAFETY: between fork and execve the process is alone, and nothing there uses the three.
        unsafe { linux::fs::close_range(0, 2, false) }.map_err(failed)
    };
    // SAFETY: the closure makes one system call, which is all that may be done between fork and execve.
    unsafe { command.pre_exec(close) }
}

#[test]
fn closed_descriptors_are_survived() {
    if emulator_lacks("closed descriptors: it opens the program itself") {
        return;
    }
    for kind in kinds() {
        for (name, status) in [("clocks", 0), ("heap", 0), ("descriptors", 0), ("hello", 1), ("tls", 0)] {
            let status_seen = close_all(&mut Command::new(program(kind, name))).status().expect("it runs");
            assert_eq!(status_seen.code(), Some(status), "{name}, {kind:?}");
        }
    }
}

#[test]
fn an_unlimited_stack_is_survived() {
    for kind in kinds() {
        for name in ["hello", "tls", "relocation", "clocks", "heap"] {
            // An emulator takes the limit that the program then sets, and does not keep it: see the program.
            let status = if name == "heap" && !target().runs_here() { 77 } else { 0 };
            let mut command = command(kind, name);
            // SAFETY: one system call, which is safe between fork and execve.
            let command = unsafe {
                command.pre_exec(|| {
                    let unlimited = Limit { soft: None, hard: None };
                    prlimit(None, Resource::STACK, Some(unlimited)).map(drop).map_err(failed)
                })
            };
            match command.output() {
                Ok(output) => assert_eq!(output.status.code(), Some(status), "{name}, {kind:?}"),
                Err(error) => skipped(&format!("the limit may not be raised here: {error}")),
            }
        }
    }
}

#[test]
fn an_empty_root_is_survived() {
    if emulator_lacks("a root without itself") {
        return;
    }
    for kind in kinds() {
        for name in ["hello", "clocks", "heap", "told"] {
            let root = scratch().join(format!("root-{kind:?}-{name}"));
            std::fs::create_dir_all(&root).expect("a folder");
            std::fs::copy(program(kind, name), root.join("program")).expect("a copy");
            let mut command = Command::new("/program");
            let inside = root.clone();
            // SAFETY: system calls only, which are safe between fork and execve; the path was made before.
            let command = unsafe {
                command.pre_exec(move || {
                    let _ = unshare(Namespaces::USER);
                    linux::fs::chroot(std::os::unix::ffi::OsStrExt::as_bytes(inside.as_os_str()))
                        .map_err(failed)?;
                    linux::fs::chdir("/").map_err(failed)
                })
            };
            match command.output() {
                Ok(output) => assert_eq!(output.status.code(), Some(0), "{name}, {kind:?}"),
                Err(error) => skipped(&format!("no user namespaces here: {error}")),
            }
            std::fs::remove_dir_all(&root).expect("the folder goes");
        }
    }
}

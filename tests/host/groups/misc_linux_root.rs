//! What root may do to the machine, to a part of it that is the test's own.

use linux::Errno;
use linux::process::{CloneFlags, Ended, Fork, clone, exit_group};
use linux::signal::Signal;
use linux::system::{self, PowerCommand};

use crate::scratch::Scratch;
use crate::support::{file, have, only_root, root, wait};

fn acct() {
    root();
    let scratch = Scratch::new();
    file(&scratch.at("records"));
    let missing = [Errno::NOSYS, Errno::PERM];
    have(system::acct(Some(scratch.at("records").as_str())), &missing, "accounting of processes");
    assert_eq!(system::acct(None::<&str>), Ok(()));
}

fn sethostname() {
    root();
    let before = system::uname().unwrap().host().to_vec();
    system::sethostname(b"another").unwrap();
    system::sethostname(&before).unwrap();
    assert_eq!(system::uname().unwrap().host(), before);
}

/// Restarts a machine that is the first process of a namespace, and nothing more.
fn reboot() {
    only_root();
    // SAFETY: there is one thread.
    let made = unsafe { clone(CloneFlags::NEW_PID) };
    match have(made, &[Errno::INVAL, Errno::PERM], "namespaces of processes") {
        Fork::Child => {
            // In the machine's own namespace it would do what it says.
            let is_first = linux::process::getpid() == linux::process::Pid::INIT;
            let refused = if is_first { system::reboot(PowerCommand::Restart).is_err() } else { true };
            exit_group(i32::from(refused));
        }
        Fork::Parent(pid) => assert_eq!(wait(pid).ended, Ended::Killed(Signal::HUP)),
    }
}

tests![acct, sethostname, reboot];

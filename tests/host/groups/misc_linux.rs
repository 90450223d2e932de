//! What Linux tells of itself and of processes, limits, memory files, random bytes, and who sends.

use linux::Errno;
use linux::fs::{self, IoSlice, IoSliceMut, MemoryFileFlags, Mode, OpenFlags, Seals, open};
use linux::net::{
    Control, Credentials, MessageFlags, SendControl, SocketKind, UnixAddress, control_room, options, recvmsg,
    sendmsg,
};
use linux::process::{
    self, Limit, Resource, getrlimit, is_bounding_capability, parent_death_signal, set_dumpable, set_name,
    set_parent_death_signal,
};
use linux::signal::Signal;
use linux::system;
use linux::time::{Adjustment, Clock, clock_adjtime};

use crate::support::{have, only_root, pair, reading, root};

fn sysinfo() {
    let found = system::sysinfo().unwrap();
    assert!(found.memory > 0 && found.free <= found.memory && found.processes > 0, "{found:?}");
}

fn syslog() {
    let size = system::log_size();
    assert!(have(size, &[Errno::PERM, Errno::NOSYS], "the kernel's log") > 1);
}

fn rlimit() {
    let before = getrlimit(Resource::OPEN_FILES).unwrap();
    process::prlimit(None, Resource::OPEN_FILES, Some(Limit { soft: Some(0), ..before })).unwrap();
    assert_eq!(open("/dev/null", OpenFlags::empty(), Mode::empty()).map(drop), Err(Errno::MFILE));
    process::prlimit(None, Resource::OPEN_FILES, Some(before)).unwrap();
    reading("/dev/null");
}

fn prlimit() {
    let before = getrlimit(Resource::OPEN_FILES).unwrap();
    let fewer = Limit { soft: Some(512.min(before.hard.unwrap_or(512))), ..before };
    assert_eq!(process::prlimit(None, Resource::OPEN_FILES, Some(fewer)), Ok(before));
    assert_eq!(process::prlimit(None, Resource::OPEN_FILES, Some(before)), Ok(fewer));
}

fn prlimit_root() {
    only_root();
    let one = Some(process::Pid::INIT);
    have(process::prlimit(one, Resource::CORE, None), &[Errno::PERM], "the limits of another process");
    let before = getrlimit(Resource::PROCESSES).unwrap();
    let more = Limit { soft: before.soft, hard: None };
    have(process::prlimit(None, Resource::PROCESSES, Some(more)), &[Errno::PERM], "a limit that is raised");
    assert_eq!(getrlimit(Resource::PROCESSES), Ok(more));
}

fn adjtimex() {
    let mut state = Adjustment::default();
    let clock = clock_adjtime(Clock::REALTIME, &mut state).unwrap();
    assert!(clock <= 5 && state.tick > 0 && state.time[0] > 1_000_000_000, "{state:?}");
}

fn prctl() {
    assert_eq!(is_bounding_capability(100), Err(Errno::INVAL));
    assert!(is_bounding_capability(0).is_ok());
    set_dumpable(false).unwrap();
    set_dumpable(true).unwrap();
    process::keep_capabilities_of_root(false).unwrap();
    set_parent_death_signal(Some(Signal::WINCH)).unwrap();
    assert_eq!(parent_death_signal(), Ok(Some(Signal::WINCH)));
    set_name(c"test").unwrap();
    let mut buffer = [0; 16];
    assert_eq!(process::name(&mut buffer).unwrap(), c"test");
}

fn uname() {
    let found = system::uname().unwrap();
    assert_eq!(found.system(), b"Linux");
    for field in [found.host(), found.release(), found.version(), found.machine(), found.domain()] {
        assert!(!field.is_empty());
    }
}

/// What /proc says of a setting of the kernel.
fn setting(name: &str) -> Vec<u8> {
    std::fs::read(format!("/proc/sys/kernel/{name}")).unwrap().trim_ascii().to_vec()
}

fn gethostname() {
    assert_eq!(system::uname().unwrap().host(), setting("hostname"));
}

fn getdomainname() {
    assert_eq!(system::uname().unwrap().domain(), setting("domainname"));
}

fn sethostname_root() {
    root();
    system::sethostname(b"hostnametest").unwrap();
    assert_eq!(system::uname().unwrap().host(), b"hostnametest");
}

fn setdomainname_root() {
    root();
    system::setdomainname(b"domainnametest").unwrap();
    assert_eq!(system::uname().unwrap().domain(), b"domainnametest");
}

fn sendcred() {
    let (one, other) = pair(SocketKind::DATAGRAM);
    options::PASS_CREDENTIALS.set(&other, true).unwrap();
    let own = Credentials {
        process: process::getpid().get().cast_unsigned(),
        user: process::getuid(),
        group: process::getgid(),
    };
    let mut room = [0; control_room(size_of::<Credentials>())];
    let mut control = SendControl::new(&mut room);
    control.add_credentials(own).unwrap();
    let nobody = None::<&UnixAddress>;
    sendmsg(&one, nobody, &[IoSlice::new(b"x")], Some(&control), MessageFlags::empty()).unwrap();
    let (mut byte, mut room) = ([0], [0; 64]);
    let received =
        recvmsg(&other, &mut [IoSliceMut::new(&mut byte)], &mut room, MessageFlags::empty()).unwrap();
    let mut told = received.control.filter_map(|control| match control {
        Control::Credentials(credentials) => Some(credentials),
        _ => None,
    });
    assert_eq!(told.next(), Some(own));
}

fn getrandom() {
    let [mut one, mut two] = [[0; 64]; 2];
    assert_eq!(linux::random::getrandom(&mut one, linux::random::RandomFlags::empty()), Ok(64));
    assert_eq!(linux::random::getrandom(&mut two, linux::random::RandomFlags::empty()), Ok(64));
    assert_ne!(one, two);
}

fn memfd() {
    let flags = MemoryFileFlags::CLOSE_ON_EXEC | MemoryFileFlags::ALLOW_SEALING;
    let file = fs::memfd_create("name", flags).unwrap();
    assert_eq!(fs::seals(&file), Ok(Seals::empty()));
    fs::write(&file, b"x").unwrap();
    let all = Seals::SHRINK | Seals::GROW | Seals::WRITE | Seals::SEAL;
    fs::add_seals(&file, all).unwrap();
    assert_eq!(fs::seals(&file), Ok(all));
    assert_eq!(fs::write(&file, b"x"), Err(Errno::PERM));
}

tests![
    sysinfo,
    syslog,
    rlimit,
    prlimit,
    prlimit_root,
    adjtimex,
    prctl,
    uname,
    gethostname,
    getdomainname,
    sethostname_root,
    setdomainname_root,
    sendcred,
    getrandom,
    memfd,
];

//! What holds for every type of flags and values.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use linux::named::Named;
use linux::{
    block, fs, ioctl, ipc, mem, mount, net, perf, poll, process, random, security, signal, system, thread,
    time, trace, uring,
};

/// Reads each name of a type, shows what it stands for, and reads that again.
fn holds<T: Named + Display + FromStr<Err: Debug> + PartialEq + Debug>() {
    let mut names: Vec<_> = T::NAMES.iter().collect();
    assert!(!names.is_empty());
    for (number, name) in &names {
        let value: T = name.parse().unwrap();
        assert_eq!(value.number(), *number, "{name}");
        let shown = value.to_string();
        assert_eq!(shown.parse::<T>().unwrap(), value, "{name} is shown as {shown}");
        assert_eq!(name.to_lowercase().parse::<T>().unwrap(), value);
    }
    names.sort_unstable_by_key(|(_, name)| *name);
    assert!(names.windows(2).all(|two| two[0].1 != two[1].1), "{names:?}");
    // What has no name survives.
    let odd = T::of_number(T::of_number(u64::MAX).number() >> 1);
    assert_eq!(odd.to_string().parse::<T>().unwrap(), odd);
    assert!("no such name".parse::<T>().is_err());
}

macro_rules! all {
    ($($type:ty),* $(,)?) => { &[$(holds::<$type>),*] };
}

const TYPES: &[fn()] = all![
    block::LoopFlags,
    fs::Access,
    fs::Allocate,
    fs::DescriptorFlags,
    fs::FileEvents,
    fs::GroupFlags,
    fs::MarkFlags,
    fs::MemoryFileFlags,
    fs::Mode,
    fs::NotifyEvents,
    fs::NotifyFlags,
    fs::OpenFlags,
    fs::PipeFlags,
    fs::RenameFlags,
    fs::Resolve,
    fs::Seals,
    fs::StatxFlags,
    fs::StatxMask,
    fs::SyncFlags,
    fs::TransferFlags,
    ioctl::Direction,
    ipc::AttachFlags,
    ipc::GetFlags,
    ipc::MessageQueueFlags,
    mem::Advice,
    mem::FaultFlags,
    mem::KeepFlags,
    mem::MapFlags,
    mem::Protection,
    mem::RemapFlags,
    mem::SwapFlags,
    mount::Attributes,
    mount::MountFlags,
    mount::MoveFlags,
    mount::TreeFlags,
    mount::UnmountFlags,
    net::Family,
    net::MessageFlags,
    net::options::Level,
    net::PacketKind,
    net::SocketFlags,
    net::SocketKind,
    poll::EpollFlags,
    poll::EventFlags,
    poll::Interest,
    poll::PollFlags,
    process::Capabilities,
    process::CloneFlags,
    process::Namespaces,
    process::PidfdFlags,
    process::Policy,
    process::Resource,
    process::WaitFlags,
    random::RandomFlags,
    security::landlock::FileAccess,
    security::landlock::PortAccess,
    security::landlock::Scopes,
    security::Module,
    security::ThreadAttribute,
    signal::ActionFlags,
    signal::SignalfdFlags,
    system::ModuleFlags,
    thread::Barriers,
    time::AdjustFlags,
    time::Clock,
    time::ClockStatus,
    time::TimerFlags,
    trace::Stops,
    trace::names::AccessFlags,
    trace::names::ArithmeticCode,
    trace::names::BusCode,
    trace::names::ChildCode,
    trace::names::CloneBits,
    trace::names::Closed,
    trace::names::EditModes,
    trace::names::EpollChange,
    trace::names::FileAdvice,
    trace::names::FileCommand,
    trace::names::FutexOperation,
    trace::names::HandlerBits,
    trace::names::InputModes,
    trace::names::InstructionCode,
    trace::names::LineModes,
    trace::names::LockFlags,
    trace::names::LockKind,
    trace::names::MaskChange,
    trace::names::OutputModes,
    trace::names::PathFlags,
    trace::names::SegmentCode,
    trace::names::Sent,
    trace::names::SleepFlags,
    trace::names::StatxBits,
    trace::names::TimerKind,
    trace::names::Used,
    trace::names::Whence,
    trace::names::Whom,
    uring::AcceptFlags,
    uring::CancelFlags,
    uring::CompletionFlags,
    uring::EntryFlags,
    uring::Features,
    uring::ReceiveFlags,
    uring::SetupFlags,
    uring::SpliceFlags,
    linux::bpf::MapKind,
    linux::bpf::ProgramKind,
    linux::input::Key,
    linux::key::Key,
    linux::key::Permissions,
    linux::bpf::AttachPoint,
];

fn tostring() {
    TYPES.iter().for_each(|holds| holds());
    let counter = perf::CounterFlags::OFF;
    assert_eq!(format!("{counter:?}"), "CounterFlags(OFF)", "bits of a structure, which no header names");
}

tests![tostring];

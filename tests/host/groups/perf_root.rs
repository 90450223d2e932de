//! Counters of the kernel.

use formats::file::ebpf::{Condition, Helper, Label, Operation, Program, Register, Width};
use linux::Errno;
use linux::bpf::{Map, MapKind, ProgramKind, load};
use linux::fs::getcwd;
use linux::mount::{MountFlags, mount};
use linux::perf::{Counter, CounterFlags, Event, Probe, Ring, Whose, find_tracepoint};

use crate::support::{have, only_root, root, skip};

const OFF: CounterFlags = CounterFlags::OFF.union(CounterFlags::NOT_BELOW);

fn counter(event: Event) -> Counter {
    let missing = [Errno::NOSYS, Errno::PERM, Errno::ACCES, Errno::NOENT, Errno::OPNOTSUPP];
    have(Counter::new(event, Whose::Own, OFF), &missing, "counters")
}

/// Touches memory that nobody has touched.
fn touch(pages: usize) {
    let memory = std::hint::black_box(vec![1_u8; pages * 4096]);
    assert_eq!(memory.iter().step_by(4096).map(|byte| usize::from(*byte)).sum::<usize>(), pages);
}

fn perf_open() {
    only_root();
    let counter = counter(Event { kind: 1, number: 9 });
    counter.start().unwrap();
    touch(4);
    counter.stop().unwrap();
    // The dummy of the kernel, PERF_COUNT_SW_DUMMY, counts nothing but can be read.
    assert_eq!(counter.read().unwrap().count, 0);
}

fn perf_sw() {
    only_root();
    let counter = counter(Event::PROCESSOR_CLOCK);
    counter.start().unwrap();
    touch(64);
    counter.stop().unwrap();
    assert!(counter.read().unwrap().count > 0);
}

/// Mounts the files of tracing, and gives the number of an event.
fn tracepoint(name: &str) -> Event {
    if mount("none", "/sys/kernel/tracing", "tracefs", MountFlags::empty(), "").is_err() {
        skip("this kernel has no tracing (FTRACE)");
    }
    let (group, event) = name.split_once('/').unwrap();
    match find_tracepoint(group, event) {
        Ok(found) => {
            let number = std::fs::read_to_string(format!("/sys/kernel/tracing/events/{name}/id")).unwrap();
            assert_eq!(found, Event::tracepoint(number.trim().parse().unwrap()));
            found
        }
        Err(errno) => skip(&format!("this kernel has no event {name}: {errno}")),
    }
}

/// Counts an event while this process asks twice where it is.
fn counted(event: Event) -> u64 {
    count(&counter(event))
}

fn count(counter: &Counter) -> u64 {
    counter.start().unwrap();
    for _ in 0..2 {
        getcwd(&mut [0; 4096]).unwrap();
    }
    counter.stop().unwrap();
    counter.read().unwrap().count
}

/// Adds one to the first value of a table.
fn adder(table: i32) -> Program<16> {
    use Register::{R0, R1, R2, R10};
    let end = Label(0);
    let mut program = Program::new();
    program
        .store(Width::Four, R10, -4, 0)
        .load_map(R1, table)
        .act(Operation::Set, R2, R10)
        .act(Operation::Add, R2, -4)
        .call(Helper::MAP_LOOKUP)
        .jump_if(Condition::Equal, R0, 0, end)
        .act(Operation::Set, R1, 1)
        .add_atomically(Width::Eight, R0, 0, R1)
        .place(end)
        .act(Operation::Set, R0, 0)
        .exit();
    program
}

fn perf_attach() {
    root();
    let event = tracepoint("syscalls/sys_enter_getcwd");
    assert_eq!(counted(event), 2);
    let table = have(Map::<u32, u64>::new(MapKind::ARRAY, 1), &[Errno::NOSYS, Errno::PERM], "tables of bpf");
    let mut adder = adder(table.number());
    let adder = load(ProgramKind::TRACEPOINT, adder.finish().unwrap(), c"GPL", &mut []).unwrap();
    let filter = load(ProgramKind::SOCKET_FILTER, &[0xb7, 0x95], c"GPL", &mut []).unwrap();
    let counter = counter(event);
    assert_eq!(counter.attach(&filter), Err(Errno::INVAL));
    counter.attach(&adder).unwrap();
    counter.start().unwrap();
    for _ in 0..3 {
        getcwd(&mut [0; 4096]).unwrap();
    }
    counter.stop().unwrap();
    assert_eq!(table.get(0), Ok(Some(3)));
}

fn perf_kprobe() {
    root();
    tracepoint("syscalls/sys_enter_getcwd");
    let list = "/sys/kernel/tracing/kprobe_events";
    if !std::path::Path::new(list).exists() {
        skip("this kernel has no probes (KPROBES)");
    }
    let function = function_of_getcwd();
    std::fs::write(list, format!("p:spelunk/getcwd {function}\n")).unwrap();
    let count = counted(tracepoint("spelunk/getcwd"));
    std::fs::write(list, "-:spelunk/getcwd\n").unwrap();
    assert_eq!(count, 2);
}

/// Gives the name of the function behind getcwd, which depends on processor and compiler.
fn function_of_getcwd() -> String {
    let Ok(symbols) = std::fs::read_to_string("/proc/kallsyms") else {
        skip("this kernel does not tell its symbols (KALLSYMS)")
    };
    let mut symbols = symbols.lines().filter_map(|line| line.split_whitespace().nth(2));
    // Before them lies what pads them; programs of 32 bits have their own.
    let others = ["__pfx_", "__ia32_"];
    let function = symbols
        .find(|name| name.ends_with("sys_getcwd") && !others.iter().any(|other| name.starts_with(other)));
    match function {
        Some(function) => function.to_owned(),
        None => skip("the kernel's list has no sys_getcwd (KALLSYMS)"),
    }
}

/// A function of the kernel is counted, and a program runs there, without a word to tracefs.
fn perf_function() {
    only_root();
    let function = std::ffi::CString::new(function_of_getcwd()).unwrap();
    let missing = [Errno::NOENT, Errno::NOSYS, Errno::PERM, Errno::ACCES, Errno::OPNOTSUPP];
    for place in [Probe::At(0), Probe::Return] {
        let counter = || {
            let counter = Counter::of_function(&function, place, Whose::Own, OFF);
            have(counter, &missing, "counters of functions (KPROBE_EVENTS)")
        };
        assert_eq!(count(&counter()), 2, "{place:?}");
        let counter = counter();
        let table = Map::<u32, u64>::new(MapKind::ARRAY, 1);
        let table = have(table, &[Errno::NOSYS, Errno::PERM], "tables of bpf");
        let mut adder = adder(table.number());
        let adder = load(ProgramKind::PROBE, adder.finish().unwrap(), c"GPL", &mut []).unwrap();
        counter.attach(&adder).unwrap();
        // What the program takes is not counted: it says 0.
        assert_eq!((count(&counter), table.get(0)), (0, Ok(Some(2))), "{place:?}");
    }
    let nothing = Counter::of_function(c"no_such_function_of_the_kernel", Probe::At(0), Whose::Own, OFF);
    assert!(nothing.is_err());
    assert_eq!(find_tracepoint("syscalls", "sys_enter_nothing").err(), Some(Errno::NOENT));
}

fn perf_sampling() {
    only_root();
    let missing = [Errno::NOSYS, Errno::PERM, Errno::ACCES, Errno::NOENT];
    let counter = have(Counter::sampler(Event::PAGE_FAULTS, Whose::Own, OFF, 1), &missing, "samples");
    let mut ring = have(Ring::new(&counter, 4096, 8192), &[Errno::PERM], "memory may not be locked here");
    counter.start().unwrap();
    touch(64);
    counter.stop().unwrap();
    let (mut samples, mut buffer) = (0, [0; 64]);
    while let Some(record) = ring.next(&mut buffer) {
        if let Some((_, process, _, _)) = record.sample() {
            assert_eq!(process, std::process::id());
            samples += 1;
        }
    }
    assert!(samples >= 10, "{samples}");
}

tests![perf_open, perf_sw, perf_attach, perf_function, perf_kprobe, perf_sampling];

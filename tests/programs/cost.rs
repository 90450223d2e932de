//! What a call by one of our functions costs beside the call by its number alone, in instructions that the processor executes.

use spelunk_tests::programs::{Kind, command, emulator_lacks, nothing_ships};

/// How many instructions more there may be, and what for.
const MORE: [(&str, u32); 3] = [
    // A call of the function; a filter's error is no number of a process.
    ("getpid", 12),
    // None.
    ("read", 0),
    // A path of any kind goes by a pointer to what is done with it: once in the program, and not once a call. 19, but on x86 all
    // that a function is given goes over the stack.
    ("openat", 32),
];

#[test]
fn calls_by_functions_cost_no_more_than_is_said() {
    if emulator_lacks("ptrace") || nothing_ships() {
        return;
    }
    let output = command(Kind::Shipped, "cost").output().expect("it runs");
    let said = String::from_utf8(output.stdout).expect("text");
    let rows: Vec<_> = said.lines().map(|line| line.split(' ').collect::<Vec<_>>()).collect();
    assert_eq!(rows.len(), MORE.len(), "{said}");
    for (row, (name, more)) in rows.iter().zip(MORE) {
        let [found, ours, bare] = row[..] else { panic!("{said}") };
        let [ours, bare] = [ours, bare].map(|count| count.parse::<u32>().expect("a count"));
        assert_eq!(found, name, "{said}");
        assert!(bare > 0 && ours <= bare + more, "{name}: by our function, and by its number:\n{said}");
    }
}

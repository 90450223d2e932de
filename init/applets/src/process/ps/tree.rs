//! Processes as a tree: each behind its parent, its command moved to the right (`-H`) or hung on branches (`--forest`), as procps has it.

use alloc::vec::Vec;

use system::processes::Process;

/// Brings processes into the order of a tree, and marks their names and arguments.
pub(super) fn arrange(processes: &[Process], is_drawn: bool) -> Vec<Process> {
    let is_child = |child: &Process, parent: &Process| child.parent == parent.pid && child.pid != parent.pid;
    let mut found = Vec::new();
    // What is still to come, the next one last: the branches before it, whether others hang below it, and how deep it is.
    let mut stack: Vec<(&Process, Vec<u8>, bool, usize)> = Vec::new();
    let is_root = |process: &&Process| !processes.iter().any(|parent| is_child(process, parent));
    stack.extend(processes.iter().filter(is_root).rev().map(|root| (root, Vec::new(), true, 0)));
    while let Some((process, branches, is_last, depth)) = stack.pop() {
        let mark = match (is_drawn, depth) {
            (_, 0) => Vec::new(),
            (true, _) => [branches.as_slice(), b" \\_ "].concat(),
            (false, _) => b"  ".repeat(depth),
        };
        let below = match (depth, is_last) {
            (0, _) => Vec::new(),
            (_, true) => [branches.as_slice(), b"    "].concat(),
            (_, false) => [branches.as_slice(), b" |  "].concat(),
        };
        let children = processes.iter().filter(|child| is_child(child, process)).rev().enumerate();
        stack.extend(children.map(|(index, child)| (child, below.clone(), index == 0, depth + 1)));
        let arguments = [mark.as_slice(), &super::command(process)].concat();
        found.push(Process { name: [mark, process.name.clone()].concat(), arguments, ..process.clone() });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_follow_their_parents() {
        let own = system::processes::one(std::process::id()).unwrap().unwrap();
        let process = |pid, parent| Process { pid, parent, arguments: b"x".to_vec(), ..own.clone() };
        let all = [process(1, 0), process(2, 1), process(3, 1), process(4, 2), process(5, 3), process(9, 0)];
        let lines = |is_drawn| {
            let arranged = arrange(&all, is_drawn);
            arranged.into_iter().map(|process| (process.pid, process.arguments)).collect::<Vec<_>>()
        };
        let drawn: [(u32, &[u8]); 6] =
            [(1, b"x"), (2, b" \\_ x"), (4, b" |   \\_ x"), (3, b" \\_ x"), (5, b"     \\_ x"), (9, b"x")];
        assert!(lines(true).iter().map(|line| (line.0, line.1.as_slice())).eq(drawn));
        let moved: [&[u8]; 6] = [b"x", b"  x", b"    x", b"  x", b"    x", b"x"];
        assert!(lines(false).iter().map(|line| line.1.as_slice()).eq(moved));
    }
}

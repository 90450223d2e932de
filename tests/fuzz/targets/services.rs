//! Service files and inittabs.

use services::{file, graph, inittab, packed};

/// Reads the text as both; each problem is on a line that there is, and each service comes back from its packed form.
pub(crate) fn services(data: &[u8]) {
    // The packed form is read by process 1, from a worker that may have gone wrong.
    let _ = packed::unpack::<services::Configuration>(data);
    let Ok(text) = core::str::from_utf8(data) else { return };
    let lines = text.split('\n').count();
    let (mut list, problems) = inittab::parse("inittab", text);
    match file::parse("a.toml", text, &[]) {
        Ok(service) => list.push(service),
        Err(wrong) => {
            assert!(!wrong.is_empty(), "refused without a reason");
            assert!(wrong.iter().all(|one| (1..=lines).contains(&one.line)), "{wrong:?}");
        }
    }
    assert!(problems.iter().all(|one| (1..=lines).contains(&one.line)), "{problems:?}");
    for service in &list {
        assert_eq!(packed::unpack(&packed::pack(service)).as_ref(), Ok(service));
    }
    let (graph, _) = graph::Graph::of_sound(&mut list, Vec::new());
    assert_eq!(graph.order().len(), list.len(), "a circle is left");
}

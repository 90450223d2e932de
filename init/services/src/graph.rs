//! The order of services: who waits for whom, found by name, and without a circle.
//!
//! A service waits for those that it is `after` or `needs`; it ends before they do. `wants` and `conflicts` order nothing.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::packed::packed;
use crate::{Service, Start, nearest};

packed! {
    /// What a service says of others, by their places in the list.
    pub struct Node {
        /// Those that it waits for, needed or not.
        pub after: Vec<usize>,
        /// Those that must be ready.
        pub needs: Vec<usize>,
        /// Those that are started with it.
        pub wants: Vec<usize>,
        /// Those that cannot run beside it, whoever says so.
        pub conflicts: Vec<usize>,
    }
}

/// Why a service has no place among the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its place in the list.
    pub service: usize,
    /// The name in it that is at fault.
    pub name: String,
    /// What is wrong.
    pub message: String,
}

/// Who waits for whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// A node for each service, in the order of the list.
    pub nodes: Vec<Node>,
}

impl Graph {
    /// Makes it of a list of services.
    ///
    /// # Errors
    /// Each name that is missing; if none is, each circle, and each two that start with the machine and cannot both run.
    pub fn new(services: &[Service]) -> Result<Self, Vec<Fault>> {
        Self::beside(services, &[])
    }

    /// The same; for one that names a service of those that were refused, that is what is wrong.
    fn beside(services: &[Service], refused: &[String]) -> Result<Self, Vec<Fault>> {
        let mut places = BTreeMap::new();
        for (at, service) in services.iter().enumerate() {
            places.insert(service.name.as_str(), at);
        }
        let mut graph = Self { nodes: services.iter().map(|_| Node::default()).collect() };
        let mut faults = Vec::new();
        for (at, service) in services.iter().enumerate() {
            for (key, name) in service.named() {
                match places.get(name) {
                    Some(to) => graph.connect(key, at, *to),
                    None if refused.iter().any(|one| one == name) => {
                        let message = format!("`{key}` names `{name}`, which is refused");
                        faults.push(Fault { service: at, name: name.into(), message });
                    }
                    None => {
                        let near = nearest(name, places.keys().copied());
                        let message = format!("`{key}` names `{name}`, which is no service{near}");
                        faults.push(Fault { service: at, name: name.into(), message });
                    }
                }
            }
        }
        if faults.is_empty() {
            faults.extend(graph.circle(services));
            faults.extend(graph.conflict(services));
        }
        if faults.is_empty() { Ok(graph) } else { Err(faults) }
    }

    /// Makes it of those services that have a place, and takes the others out of the list; gives what was wrong with those,
    /// each with its name. Those of `refused` had no place from the beginning.
    pub fn of_sound(services: &mut Vec<Service>, mut refused: Vec<String>) -> (Self, Vec<(String, Fault)>) {
        let mut told = Vec::new();
        loop {
            match Self::beside(services, &refused) {
                Ok(graph) => return (graph, told),
                Err(faults) => {
                    let mut gone: Vec<usize> = faults.iter().map(|fault| fault.service).collect();
                    let named = faults.into_iter().map(|fault| {
                        let name = services.get(fault.service).map(|service| service.name.clone());
                        (name.unwrap_or_default(), fault)
                    });
                    told.extend(named);
                    query::sort::sort(&mut gone);
                    gone.dedup();
                    for at in gone.into_iter().rev() {
                        refused.push(services.remove(at).name);
                    }
                }
            }
        }
    }

    fn connect(&mut self, key: &str, from: usize, to: usize) {
        let mut add = |at: usize, list: fn(&mut Node) -> &mut Vec<usize>, other: usize| {
            if let Some(node) = self.nodes.get_mut(at)
                && !list(node).contains(&other)
            {
                list(node).push(other);
            }
        };
        match key {
            "wants" => add(from, |node| &mut node.wants, to),
            "conflicts" => {
                add(from, |node| &mut node.conflicts, to);
                add(to, |node| &mut node.conflicts, from);
            }
            "needs" => {
                add(from, |node| &mut node.needs, to);
                add(from, |node| &mut node.after, to);
            }
            _ => add(from, |node| &mut node.after, to),
        }
    }

    /// Gives the services in an order in which each comes behind those that it waits for; those of a circle are missing.
    pub fn order(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.nodes.len());
        let mut is_placed: Vec<bool> = self.nodes.iter().map(|_| false).collect();
        loop {
            let before = order.len();
            for (at, node) in self.nodes.iter().enumerate() {
                let may = node.after.iter().all(|other| is_placed.get(*other) == Some(&true));
                if let Some(placed) = is_placed.get_mut(at).filter(|placed| may && !**placed) {
                    *placed = true;
                    order.push(at);
                }
            }
            if order.len() == before {
                return order;
            }
        }
    }

    /// Gives the longest row of services each of which waits for the one before it: what a start takes at least.
    pub fn critical_path(&self) -> Vec<usize> {
        let mut rows: Vec<(usize, Option<usize>)> = self.nodes.iter().map(|_| (1, None)).collect();
        for at in self.order() {
            let after = self.nodes.get(at).map(|node| node.after.as_slice()).unwrap_or_default();
            let longest = after.iter().filter_map(|other| Some((rows.get(*other)?.0, *other))).max();
            if let (Some((length, other)), Some(row)) = (longest, rows.get_mut(at)) {
                *row = (length + 1, Some(other));
            }
        }
        let mut next =
            rows.iter().enumerate().max_by_key(|(at, row)| (row.0, usize::MAX - at)).map(|(at, _)| at);
        let mut path = Vec::new();
        while let Some(at) = next {
            path.push(at);
            next = rows.get(at).and_then(|row| row.1);
        }
        path.reverse();
        path
    }

    /// Finds a circle; its fault is told of the service that closes it.
    fn circle(&self, services: &[Service]) -> Option<Fault> {
        let order = self.order();
        let is_open = |at: &usize| !order.contains(at);
        let first = (0..self.nodes.len()).find(is_open)?;
        // Whoever is not in the order waits for another such one, so walking on comes back to one that was passed.
        let mut path: Vec<usize> = Vec::new();
        let mut at = first;
        while !path.contains(&at) {
            path.push(at);
            at = self.nodes.get(at)?.after.iter().copied().find(|other| is_open(other))?;
        }
        let start = path.iter().position(|passed| *passed == at)?;
        let circle = path.get(start..)?;
        let name = |at: &usize| services.get(*at).map_or("", |service| service.name.as_str());
        let names: Vec<&str> = circle.iter().chain([&at]).map(name).collect();
        let message = format!("each waits for the next: {}", names.join(" -> "));
        let closes = *circle.last()?;
        Some(Fault { service: closes, name: name(&at).into(), message })
    }

    /// Finds two that start with the machine and cannot both run; the second one is at fault.
    fn conflict(&self, services: &[Service]) -> Option<Fault> {
        let is_of_boot = |at: usize| services.get(at).is_some_and(|service| service.start == Start::Boot);
        self.nodes.iter().enumerate().find_map(|(at, node)| {
            let other =
                *node.conflicts.iter().find(|other| **other < at && is_of_boot(at) && is_of_boot(**other))?;
            let name = services.get(other)?.name.clone();
            let message = format!("it conflicts with `{name}`, and both start with the machine");
            Some(Fault { service: at, name, message })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(name: &str, after: &[&str], needs: &[&str]) -> Service {
        let list = |names: &[&str]| names.iter().map(|name| String::from(*name)).collect();
        Service { after: list(after), needs: list(needs), ..Service::new(name) }
    }

    fn messages(services: &[Service]) -> Vec<String> {
        Graph::new(services).unwrap_err().into_iter().map(|fault| fault.message).collect()
    }

    #[test]
    fn the_order_has_each_behind_those_it_waits_for() {
        let services = [
            service("c", &["b"], &[]),
            service("a", &[], &[]),
            service("b", &[], &["a"]),
            service("d", &["a"], &[]),
        ];
        let graph = Graph::new(&services).unwrap();
        assert_eq!(graph.order(), [1, 2, 3, 0]);
        assert_eq!(graph.critical_path(), [1, 2, 0]);
        assert_eq!(graph.nodes[2].needs, [1]);
        assert_eq!(graph.nodes[2].after, [1]);
    }

    #[test]
    fn nothing_has_no_order() {
        let graph = Graph::new(&[]).unwrap();
        assert!(graph.order().is_empty() && graph.critical_path().is_empty());
    }

    #[test]
    fn missing_names_come_with_the_nearest() {
        let services = [service("sshd", &[], &["netwrok"]), service("network", &[], &[])];
        assert_eq!(
            messages(&services),
            ["`needs` names `netwrok`, which is no service; the nearest is `network`"]
        );
    }

    #[test]
    fn circles_are_told_with_their_path() {
        let services = [
            service("a", &[], &[]),
            service("b", &["a"], &["d"]),
            service("c", &["b"], &[]),
            service("d", &[], &["c"]),
            service("e", &["d"], &[]),
        ];
        assert_eq!(messages(&services), ["each waits for the next: b -> d -> c -> b"]);
        let own = [service("a", &["b"], &[]), service("b", &["a"], &[])];
        assert_eq!(messages(&own), ["each waits for the next: a -> b -> a"]);
    }

    #[test]
    fn two_of_the_start_that_conflict_are_told() {
        let mut services = [service("a", &[], &[]), service("b", &[], &[])];
        services[1].conflicts.push("a".into());
        assert_eq!(messages(&services), ["it conflicts with `a`, and both start with the machine"]);
        services[0].start = Start::Demand;
        let graph = Graph::new(&services).unwrap();
        assert_eq!((&graph.nodes[0].conflicts[..], &graph.nodes[1].conflicts[..]), (&[1][..], &[0][..]));
    }

    #[test]
    fn who_names_one_that_was_refused_is_told_so() {
        let mut services = Vec::from([service("a", &[], &["b"]), service("c", &["a"], &[])]);
        let (_, told) = Graph::of_sound(&mut services, Vec::from(["b".into()]));
        let said: Vec<&str> = told.iter().map(|(_, fault)| fault.message.as_str()).collect();
        assert_eq!(said, ["`needs` names `b`, which is refused", "`after` names `a`, which is refused"]);
    }

    #[test]
    fn the_sound_ones_are_left() {
        let mut services = vec![
            service("a", &[], &[]),
            service("b", &[], &["missing"]),
            service("c", &[], &["b"]),
            service("d", &["e"], &[]),
            service("e", &["d"], &[]),
        ];
        let (graph, told) = Graph::of_sound(&mut services, Vec::new());
        let names: Vec<&str> = services.iter().map(|service| service.name.as_str()).collect();
        let told: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((names, told), (vec!["a"], vec!["b", "c", "e", "d"]));
        assert_eq!(graph.nodes.len(), 1);
    }
}

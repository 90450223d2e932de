//! From the start of a DHCP client to its address, in network namespaces, against other clients and the same server.
//!
//! The measuring program is `tests/bench/dhcp.rs`, since it shares the tests' harness; here its values become rows.

use anyhow::{Context, Result};

use super::{Row, Setup, median};
use crate::install::{self, need};
use crate::selection::Selection;
use crate::{build, command, workspace};

/// Our name in the measuring program's values.
const OURS: &str = "Spelunk";

/// What is measured: its name there, and in our rows.
const MEASURES: [&str; 3] = ["lease", "late-server", "new-subnet"];

/// Measure, client, milliseconds.
type Value = (String, String, f64);

pub(super) fn run(setup: &Setup) -> Result<Vec<Row>> {
    let mut needs = vec![
        need("dnsmasq", "dnsmasq-base"),
        need("ip", "iproute2"),
        need("unshare", "util-linux"),
        need("nsenter", "util-linux"),
    ];
    if setup.peers {
        needs.extend([
            need("udhcpc", "udhcpc"),
            need("dhcpcd", "dhcpcd-base"),
            need("dhclient", "isc-dhcp-client"),
        ]);
    }
    install::ensure(&needs)?;
    let program = build::spelunk(&setup.hardware.architecture()?, &Selection::INITRAMFS.parse()?)?;
    command::run(command::cargo().args([
        "build",
        "--quiet",
        "--release",
        "--package",
        "spelunk-tests",
        "--bin",
        "bench-dhcp",
    ]))?;
    let mut measure = command::new(workspace::target().join("release/bench-dhcp"));
    measure.arg(program).arg(setup.rounds.to_string());
    if setup.peers {
        measure.arg("peers");
    }
    let printed = command::output(&mut measure)?;
    let values: Vec<Value> = serde_json::from_str(&printed).context("values of bench-dhcp")?;
    Ok(rows(&values))
}

/// Gives a row for each measure and peer; ours alone where nobody else was measured.
fn rows(values: &[Value]) -> Vec<Row> {
    let of = |measure: &str, client: &str| {
        let chosen = values.iter().filter(|(a, b, _)| a == measure && b == client);
        median(&chosen.map(|(_, _, took)| *took).collect::<Vec<_>>())
    };
    let mut rows = Vec::new();
    for measure in MEASURES {
        let mut peers: Vec<&str> = Vec::new();
        for (_, client, _) in values.iter().filter(|(name, client, _)| name == measure && client != OURS) {
            if !peers.contains(&client.as_str()) {
                peers.push(client);
            }
        }
        let ours = Row::new(measure, of(measure, OURS), "ms");
        if peers.is_empty() {
            rows.push(ours);
        } else {
            rows.extend(peers.iter().map(|peer| ours.clone().against(*peer, of(measure, peer))));
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_medians_beside_each_other() {
        let value = |measure: &str, client: &str, took| (measure.to_owned(), client.to_owned(), took);
        let values = [
            value("lease", OURS, 9.0),
            value("lease", "udhcpc", 90.0),
            value("lease", OURS, 7.0),
            value("lease", "udhcpc", 110.0),
            value("lease", "dhclient", 80.0),
            value("new-subnet", OURS, 12.0),
        ];
        let rows = rows(&values);
        assert_eq!(rows[0], Row::new("lease", 8.0, "ms").against("udhcpc", 100.0));
        assert_eq!(rows[1], Row::new("lease", 8.0, "ms").against("dhclient", 80.0));
        assert_eq!(rows[3], Row::new("new-subnet", 12.0, "ms"));
    }
}

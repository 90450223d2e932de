//! The rows of [`spelunk_tests::malformed`] against the command: frames on a wire, the kernel's filter, a packet socket, the
//! link as it looks after.

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use formats::file::lease;
use protocols::dhcp::Lease;
use spelunk_tests::malformed::Expected::{Ignored, Refused, Taken};
use spelunk_tests::malformed::{ADDRESS, Row, Seen, all_rows};
use spelunk_tests::netns::simulated::Simulated;
use spelunk_tests::netns::{CLIENT_LINK, Client, Process, WORK, eventually, isolated};
use system::dhcp::state::Known;

use super::{SOON, command};

/// How long a client is watched that must say nothing.
const WHILE: Duration = Duration::from_millis(150);

/// Reads what the client noted at its end.
fn noted() -> Result<(Seen, Option<Lease>)> {
    let bytes = std::fs::read(format!("{WORK}/leases/{CLIENT_LINK}.state")).context("read its state")?;
    let leases = lease::parse(&bytes).map_err(|error| anyhow!("its state: {error}"))?;
    let entry = leases.entries.first().context("no entry in its state")?;
    let known = Known::of(entry);
    Ok((Seen { drops: known.drops.clone(), sent: known.sent }, known.lease.map(|lease| Lease::clone(lease))))
}

/// Ends a client, and gives what it noted.
fn end(mut process: Process) -> Result<(Seen, Option<Lease>)> {
    process.signal("TERM")?;
    ensure!(process.finish(SOON)?, "it fails: {}", process.log());
    noted()
}

/// Runs one exchange on a link without an address.
fn check(client: &Client, row: &'static Row) -> Result<()> {
    let simulated = Simulated::start(|| row.change.server())?;
    let mut process = Process::start("client", command(client, &["-v", CLIENT_LINK]))?;
    let addresses = || client.addresses(CLIENT_LINK);
    match row.expected {
        Taken(looks_right) => {
            eventually("the address", SOON, || (!addresses().is_empty()).then_some(()))?;
            let address = addresses().concat();
            ensure!(address.starts_with(&format!("{ADDRESS}/")), "{address}");
            let (seen, lease) = end(process)?;
            let lease = lease.context("no lease in its state")?;
            ensure!(looks_right(&seen, &lease), "{:?} {lease:#?}", seen.drops.iter().collect::<Vec<_>>());
        }
        Refused(reason) => {
            process.printed(&format!("dropped: {}\n", reason.name()), SOON)?;
            let (seen, lease) = end(process)?;
            ensure!(seen.drops(reason) > 0 && lease.is_none(), "{lease:?}");
            ensure!(addresses().is_empty(), "{:?}", addresses());
        }
        Ignored => {
            std::thread::sleep(WHILE);
            let (seen, lease) = end(process)?;
            ensure!(seen.drops.iter().next().is_none() && lease.is_none(), "{lease:?}");
            ensure!(addresses().is_empty(), "{:?}", addresses());
        }
    }
    simulated.finish()?;
    Ok(())
}

#[test]
fn each_kind_of_wrong_reply_has_its_outcome_on_a_link() {
    isolated(Duration::from_secs(180), || {
        let client = Client::wired()?;
        for row in all_rows() {
            check(&client, row).with_context(|| format!("{}: {}", row.name, row.reading))?;
            std::fs::remove_dir_all(format!("{WORK}/leases")).context("remove its files")?;
            client.ip(&format!("address flush dev {CLIENT_LINK}"))?;
            client.ip(&format!("link set {CLIENT_LINK} down mtu 1500"))?;
        }
        Ok(())
    });
}

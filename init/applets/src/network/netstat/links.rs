//! Links and what they have carried: `netstat -i`, in the columns of net-tools.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use formats::netlink::link::Counter;
use query::{Rows, Value};
use system::links::{Extent, Link, LinkFlags, dump_with};
use system::netlink::Socket;

use crate::{Io, JSON, Outcome, Parsed, Status};

/// The letters of flags, in net-tools's order.
const LETTERS: [(LinkFlags, char); 14] = [
    (LinkFlags::ALL_MULTICAST, 'A'),
    (LinkFlags::BROADCAST, 'B'),
    (LinkFlags::DEBUG, 'D'),
    (LinkFlags::LOOPBACK, 'L'),
    (LinkFlags::MULTICAST, 'M'),
    (LinkFlags::DYNAMIC, 'd'),
    (LinkFlags::PROMISCUOUS, 'P'),
    (LinkFlags::NO_TRAILERS, 'N'),
    (LinkFlags::NO_ARP, 'O'),
    (LinkFlags::POINT_TO_POINT, 'P'),
    (LinkFlags::SLAVE, 's'),
    (LinkFlags::MASTER, 'm'),
    (LinkFlags::RUNNING, 'R'),
    (LinkFlags::UP, 'U'),
];

pub(super) fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut links = dump_with(&mut Socket::open()?, Extent::empty())?;
    links.retain(|link| parsed.has(b'a') || link.flags.contains(LinkFlags::UP));
    links.sort_by(|left, right| left.name.cmp(&right.name));
    if parsed.has(JSON) {
        let mut rows = Rows::named(
            "interface mtu received receive_errors receive_dropped receive_overruns sent send_errors send_dropped send_overruns flags",
        );
        for link in &links {
            let mut row = Vec::from([Value::text(link.name.as_bytes()), Value::Number(link.mtu.into())]);
            row.extend(counts(link).map(Value::Number));
            row.push(Value::text(letters(link).as_bytes()));
            rows.push(row);
        }
        rows.json(&mut io.out);
        return Ok(Status::SUCCESS);
    }
    io.out.put(b"Kernel Interface table\n");
    io.out.put(b"Iface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n");
    for link in &links {
        let [received, errors, dropped, overruns, sent, send_errors, send_dropped, send_overruns] =
            counts(link);
        let _ = writeln!(
            io.out,
            "{:<15} {:>5} {received:>8} {errors:>6} {dropped:>6} {overruns:<6} {sent:>8} {send_errors:>6} {send_dropped:>6} \
             {send_overruns:>6} {}",
            link.name,
            link.mtu,
            letters(link)
        );
    }
    Ok(Status::SUCCESS)
}

fn letters(link: &Link) -> String {
    LETTERS.iter().filter(|(flag, _)| link.flags.contains(*flag)).map(|(_, letter)| *letter).collect()
}

/// Gives packets, errors, drops and overruns of both directions, as `/proc/net/dev` adds them up.
fn counts(link: &Link) -> [u64; 8] {
    let counters = link.statistics.unwrap_or_default();
    let dropped = counters.get(Counter::ReceiveDropped).saturating_add(counters.get(Counter::MissedErrors));
    [
        counters.get(Counter::ReceivedPackets),
        counters.get(Counter::ReceiveErrors),
        dropped,
        counters.get(Counter::ReceiveQueueErrors),
        counters.get(Counter::SentPackets),
        counters.get(Counter::SendErrors),
        counters.get(Counter::SendDropped),
        counters.get(Counter::UnderrunErrors),
    ]
}

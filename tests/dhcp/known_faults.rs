//! The faults of other clients, replayed (the numbers of reports are theirs).

use dhcp_server::Settings;
use formats::wire::dhcp4::Code;
use protocols::dhcp::{Event, Phase};

use crate::world::{World, config, s};

/// Options of offer and grant.
type Options = &'static [(u8, &'static [u8])];

/// Messages of the list of faults of other clients that need more than a row: (name, options of offer and grant).
const FAULTS: &[(&str, Options)] = &[
    ("CVE-2009-0692: mask longer than four bytes", &[(1, &[255; 64])]),
    ("CVE-2016-2147: 119 of labels without end", &[(119, &[1; 255])]),
    ("CVE-2016-2147: 119 of pointers", &[(119, &[0xc0; 254])]),
    ("CVE-2016-2148: 6RD (212) too short", &[(212, &[1])]),
    (
        "CVE-2018-20679, CVE-2019-5747: server id and router too short",
        &[(3, &[10]), (4, &[10, 9]), (42, &[1, 2, 3])],
    ),
    ("busybox 1f1988d52: empty binary options", &[(43, &[]), (61, &[]), (125, &[])]),
    (
        "CVE-2012-2152, CVE-2016-1503: options longer than their kind",
        &[(26, &[0xff; 200]), (28, &[0xff; 200])],
    ),
    ("CVE-2014-6060: vendor option that lies about its parts", &[(43, &[1, 255, 0])]),
    (
        "CVE-2018-5732: options of an unknown space",
        &[(43, &[255; 255]), (124, &[0, 0, 1, 0x37, 255]), (125, &[0, 0, 1, 0x37, 255])],
    ),
    ("CVE-2020-7461: 119 with a label past the end", &[(119, b"\x3fabc")]),
    ("CVE-2020-7461: 119 with a pointer to a pointer to itself", &[(119, &[0xc0, 2, 0xc0, 0])]),
    ("CVE-2022-2929: 81 with flags only", &[(81, &[4, 0, 0, 63])]),
    ("dhcpcd 2026: time zone as a path", &[(101, b"../../../etc/shadow"), (100, b"/../x")]),
    ("dhcpcd 2026: authentication too short", &[(90, &[1, 1])]),
    (
        "systemd d3f79de70a: control characters in a text",
        &[(15, b"a\x07b"), (56, b"\x1b]0;x\x07"), (12, b"\0\0\0")],
    ),
    ("systemd: time to the end of an empty lease option", &[(58, &[]), (59, &[])]),
];

#[test]
fn the_faults_of_others_are_not_ours() {
    for (name, options) in FAULTS {
        let mut world = World::new(config(), vec![Settings::usual(0)]);
        world.servers[0].on_draft = Box::new(move |draft| {
            for (code, value) in *options {
                draft.set(Code(*code), value);
            }
        });
        world.up();
        world.run(s(20));
        if let Some(lease) = &world.interface {
            assert!(
                lease.prefix == 24 && lease.mtu.is_none() && lease.domain.is_none(),
                "{name}: {lease:#?}"
            );
            assert!(lease.search.iter().chain(&lease.hostname).all(|name| !name.is_empty()), "{name}");
        }
        let refused = name.starts_with("CVE-2009-0692") || name.starts_with("busybox");
        assert_eq!(world.interface.is_none(), refused, "{name}");
    }
}

#[test]
fn a_renew_loop_does_not_come_of_a_grant_in_the_past() {
    // systemd 8bc63a0b13: a server that grants, each time, what ends at once.
    let mut world = World::bound(config());
    world.servers[0].settings.seconds = 1;
    world.event(Event::Renew);
    let start = world.now;
    world.run(s(100));
    let sent = world.sent.iter().filter(|sent| sent.at > start).count();
    assert!(sent <= 25, "{sent}");
    assert_eq!(world.phase(), Phase::Bound);
}

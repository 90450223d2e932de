//! Addresses as text, both ways.

use std::net::{IpAddr, Ipv4Addr};

use formats::internet::{Shown, parse};

/// Reads a text and shows it again.
fn again(text: &str) -> Option<String> {
    parse(text).map(|address| Shown(address).to_string())
}

fn ipv4_names() {
    for text in ["127.0.0.1", "0.0.0.0", "255.255.255.255"] {
        assert_eq!(again(text).as_deref(), Some(text));
    }
    assert_eq!(parse("127.0.0.1"), Some(IpAddr::V4(Ipv4Addr::LOCALHOST)));
    assert_eq!(parse("1.2.3.400"), None, "no octet is that large");
}

fn ipv6_names() {
    for text in ["2002::4:5", "::1", "::"] {
        assert_eq!(again(text).as_deref(), Some(text));
    }
}

fn inet_name() {
    assert_eq!(parse("127.0.0.1"), Some(IpAddr::from([127, 0, 0, 1])));
    assert_eq!(parse("hostname"), None);
    assert_eq!(parse("127.0.0.1/8"), None, "a prefix is no part of an address");
}

fn inet_name6() {
    for text in ["::1", "::2:0:0:0", "0:0:0:2::", "1::"] {
        assert_eq!(again(text).as_deref(), Some(text));
    }
    let whole = "1:2:3:4:5:6:7:8";
    assert_eq!(again(whole).as_deref(), Some(whole), "without a gap");
    assert_eq!(again("::ffff:1.2.3.4").as_deref(), Some("::ffff:1.2.3.4"));
}

tests![ipv4_names, ipv6_names, inet_name, inet_name6];

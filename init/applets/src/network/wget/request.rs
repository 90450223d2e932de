//! What a server is asked.

use alloc::vec::Vec;

use bulk::Radix;
use formats::url::Url;
use formats::wire::http::unescape;
use query::text::decimal;

use super::super::web_date::date;
use super::target::Has;
use super::{HEADER, NO_CACHE, PASSWORD, Settings, USER};

/// Gives the whole request. Passwords of the options go to the host that was named alone (`shares`).
pub(super) fn text(
    settings: &Settings<'_>,
    url: &Url,
    method: &str,
    has: Has,
    proxy: Option<&Url>,
    body: Option<&[u8]>,
    shares: bool,
) -> Vec<u8> {
    let parsed = settings.parsed;
    let mut place = Vec::new();
    let is_ipv6 = url.host.contains(&b':');
    for part in [if is_ipv6 { &b"["[..] } else { b"" }, &url.host, if is_ipv6 { b"]" } else { b"" }] {
        place.extend_from_slice(part);
    }
    if let Some(port) = url.port.filter(|port| *port != 80) {
        place.push(b':');
        decimal(port.into(), &mut place);
    }
    let mut text = [method.as_bytes(), b" "].concat();
    if proxy.is_some() {
        text.extend_from_slice(b"http://");
        text.extend_from_slice(&place);
    }
    text.extend_from_slice(&url.target);
    text.extend_from_slice(b" HTTP/1.1\r\n");
    let own: Vec<&[u8]> = parsed.values(HEADER).collect();
    let mut field = |name: &str, value: &[u8]| {
        // What the options say stands alone.
        let is_said = own.iter().any(|line| {
            let said = line.split(|byte| *byte == b':').next().unwrap_or_default();
            said.trim_ascii().eq_ignore_ascii_case(name.as_bytes())
        });
        if !is_said {
            for part in [name.as_bytes(), b": ", value, b"\r\n"] {
                text.extend_from_slice(part);
            }
        }
    };
    field("Host", &place);
    field("User-Agent", parsed.value(b'U').unwrap_or(b"Wget"));
    field("Accept", b"*/*");
    let Has { offset, since } = has;
    if offset > 0 {
        let mut range = b"bytes=".to_vec();
        decimal(offset, &mut range);
        range.push(b'-');
        field("Range", &range);
    }
    if let Some(since) = since {
        let mut shown = Vec::new();
        date(since, &mut shown);
        field("If-Modified-Since", &shown);
    }
    if parsed.has(NO_CACHE) {
        field("Cache-Control", b"no-cache");
        field("Pragma", b"no-cache");
    }
    let given = parsed
        .value(USER)
        .filter(|_| shares)
        .map(|user| [user, b":", parsed.value(PASSWORD).unwrap_or_default()].concat());
    let user = url.user.as_ref().and_then(|user| unescape(user));
    if let Some(user) = user.or(given) {
        field("Authorization", &basic(&user));
    }
    if let Some(user) = proxy.and_then(|proxy| unescape(proxy.user.as_ref()?)) {
        field("Proxy-Authorization", &basic(&user));
    }
    if let Some(body) = body {
        field("Content-Type", b"application/x-www-form-urlencoded");
        let mut length = Vec::new();
        decimal(body.len() as u64, &mut length);
        field("Content-Length", &length);
    }
    field("Connection", b"close");
    for line in own {
        text.extend_from_slice(line);
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(b"\r\n");
    text.extend_from_slice(body.unwrap_or_default());
    text
}

/// Writes name and password as RFC 7617 has them.
fn basic(user: &[u8]) -> Vec<u8> {
    let mut value = b"Basic ".to_vec();
    // A name alone has an empty password.
    let user = if user.contains(&b':') { user.to_vec() } else { [user, b":"].concat() };
    Radix::Base64.encode(&user, &mut value);
    value
}

/// Says whether a host is one of a list between commas, or in one of its domains.
pub(super) fn is_listed(host: &[u8], list: &[u8]) -> bool {
    list.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).any(|name| {
        let name = name.strip_prefix(b".").unwrap_or(name);
        let behind = host.len().checked_sub(name.len()).and_then(|at| host.split_at_checked(at));
        name == b"*"
            || !name.is_empty()
                && behind.is_some_and(|(before, end)| {
                    end.eq_ignore_ascii_case(name) && matches!(before.last(), None | Some(b'.'))
                })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_without_a_proxy() {
        for (host, list, expected) in [
            ("a.example", "example", true),
            ("a.example", ".example, b", true),
            ("aexample", "example", false),
            ("b", "a, B", true),
            ("b", "", false),
            ("b", "*", true),
        ] {
            assert_eq!(is_listed(host.as_bytes(), list.as_bytes()), expected, "{host} {list}");
        }
    }
}

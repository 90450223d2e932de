//! Replies that no client may take, and odd ones that it must, as real frames through a real packet socket.

use std::time::Duration;

use anyhow::{Result, ensure};
use dhcp_server::{Server, Settings, seal_ip};
use formats::wire::dhcp4::{Code, MessageType};
use spelunk_tests::netns::simulated::Simulated;
use spelunk_tests::netns::{CLIENT_LINK, Client, isolated};

use super::{command, once};

/// A server whose frames are changed.
fn server(change: impl Fn(&mut Vec<u8>) + Send + 'static) -> impl FnOnce() -> Server + Send + 'static {
    move || {
        let mut server = Server::new(Settings::usual(0));
        server.on_frame = Box::new(move |_, mut frame| {
            change(&mut frame);
            vec![frame]
        });
        server
    }
}

/// The client must refuse what this server sends, and say why.
fn refused(change: impl Fn(&mut Vec<u8>) + Send + 'static, reason: &str) -> Result<()> {
    let client = Client::wired()?;
    let simulated = Simulated::start(server(change))?;
    let output = command(&client, &["--once", "--timeout", "1", "-v", CLIENT_LINK]).output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.code() == Some(1), "{:?}: {said}", output.status);
    ensure!(said.contains(&format!("dhcp: vc: dropped: {reason}\n")), "{said}");
    ensure!(said.contains("no lease after 1 s: dropped "), "{said}");
    ensure!(client.addresses(CLIENT_LINK).is_empty(), "{:?}", client.addresses(CLIENT_LINK));
    let row = super::status(&client)?;
    ensure!(row["drops"].to_string().contains(reason), "{row}");
    ensure!(simulated.finish()?.contains(&MessageType::DISCOVER), "the server heard nothing");
    Ok(())
}

#[test]
fn a_bad_ip_checksum_is_refused() {
    isolated(Duration::from_secs(20), || refused(|frame| frame[14 + 10] ^= 1, "bad IP checksum"));
}

#[test]
fn a_bad_udp_checksum_is_refused() {
    isolated(Duration::from_secs(20), || refused(|frame| frame[14 + 20 + 6] ^= 0x55, "bad UDP checksum"));
}

#[test]
fn a_lying_udp_length_is_refused() {
    isolated(Duration::from_secs(20), || refused(|frame| frame[14 + 20 + 4] ^= 0x40, "bad UDP length"));
}

/// The client must take what this server sends.
fn accepted(make: impl FnOnce() -> Server + Send + 'static) -> Result<Client> {
    let client = Client::wired()?;
    let simulated = Simulated::start(make)?;
    let said = once(&client, &[])?;
    ensure!(client.addresses(CLIENT_LINK) == ["10.9.0.50/24"], "{:?}: {said}", client.addresses(CLIENT_LINK));
    ensure!(simulated.finish()?.contains(&MessageType::REQUEST), "the server was not asked");
    Ok(client)
}

/// dnsmasq's replies over veth have an unfinished checksum, with which the kernel marks them; these have none at all (RFC 768).
#[test]
fn a_udp_checksum_of_zero_is_none() {
    isolated(Duration::from_secs(20), || {
        accepted(server(|frame| frame[14 + 20 + 6..14 + 20 + 8].fill(0))).map(drop)
    });
}

#[test]
fn options_of_the_ip_header_are_skipped() {
    isolated(Duration::from_secs(20), || {
        accepted(|| {
            let mut server = Server::new(Settings::usual(0));
            // Router alert (RFC 2113).
            server.on_draft = Box::new(|draft| draft.header_options = vec![0x94, 4, 0, 0]);
            server
        })
        .map(drop)
    });
}

#[test]
fn a_packet_as_large_as_the_link_takes_is_read() {
    isolated(Duration::from_secs(20), || {
        accepted(|| {
            let mut server = Server::new(Settings::usual(0));
            server.on_draft = Box::new(|draft| {
                // 1500 bytes in all: five times option 43 and what is left to fill.
                for _ in 0..4 {
                    draft.options.push((Code(43), vec![7; 255]));
                }
                let missing = 1500 - 28 - draft.message().len() - 2;
                draft.options.push((Code(43), vec![7; missing.min(255)]));
            });
            server.on_frame = Box::new(|_, frame| {
                assert!(frame.len() > 14 + 1400, "{}", frame.len());
                vec![frame]
            });
            server
        })
        .map(drop)
    });
}

/// Puts a tag of IEEE 802.1Q behind the addresses.
fn tag(frame: &mut Vec<u8>, tag: u16) {
    let [high, low] = tag.to_be_bytes();
    frame.splice(12..12, [0x81, 0, high, low]);
}

/// Switches and access networks set priorities so; the kernel takes such frames as ours.
#[test]
fn a_tag_with_a_priority_alone_is_no_vlan() {
    isolated(Duration::from_secs(20), || accepted(server(|frame| tag(frame, 7 << 13))).map(drop));
}

#[test]
fn a_reply_of_a_vlan_is_not_for_its_carrier() {
    isolated(Duration::from_secs(20), || {
        let client = Client::wired()?;
        let simulated = Simulated::start(server(|frame| tag(frame, 5)))?;
        let output = command(&client, &["--once", "--timeout", "1", CLIENT_LINK]).output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(said.contains("no lease after 1 s: no server answers"), "{said}");
        ensure!(client.addresses(CLIENT_LINK).is_empty(), "{:?}", client.addresses(CLIENT_LINK));
        ensure!(simulated.finish()?.contains(&MessageType::DISCOVER), "the server heard nothing");
        Ok(())
    });
}

/// A reply that is told to be for another, and one after it that is for us.
#[test]
fn wrong_replies_before_the_right_one_do_not_matter() {
    isolated(Duration::from_secs(20), || {
        let client = accepted(|| {
            let mut server = Server::new(Settings::usual(0));
            server.on_frame = Box::new(|_, frame| {
                let mut short = frame.clone();
                short.truncate(100);
                let mut transaction = frame.clone();
                transaction[14 + 28 + 4] ^= 1;
                transaction[14 + 20 + 6..14 + 20 + 8].fill(0);
                let mut dead = frame.clone();
                dead[14 + 8] = 0;
                seal_ip(&mut dead);
                vec![Vec::from([0; 60]), short, transaction, dead, frame]
            });
            server
        })?;
        let row = super::status(&client)?;
        ensure!(row["drops"].to_string().contains("wrong transaction id"), "{row}");
        Ok(())
    });
}

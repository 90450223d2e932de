//! Names and connections for tasks: while one waits for a server, or for the other end, other tasks run.

use alloc::vec::Vec;
use core::net::SocketAddr;
use core::time::Duration;

use linux::Errno;
use linux::poll::PollFd;
use tasks::net::Stream;
use tasks::{Reactor, poll};

use crate::connecting::Connecting;
use crate::lookup::{found, left, ready, sort};
use crate::{ConnectError, LookupError, Resolver};

/// Finds the addresses of a host, as [`Resolver::addresses`] does.
///
/// # Errors
/// Those of [`Resolver::addresses`].
pub async fn addresses(
    reactor: &Reactor,
    resolver: &Resolver,
    host: &str,
    port: u16,
) -> Result<Vec<SocketAddr>, LookupError> {
    let mut addresses = match resolver.known(host, port)? {
        Some(known) => known,
        None => {
            let mut running = resolver.begin_addresses(host)?;
            while !running.has_ended()? {
                let mut files: Vec<_> = running.descriptors().collect();
                let ready = wait(reactor, &mut files, running.deadline()).await?;
                running.came(&ready);
            }
            found(&running, port)
        }
    };
    sort(&mut addresses);
    Ok(addresses)
}

/// Connects to a port of a host, within a time if one is given, as [`connect_host`](crate::connect_host) does.
///
/// # Errors
/// Those of [`connect_host`](crate::connect_host).
pub async fn connect_host<'r>(
    reactor: &'r Reactor,
    resolver: &Resolver,
    host: &str,
    port: u16,
    limit: Option<Duration>,
) -> Result<Stream<'r>, ConnectError> {
    let mut connecting = Connecting::begin(resolver, host, port, limit)?;
    loop {
        if let Some(stream) = connecting.step()? {
            return Stream::from_socket(reactor, stream.0).map_err(ConnectError::Connect);
        }
        let ready = wait(reactor, &mut connecting.descriptors(), connecting.deadline()).await;
        connecting.came(&ready.map_err(LookupError::System)?);
    }
}

/// Waits for descriptors until a time; says of each whether something came.
async fn wait(
    reactor: &Reactor,
    files: &mut [PollFd<'_>],
    until: Option<formats::time::Duration>,
) -> Result<Vec<bool>, Errno> {
    poll(reactor, files, left(until)).await?;
    Ok(ready(files))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TcpListener;
    use core::cell::Cell;
    use formats::etc::resolv_conf;
    use protocols::dns::Config;
    use std::net::UdpSocket;
    use std::thread;
    use tasks::{Engine, Options, join, run, sleep};

    fn engines() -> impl Iterator<Item = Reactor> {
        let engines = [Engine::Epoll, Engine::Uring].into_iter();
        engines.flat_map(|engine| Reactor::new(&Options { engine: Some(engine), submit_thread: None }))
    }

    fn resolver(server: Option<SocketAddr>) -> Resolver {
        let mut config = Config::of(&resolv_conf::parse(b""), |_| None);
        config.servers.extend(server);
        Resolver::new(config)
    }

    /// Answers a question after a while: 10.0.0.7 if it is for A, nothing else.
    fn answer(server: &UdpSocket) {
        let mut bytes = [0; 512];
        let (count, from) = server.recv_from(&mut bytes).unwrap();
        let mut reply = bytes[..12 + "owl.example".len() + 2 + 4].to_vec();
        assert!(count >= reply.len());
        let is_ipv4 = reply[reply.len() - 3] == 1; // its type
        reply[2..12].copy_from_slice(&[0x81, 0x80, 0, 1, 0, u8::from(is_ipv4), 0, 0, 0, 0]);
        if is_ipv4 {
            reply.extend(b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x0a\0\0\x07");
        }
        thread::sleep(Duration::from_millis(20));
        server.send_to(&reply, from).unwrap();
    }

    #[test]
    fn others_run_while_a_name_is_asked_for() {
        for reactor in engines() {
            let reactor = &reactor;
            let server = UdpSocket::bind("127.0.0.1:0").unwrap();
            let resolver = resolver(Some(server.local_addr().unwrap()));
            let serve = thread::spawn(move || (0..2).for_each(|_| answer(&server)));
            let (turns, over) = (Cell::new(0), Cell::new(false));
            let asked = async {
                let found = addresses(reactor, &resolver, "owl.example.", 80).await;
                over.set(true);
                found
            };
            let other = async {
                while !over.get() {
                    turns.set(turns.get() + 1);
                    sleep(reactor, Duration::from_millis(1)).await;
                }
            };
            let (found, ()) = run(reactor, async |_| join(asked, other).await).unwrap();
            assert_eq!(found, Ok([([10, 0, 0, 7], 80).into()].into()), "{reactor:?}");
            assert!(turns.get() > 5, "{reactor:?}: {} turns", turns.get());
            serve.join().unwrap();
        }
    }

    #[test]
    fn a_race_to_this_machine() {
        let listener = TcpListener::bind(([127, 0, 0, 1], 0).into()).unwrap();
        let to = listener.local_address().unwrap();
        for reactor in engines() {
            let reactor = &reactor;
            let limit = Some(Duration::from_secs(5));
            run(reactor, async |_| {
                // ::1 refuses, 127.0.0.1 takes it.
                let stream = connect_host(reactor, &resolver(None), "localhost", to.port(), limit).await;
                let stream = stream.unwrap();
                assert_eq!(stream.peer_address().unwrap().and_then(|peer| peer.internet()), Some(to));
                let (mut served, _) = listener.accept().unwrap();
                io::Write::write_all(&mut served, b"word").unwrap();
                let mut came = [0; 4];
                stream.read_exact(&mut came).await.unwrap();
                assert_eq!(&came, b"word");
                let refused = connect_host(reactor, &resolver(None), "127.0.0.1", 1, None).await.map(drop);
                assert_eq!(refused, Err(ConnectError::Connect(Errno::CONNREFUSED)));
            })
            .unwrap();
        }
    }
}

//! The simulated DHCP server on the server's end of the wire: real frames, wrong in whatever way a test wants.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Result, anyhow};
use formats::wire::dhcp4::MessageType;
use linux::net::{
    self, Family, InterfaceName, MessageFlags, PacketAddress, Protocol, SocketFlags, SocketKind, options,
};

use super::{SERVER_LINK, ip};
use dhcp_server::Server;

/// ETH_P_IP
const IPV4: u16 = 0x0800;

/// How often the thread looks whether it shall end.
const GLANCE: Duration = Duration::from_millis(20);

/// A running simulated server.
pub struct Simulated {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<linux::Result<Vec<MessageType>>>>,
}

impl Simulated {
    /// Starts the server that `make` makes, in a thread of its own, as the only station at its end of the wire.
    pub fn start(make: impl FnOnce() -> Server + Send + 'static) -> Result<Self> {
        ip(&format!("link set {SERVER_LINK} up promisc on"))?;
        let flags = SocketFlags::CLOSE_ON_EXEC;
        let socket = net::socket(Family::PACKET, SocketKind::RAW, flags, Protocol::DEFAULT)
            .map_err(|errno| anyhow!("packet socket: {errno}"))?;
        let name = InterfaceName::new(SERVER_LINK.as_bytes()).ok_or_else(|| anyhow!("name of the link"))?;
        let prepared = net::interface_index(&socket, name).and_then(|index| {
            net::bind(&socket, &PacketAddress::interface(index, IPV4))?;
            options::set_receive_timeout(&socket, Some(GLANCE))
        });
        prepared.map_err(|errno| anyhow!("packet socket: {errno}"))?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut server = make();
            let mut buffer = vec![0; 4096];
            while !stopped.load(Ordering::Relaxed) {
                let count = match net::recv(&socket, &mut buffer, MessageFlags::empty()) {
                    Ok(count) => count,
                    // No frame yet; or the wire was unplugged, which a test may do.
                    Err(_) => continue,
                };
                for answer in server.frame(&buffer[..count]) {
                    net::send(&socket, &answer, MessageFlags::empty())?;
                }
            }
            Ok(server.received)
        });
        Ok(Self { stop, thread: Some(thread) })
    }

    /// Ends the server and gives the kinds of messages that it got.
    pub fn finish(mut self) -> Result<Vec<MessageType>> {
        self.stop.store(true, Ordering::Relaxed);
        let thread = self.thread.take().ok_or_else(|| anyhow!("ended before"))?;
        let received = thread.join().map_err(|_| anyhow!("the simulated server panicked"))?;
        received.map_err(|errno| anyhow!("the simulated server: {errno}"))
    }
}

impl Drop for Simulated {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

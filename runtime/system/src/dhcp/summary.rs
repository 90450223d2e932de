//! A configured link in one line.

use core::fmt;

use protocols::dhcp::Lease;

use super::Interface;

/// Shows `eth0 10.0.2.15/24 gateway 10.0.2.2 dns 10.0.2.3 lease 86400 s`; what the lease does not say is left out.
#[derive(Clone, Copy, Debug)]
pub struct Summary<'a> {
    /// The interface's name.
    pub interface: &'a str,
    /// Its lease.
    pub lease: &'a Lease,
}

impl<'a> Summary<'a> {
    /// Takes an interface that has a lease.
    pub fn of(interface: &'a Interface) -> Option<Self> {
        Some(Self { interface: interface.name(), lease: interface.lease()? })
    }
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lease = self.lease;
        write!(f, "{} {}/{}", self.interface, lease.address, lease.prefix)?;
        if let Some(gateway) = lease.gateway() {
            write!(f, " gateway {gateway}")?;
        }
        for (index, server) in lease.dns.iter().enumerate() {
            write!(f, "{}{server}", if index == 0 { " dns " } else { "," })?;
        }
        if lease.duration == Lease::FOREVER {
            f.write_str(" lease for ever")
        } else {
            write!(f, " lease {} s", lease.duration.as_secs())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::lease;
    use super::*;

    #[test]
    fn the_line_of_the_readme() {
        let line = Summary { interface: "eth0", lease: &lease() }.to_string();
        assert_eq!(line, "eth0 10.0.2.15/24 gateway 10.0.2.2 dns 10.0.2.3 lease 86400 s");
        let dns = vec!["10.0.2.3".parse().unwrap(), "9.9.9.9".parse().unwrap()];
        let lease = Lease { routes: Vec::new(), dns, duration: Lease::FOREVER, ..lease() };
        let line = Summary { interface: "eth0", lease: &lease }.to_string();
        assert_eq!(line, "eth0 10.0.2.15/24 dns 10.0.2.3,9.9.9.9 lease for ever");
    }
}

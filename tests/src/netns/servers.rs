//! Starts the four real DHCP servers with one description of what they shall serve.

use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::{Process, SERVER_LINK, WORK, ip, program};

/// Which implementation serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// dnsmasq, of small routers and of virtual machine hosts.
    Dnsmasq,
    /// BusyBox udhcpd.
    Udhcpd,
    /// The ISC's dhcpd 4.
    Isc,
    /// The ISC's Kea.
    Kea,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Dnsmasq, Self::Udhcpd, Self::Isc, Self::Kea];

    /// Gives the name of the program and the Debian package that has it.
    pub const fn program(self) -> (&'static str, &'static str) {
        match self {
            Self::Dnsmasq => ("dnsmasq", "dnsmasq-base"),
            Self::Udhcpd => ("udhcpd", "udhcpd"),
            Self::Isc => ("dhcpd", "isc-dhcp-server"),
            Self::Kea => ("kea-dhcp4", "kea-dhcp4-server"),
        }
    }
}

/// What a server serves on [`SERVER_LINK`].
#[derive(Clone, Debug)]
pub struct Subnet {
    /// The server's own address, which is also its identifier.
    pub server: Ipv4Addr,
    /// The network's prefix length.
    pub prefix: u8,
    /// The first and last address of the pool.
    pub pool: (Ipv4Addr, Ipv4Addr),
    /// Duration of a lease. dnsmasq gives never less than 120 s.
    pub lease_s: u32,
    /// Renewal and rebinding time, when they shall not follow from the lease.
    pub timers_s: Option<(u32, u32)>,
    /// The default gateway.
    pub router: Option<Ipv4Addr>,
    /// DNS servers.
    pub dns: Vec<Ipv4Addr>,
    /// Domain name.
    pub domain: Option<&'static str>,
    /// Search list.
    pub search: Vec<&'static str>,
    /// Classless static routes: destination, prefix length, gateway.
    pub routes: Vec<(Ipv4Addr, u8, Ipv4Addr)>,
    /// Interface MTU.
    pub mtu: Option<u16>,
    /// Whether a request for a foreign address is refused.
    pub authoritative: bool,
}

impl Subnet {
    /// Describes 10.9.`third`.0/24 with the server at .1 and a pool from .50 to .99.
    pub fn new(third: u8) -> Self {
        let at = |last| Ipv4Addr::new(10, 9, third, last);
        Self {
            server: at(1),
            prefix: 24,
            pool: (at(50), at(99)),
            lease_s: 3600,
            timers_s: None,
            router: Some(at(1)),
            dns: vec![at(1)],
            domain: Some("spelunk.example"),
            search: Vec::new(),
            routes: Vec::new(),
            mtu: None,
            authoritative: true,
        }
    }

    /// Gives the server's end of the wire its address, beside those it has, and puts it up.
    pub fn address_server(&self) -> Result<()> {
        let Self { server, prefix, .. } = self;
        ip(&format!("address replace {server}/{prefix} broadcast + dev {SERVER_LINK}"))?;
        ip(&format!("link set {SERVER_LINK} up")).map(drop)
    }

    fn mask(&self) -> Ipv4Addr {
        Ipv4Addr::from_bits(u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0))
    }

    fn network(&self) -> Ipv4Addr {
        self.server & self.mask()
    }

    fn dns_list(&self, separator: &str) -> String {
        self.dns.iter().map(ToString::to_string).collect::<Vec<_>>().join(separator)
    }

    /// Encodes the routes as option 121 wants them (RFC 3442), a byte each.
    fn routes_encoded(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (destination, prefix, gateway) in &self.routes {
            bytes.push(*prefix);
            bytes.extend(destination.octets().iter().take(usize::from(prefix.div_ceil(8))));
            bytes.extend(gateway.octets());
        }
        bytes
    }
}

/// A running server.
pub struct Server {
    /// Its process and log.
    pub process: Process,
    /// Which one it is.
    pub kind: Kind,
}

impl Server {
    /// Gives the server's end of the wire its address, starts the server and waits until it answers.
    ///
    /// Gives `None`, after saying so, where the program is not installed. Leases are kept under [`WORK`] in a file that
    /// carries `name`, so a server started again under the same name knows its clients.
    pub fn start(kind: Kind, name: &str, subnet: &Subnet) -> Result<Option<Self>> {
        subnet.address_server()?;
        Self::start_on(kind, name, subnet, SERVER_LINK)
    }

    /// Does the same on a link that has its address already.
    pub fn start_on(kind: Kind, name: &str, subnet: &Subnet, link: &str) -> Result<Option<Self>> {
        let (binary, package) = kind.program();
        let Some(binary) = program(binary) else {
            println!("skipped: {binary} is not installed (apt-get install {package})");
            return Ok(None);
        };
        let files = Files { stem: format!("{WORK}/{name}"), link: link.to_owned() };
        let mut command = Command::new(binary);
        let ready = match kind {
            Kind::Dnsmasq => dnsmasq(&mut command, &files, subnet),
            Kind::Udhcpd => udhcpd(&mut command, &files, subnet)?,
            Kind::Isc => isc(&mut command, &files, subnet)?,
            Kind::Kea => kea(&mut command, &files, subnet)?,
        };
        let mut process = Process::start(name, command)?;
        process
            .printed(ready, Duration::from_secs(10))
            .with_context(|| format!("{kind:?} does not start"))?;
        Ok(Some(Self { process, kind }))
    }
}

/// Where a server keeps its files, and where it serves.
struct Files {
    stem: String,
    /// The link that is served.
    link: String,
}

impl Files {
    fn path(&self, extension: &str) -> String {
        format!("{}.{extension}", self.stem)
    }

    /// Writes the configuration and gives its path.
    fn configuration(&self, text: &str) -> Result<String> {
        let path = self.path("conf");
        std::fs::write(&path, text)?;
        Ok(path)
    }

    /// Makes sure that the lease file exists, keeps one that does, and gives its path.
    fn leases(&self) -> Result<String> {
        let path = self.path("leases");
        if !Path::new(&path).exists() {
            std::fs::write(&path, "")?;
        }
        Ok(path)
    }
}

/// `--no-daemon` is what keeps dnsmasq from changing its user, which a namespace with one user refuses. It would ping
/// a new address for 3 s before it offers it.
fn dnsmasq(command: &mut Command, files: &Files, subnet: &Subnet) -> &'static str {
    let Subnet { pool: (first, last), lease_s, .. } = subnet;
    command.args(["--no-daemon", "--conf-file=/dev/null", "--port=0", "--bind-interfaces", "--no-ping"]);
    command.args(["--no-resolv", "--log-dhcp", &format!("--interface={}", files.link)]);
    command.arg(format!("--dhcp-range={first},{last},{},{lease_s}", subnet.mask()));
    command.arg(format!("--dhcp-leasefile={}", files.path("leases")));
    if subnet.authoritative {
        command.arg("--dhcp-authoritative");
    }
    let mut option = |number: u8, value: String| {
        command.arg(format!("--dhcp-option={number}{}{value}", if value.is_empty() { "" } else { "," }));
    };
    // An empty option 3 or 6 keeps dnsmasq from naming itself.
    option(3, subnet.router.map(|router| router.to_string()).unwrap_or_default());
    option(6, subnet.dns_list(","));
    if let Some(domain) = subnet.domain {
        option(15, domain.to_owned());
    }
    if let Some(mtu) = subnet.mtu {
        option(26, mtu.to_string());
    }
    if let Some((renew, rebind)) = subnet.timers_s {
        option(58, renew.to_string());
        option(59, rebind.to_string());
    }
    if !subnet.search.is_empty() {
        option(119, subnet.search.join(","));
    }
    if !subnet.routes.is_empty() {
        let routes = subnet.routes.iter();
        let routes: Vec<_> = routes.map(|(to, prefix, gateway)| format!("{to}/{prefix},{gateway}")).collect();
        option(121, routes.join(","));
    }
    "sockets bound exclusively to interface"
}

fn udhcpd(command: &mut Command, files: &Files, subnet: &Subnet) -> Result<&'static str> {
    let (first, last) = subnet.pool;
    let mut text = format!(
        "start {first}\nend {last}\ninterface {}\nlease_file {}\npidfile {}\nauto_time 0\nmin_lease 1\n\
         option subnet {}\noption lease {}\n",
        files.link,
        files.leases()?,
        files.path("pid"),
        subnet.mask(),
        subnet.lease_s
    );
    if let Some(router) = subnet.router {
        writeln!(text, "option router {router}")?;
    }
    if !subnet.dns.is_empty() {
        writeln!(text, "option dns {}", subnet.dns_list(" "))?;
    }
    if let Some(domain) = subnet.domain {
        writeln!(text, "option domain {domain}")?;
    }
    if let Some(mtu) = subnet.mtu {
        writeln!(text, "option mtu {mtu}")?;
    }
    if let Some((renew, rebind)) = subnet.timers_s {
        writeln!(text, "option 0x3a {renew:08x}\noption 0x3b {rebind:08x}")?;
    }
    if !subnet.search.is_empty() {
        writeln!(text, "option search {}", subnet.search.join(" "))?;
    }
    for (to, prefix, gateway) in &subnet.routes {
        writeln!(text, "option staticroutes {to}/{prefix} {gateway}")?;
    }
    // Waits 1 ms instead of 2 s for an ARP answer from the address it is about to offer.
    command.args(["-f", "-a1"]).arg(files.configuration(&text)?);
    Ok("started")
}

fn isc(command: &mut Command, files: &Files, subnet: &Subnet) -> Result<&'static str> {
    let Subnet { pool: (first, last), lease_s, .. } = subnet;
    let mut text = format!(
        "{}authoritative;\nping-check false;\nserver-identifier {};\noption routes code 121 = array of unsigned integer 8;\n\
         default-lease-time {lease_s};\nmax-lease-time {lease_s};\nmin-lease-time 1;\n",
        if subnet.authoritative { "" } else { "not " },
        subnet.server
    );
    writeln!(text, "subnet {} netmask {} {{ range {first} {last};", subnet.network(), subnet.mask())?;
    if let Some(router) = subnet.router {
        writeln!(text, "option routers {router};")?;
    }
    if !subnet.dns.is_empty() {
        writeln!(text, "option domain-name-servers {};", subnet.dns_list(", "))?;
    }
    if let Some(domain) = subnet.domain {
        writeln!(text, "option domain-name \"{domain}\";")?;
    }
    if let Some(mtu) = subnet.mtu {
        writeln!(text, "option interface-mtu {mtu};")?;
    }
    if let Some((renew, rebind)) = subnet.timers_s {
        writeln!(text, "option dhcp-renewal-time {renew};\noption dhcp-rebinding-time {rebind};")?;
    }
    if !subnet.search.is_empty() {
        writeln!(text, "option domain-search \"{}\";", subnet.search.join("\", \""))?;
    }
    if !subnet.routes.is_empty() {
        let bytes: Vec<_> = subnet.routes_encoded().iter().map(ToString::to_string).collect();
        writeln!(text, "option routes {};", bytes.join(", "))?;
    }
    text.push_str("}\n");
    command.args([
        "-4",
        "-f",
        "-d",
        "--no-pid",
        "-cf",
        &files.configuration(&text)?,
        "-lf",
        &files.leases()?,
    ]);
    command.arg(&files.link);
    Ok("Server starting service")
}

/// Kea takes option 121 as raw bytes only before version 2.4, so it gets the bytes.
fn kea(command: &mut Command, files: &Files, subnet: &Subnet) -> Result<&'static str> {
    let (first, last) = subnet.pool;
    let mut options =
        vec![serde_json::json!({"name": "dhcp-server-identifier", "data": subnet.server.to_string()})];
    let mut option = |name: &str, data: String| options.push(serde_json::json!({"name": name, "data": data}));
    if let Some(router) = subnet.router {
        option("routers", router.to_string());
    }
    if !subnet.dns.is_empty() {
        option("domain-name-servers", subnet.dns_list(", "));
    }
    if let Some(domain) = subnet.domain {
        option("domain-name", domain.to_owned());
    }
    if let Some(mtu) = subnet.mtu {
        option("interface-mtu", mtu.to_string());
    }
    if !subnet.search.is_empty() {
        option("domain-search", subnet.search.join(", "));
    }
    if !subnet.routes.is_empty() {
        let bytes: String = subnet.routes_encoded().iter().map(|byte| format!("{byte:02x}")).collect();
        options.push(serde_json::json!({"code": 121, "csv-format": false, "data": bytes}));
    }
    let mut configuration = serde_json::json!({"Dhcp4": {
        // Kea opens no socket on a link without carrier; the client's end of the wire comes up later.
        "interfaces-config": {
            "interfaces": [files.link],
            "dhcp-socket-type": "raw",
            "service-sockets-max-retries": 100_000,
            "service-sockets-retry-wait-time": 50,
        },
        "lease-database": {"type": "memfile", "persist": true, "name": files.path("leases"), "lfc-interval": 0},
        "authoritative": subnet.authoritative,
        "valid-lifetime": subnet.lease_s,
        "option-data": options,
        "subnet4": [{
            "id": 1,
            "subnet": format!("{}/{}", subnet.network(), subnet.prefix),
            "pools": [{"pool": format!("{first}-{last}")}],
        }],
        "loggers": [{"name": "kea-dhcp4", "severity": "DEBUG", "debuglevel": 50, "output_options": [{"output": "stdout"}]}],
    }});
    if let (Some((renew, rebind)), Some(dhcp)) = (subnet.timers_s, configuration["Dhcp4"].as_object_mut()) {
        dhcp.insert("renew-timer".to_owned(), renew.into());
        dhcp.insert("rebind-timer".to_owned(), rebind.into());
    }
    let path = files.configuration(&configuration.to_string())?;
    command.env("KEA_PIDFILE_DIR", WORK).env("KEA_LOCKFILE_DIR", WORK).args(["-c", &path]);
    Ok("DHCP4_STARTED")
}

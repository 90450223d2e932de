//! The measure `http`: the example `http_server` under wrk, on each of its engines, against nginx with one worker and the same
//! server on Rust's std and epoll.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use toolchain::Form;

use super::{Row, Setup, median, peer};
use crate::install::{ensure, need};
use crate::machine::Architecture;
use crate::{build, command, workspace};

/// Connections that wrk keeps open, and how long it asks.
const CONNECTIONS: &str = "64";
const LENGTH: &str = "2s";

/// A server that runs until this is dropped.
struct Server {
    name: &'static str,
    address: String,
    process: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; what it was asked has been measured.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a round gives: microseconds a request, and those that 99 of 100 stay below.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Times {
    request: f64,
    slow: f64,
}

/// One of the times.
type Part = fn(&Times) -> f64;

/// Measures all servers in turn, as often as asked.
pub(super) fn run(setup: &Setup) -> Result<Vec<Row>> {
    ensure(&[need("wrk", "wrk")])?;
    let architecture = Architecture::load(std::env::consts::ARCH)?;
    let ours = build::binary(&architecture, "spelunk-examples", "http_server", Form::Shipped)?;
    let mut servers = Vec::new();
    for engine in ["epoll", "uring"] {
        servers.push(told(engine, Command::new(&ours).args(["0", "1000000000", engine]))?);
    }
    if setup.peers {
        ensure(&[need("/usr/sbin/nginx", "nginx-light")])?;
        servers.push(nginx()?);
        servers.push(told("Rust std", &mut Command::new(peer::host_program("http_std")?))?);
    }
    let mut times = vec![Vec::new(); servers.len()];
    for _ in 0..setup.rounds {
        for (server, times) in servers.iter().zip(&mut times) {
            times.push(ask(server)?);
        }
    }
    let middle = |times: &[Times], part: Part| median(&times.iter().map(part).collect::<Vec<_>>());
    let mut rows = Vec::new();
    let parts: [(&str, Part); 2] = [("request", |one| one.request), ("p99", |one| one.slow)];
    for (name, part) in parts {
        let values: Vec<_> = times.iter().map(|times| middle(times, part)).collect();
        let [epoll, uring, peers @ ..] = values.as_slice() else { bail!("two engines are measured") };
        rows.push(Row::new(format!("{name}-uring"), *uring, "us").against("ours on epoll", *epoll));
        let best = epoll.min(*uring);
        for (server, value) in servers.iter().skip(2).zip(peers) {
            rows.push(Row::new(name, best, "us").against(server.name, *value));
        }
    }
    Ok(rows)
}

/// Starts a server that says its address in its first line.
fn told(name: &'static str, command: &mut Command) -> Result<Server> {
    let mut process = command.stdout(Stdio::piped()).spawn().with_context(|| format!("start {name}"))?;
    let said = process.stdout.take().context("its output is piped")?;
    let mut line = String::new();
    let read = BufReader::new(said).read_line(&mut line);
    let mut server = Server { name, address: String::new(), process };
    read.with_context(|| format!("read what {name} says"))?;
    let address = line.trim_end().strip_prefix("listening on ");
    server.address = address.with_context(|| format!("{name} said {line:?}"))?.to_owned();
    Ok(server)
}

/// Starts nginx with one worker, as lean as it can be told.
fn nginx() -> Result<Server> {
    let folder = workspace::make_folder(&workspace::target().join("bench").join("nginx"))?;
    // Free at this moment, which is all that can be known of a port that another program is to take.
    let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address = address.context("find a port")?.to_string();
    let path = folder.join("nginx.conf");
    fs::write(&path, configuration(&folder, &address)).context("write nginx.conf")?;
    let mut command = Command::new("/usr/sbin/nginx");
    command.args(["-e", "stderr", "-c"]).arg(&path).stderr(Stdio::null());
    let process = command.spawn().context("start nginx")?;
    let server = Server { name: "nginx", address, process };
    for _ in 0..100 {
        if std::net::TcpStream::connect(&server.address).is_ok() {
            return Ok(server);
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    bail!("nginx does not listen at {}", server.address)
}

fn configuration(folder: &Path, address: &str) -> String {
    let folder = folder.display();
    format!(
        "daemon off;\nmaster_process off;\nworker_processes 1;\npid {folder}/pid;\n\
         events {{ worker_connections 1024; }}\n\
         http {{\n  access_log off;\n  error_log /dev/null;\n  server_tokens off;\n  tcp_nodelay on;\n\
         keepalive_requests 1000000000;\n  default_type text/plain;\n  client_body_temp_path {folder};\n\
         server {{ listen {address}; location = / {{ return 200 \"hello\\n\"; }} }}\n}}\n"
    )
}

fn ask(server: &Server) -> Result<Times> {
    let url = format!("http://{}/", server.address);
    let asked = command::output(
        command::new("wrk").args(["-t1", "-c", CONNECTIONS, "-d", LENGTH, "--latency"]).arg(&url),
    )?;
    times(&asked).with_context(|| format!("{}: wrk said\n{asked}", server.name))
}

/// Reads what wrk says; none if a request failed.
fn times(said: &str) -> Option<Times> {
    let value = |name: &str| {
        let line = said.lines().find_map(|line| line.trim_start().strip_prefix(name))?;
        Some(line.split_whitespace().next()?.to_owned())
    };
    if said.contains("Non-2xx") || said.contains("Socket errors") {
        return None;
    }
    let rate: f64 = value("Requests/sec:")?.parse().ok()?;
    Some(Times { request: 1e6 / rate, slow: microseconds(&value("99%")?)? })
}

/// Reads a time as wrk writes it.
fn microseconds(text: &str) -> Option<f64> {
    let units = [("us", 1.0), ("ms", 1e3), ("s", 1e6)];
    let (number, factor) =
        units.iter().find_map(|(unit, factor)| text.strip_suffix(unit).map(|number| (number, factor)))?;
    Some(number.parse::<f64>().ok()? * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wrk_says_is_read() {
        let said =
            "  Latency Distribution\n     50%  505.00us\n     99%    1.25ms\nRequests/sec:  50000.00\n";
        assert_eq!(times(said), Some(Times { request: 20.0, slow: 1250.0 }));
        assert_eq!(times(&format!("{said}  Non-2xx or 3xx responses: 7\n")), None);
        assert_eq!(times("Requests/sec: 1\n"), None);
        assert_eq!((microseconds("2.00s"), microseconds("3m")), (Some(2e6), None));
    }
}

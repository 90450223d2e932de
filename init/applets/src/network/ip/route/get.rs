//! `ip route get`: the route that a packet would take.

use formats::netlink::Family;
use system::routes::{self, Route, RouteFlags};

use super::super::printer::Printer;
use super::super::words::{self, Trouble, Words};
use super::super::{Io, Session};
use super::filter::Filter;
use super::show;

pub(super) fn run(ip: &mut Session, io: &mut Io<'_>, mut words: Words<'_>) -> Result<(), Trouble> {
    let mut query = Route::empty(ip.settings.family);
    let (mut input, mut output) = (None, None);
    while let Some(word) = words.next()? {
        match word {
            "from" => {
                let source = words::prefix(words.value(word)?, query.family)?;
                query.source = Some((source.address, source.bits));
            }
            "iif" => input = Some(words.value(word)?),
            "oif" | "dev" => output = Some(words.value(word)?),
            "mark" => query.mark = Some(words.number(word)?),
            "uid" => query.user = Some(words.number(word)?),
            "fibmatch" => query.flags |= RouteFlags::MATCH,
            _ => {
                let word = if word == "to" { words.value(word)? } else { word };
                let to = words::prefix(word, query.family)?;
                (query.family, query.destination, query.prefix) = (to.family(), Some(to.address), to.bits);
            }
        }
    }
    let to = query.destination.ok_or_else(|| Trouble::word("get", "the destination is missing"))?;
    // The kernel takes whole addresses only.
    query.prefix = Family::of(to).bits();
    if let Some((source, _)) = query.source {
        query.source = Some((source, Family::of(source).bits()));
    }
    let found = ends(ip, &mut query, input, output).and_then(|()| routes::get(&mut ip.socket, &query));
    let route = found.map_err(|error| error.during("find route to", alloc::format!("{to}").as_bytes()))?;
    let links = ip.names()?;
    let mut printer = Printer::new(&mut io.out, ip.settings);
    show::show(&mut printer, &route, &links, &Filter::default());
    printer.finish();
    Ok(())
}

fn ends(
    ip: &mut Session,
    query: &mut Route,
    input: Option<&str>,
    output: Option<&str>,
) -> system::Result<()> {
    query.input = input.map(|name| ip.index(name)).transpose()?;
    query.output = output.map(|name| ip.index(name)).transpose()?;
    Ok(())
}

//! `ip route get`: the route that a packet would take.

use alloc::string::ToString;

use formats::internet::Shown;
use formats::netlink::Family;
use system::routes::{self, Route, RouteFlags};

use super::super::printer::Printer;
use super::super::words::{Argument, Trouble, Words};
use super::super::{Io, Session};
use super::filter::Filter;
use super::show;

keywords! {
    /// What can be said of the packet.
    enum Setting, "" {
        Source: Prefix = "from",
        Input: Word = "iif",
        Output: Word = "oif dev",
        Mark: Number = "mark",
        User: Number = "uid",
        Match: Nothing = "fibmatch",
        To: Prefix = "to",
        Other: Prefix = "_",
    }
}

pub(in super::super) fn run(ip: &mut Session, io: &mut Io<'_>, words: &mut Words<'_>) -> Result<(), Trouble> {
    let mut query = Route::empty(ip.settings.family);
    let (mut input, mut output) = (None, None);
    let value = &mut Argument::new(query.family);
    while let Some(setting) = Setting::next(words, value)? {
        match setting {
            Setting::Source => query.source = Some((value.address(), value.prefix.bits)),
            Setting::Input => input = Some(value.word),
            Setting::Output => output = Some(value.word),
            Setting::Mark => query.mark = Some(value.number),
            Setting::User => query.user = Some(value.number),
            Setting::Match => query.flags |= RouteFlags::MATCH,
            Setting::To | Setting::Other => {
                query.destination = Some(value.address());
                query.family = value.prefix.family();
                value.family = query.family;
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
    let route = found.map_err(|error| error.during("find route to", Shown(to).to_string().as_bytes()))?;
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
    query.input = ip.optional(input)?;
    query.output = ip.optional(output)?;
    Ok(())
}

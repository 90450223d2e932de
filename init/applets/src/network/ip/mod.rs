//! `ip`: links, addresses, routes and neighbours, shown and changed over rtnetlink.
//!
//! Words, abbreviations, text and JSON are those of iproute2, so that scripts need not change. Deviations: the objects
//! beside these four are absent; JSON leaves out the empty objects that iproute2 prints for links which a filter hid;
//! a filter by label shows the links of the addresses, too; a prefix of IPv6 needs no `-6`; deleting an IPv4 address
//! without a prefix length deletes that address, not every one that begins so; errors name what was to be done and
//! repeat what the kernel says of it.

mod address;
mod link;
mod neighbour;
mod printer;
mod route;
mod words;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use formats::netlink::Family;
use system::links::{self, Extent, Link};
use system::netlink::Socket;

use self::words::{Reason, Trouble, Words};
use crate::{Applet, Arguments, Io, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "ip",
    summary: "Show and change links, addresses, routes and neighbours.\n\n\
              Objects: address, link, route, neigh; commands: show (the default), add, change, replace,\n\
              delete, set, flush, get; both may be abbreviated. OPTION: -4, -6, -family NAME, -json, -oneline,\n\
              -brief, -statistics.",
    usage: "[OPTION]... address [show|flush] [dev LINK] [up] [scope SCOPE] [to PREFIX] [label PATTERN]\n\
            [OPTION]... address add|change|replace|delete ADDRESS[/BITS] dev LINK [peer ADDRESS] [broadcast ADDRESS|+|-]\n\
            [OPTION]... link [show] [dev LINK] [up] [master LINK] [type KIND]\n\
            [OPTION]... link add|set [dev] LINK [up|down] [mtu N] [name NAME] [address MAC] [master LINK] [type KIND]...\n\
            [OPTION]... link delete LINK\n\
            [OPTION]... route [show|flush] [PREFIX] [table TABLE|all] [dev LINK] [proto NAME] [scope SCOPE] [type TYPE]\n\
            [OPTION]... route add|change|replace|append|delete [TYPE] PREFIX [via ADDRESS] [dev LINK] [metric N]...\n\
            [OPTION]... route get ADDRESS [from ADDRESS] [iif LINK] [oif LINK]\n\
            [OPTION]... neigh [show|flush] [dev LINK] [nud STATE] [proxy]\n\
            [OPTION]... neigh add|change|replace|delete ADDRESS dev LINK [lladdr MAC] [nud STATE]",
    flags: &[],
    run,
};

/// What the options ask for.
#[derive(Clone, Copy)]
struct Settings {
    family: Family,
    json: bool,
    oneline: bool,
    brief: bool,
    statistics: bool,
}

/// A run of the command: its options, and the socket, opened when it is first needed.
struct Session {
    settings: Settings,
    socket: Socket,
}

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    let Err(trouble) = command(io, arguments.words) else {
        return Status::SUCCESS;
    };
    match *trouble.0 {
        Reason::Help => {
            crate::options::print_help(arguments.applet, &mut io.out);
            Status::SUCCESS
        }
        Reason::NoObject => arguments.usage(io),
        Reason::Word { word, reason } => {
            io.complain(&word, &reason);
            Status::USAGE
        }
        Reason::System(error) => {
            let mut object = Vec::from(error.doing);
            object.push(b' ');
            object.extend_from_slice(&error.object);
            io.complain(&object, &error.cause);
            // iproute2's status for what the kernel refuses; scripts ask for it.
            Status(2)
        }
    }
}

/// An object: what to do with the words that follow it.
type Object = fn(&mut Session, &mut Io<'_>, Words<'_>) -> Result<(), Trouble>;

/// The objects; an abbreviation means the first that begins with it.
const OBJECTS: &[(&str, Object)] = &[
    ("address", address::run),
    ("route", route::run),
    ("neighbor", neighbour::run),
    ("neighbour", neighbour::run),
    ("link", link::run),
];

fn command(io: &mut Io<'_>, words: &[&[u8]]) -> Result<(), Trouble> {
    let mut words = Words::new(words);
    let settings = settings(&mut words)?;
    let Some(object) = words.next()? else {
        return Err(Trouble(Box::new(Reason::NoObject)));
    };
    let Some(run) = words::choose(object, OBJECTS) else {
        let reason = if object == "help" { return Err(Trouble::help()) } else { "no such object" };
        return Err(Trouble::word(object, reason));
    };
    let mut session = Session { settings, socket: Socket::open()? };
    run(&mut session, io, words)
}

/// Reads the options before the object.
fn settings(words: &mut Words<'_>) -> Result<Settings, Trouble> {
    let mut settings = Settings {
        family: Family::UNSPECIFIED,
        json: false,
        oneline: false,
        brief: false,
        statistics: false,
    };
    while let Some(word) = words.next_if(|word| word.len() > 1 && word.starts_with('-'))? {
        let option = word.strip_prefix("--").or(word.strip_prefix('-')).unwrap_or_default();
        match option {
            "4" => settings.family = Family::INET,
            "6" => settings.family = Family::INET6,
            "0" => settings.family = Family::PACKET,
            "br" => settings.brief = true,
            "h" => return Err(Trouble::help()),
            // `-color=never` and the like.
            _ => match words::choose(option.split('=').next().unwrap_or_default(), OPTIONS) {
                Some(Choice::Family) => settings.family = family(words.value(word)?)?,
                Some(Choice::Json) => settings.json = true,
                Some(Choice::Oneline) => settings.oneline = true,
                Some(Choice::Brief) => settings.brief = true,
                Some(Choice::Statistics) => settings.statistics = true,
                Some(Choice::Help) => return Err(Trouble::help()),
                Some(Choice::Nothing) => {}
                None => return Err(Trouble::word(word, "no such option")),
            },
        }
    }
    Ok(settings)
}

/// What a long option means.
#[derive(Clone, Copy)]
enum Choice {
    Family,
    Json,
    Oneline,
    Brief,
    Statistics,
    Help,
    /// Changes nothing here: there are no colours, and names are never resolved.
    Nothing,
}

const OPTIONS: &[(&str, Choice)] = &[
    ("family", Choice::Family),
    ("statistics", Choice::Statistics),
    ("stats", Choice::Statistics),
    ("details", Choice::Nothing),
    ("oneline", Choice::Oneline),
    ("json", Choice::Json),
    ("pretty", Choice::Nothing),
    ("brief", Choice::Brief),
    ("color", Choice::Nothing),
    ("help", Choice::Help),
];

fn family(name: &str) -> Result<Family, Trouble> {
    match name {
        "inet" => Ok(Family::INET),
        "inet6" => Ok(Family::INET6),
        "link" => Ok(Family::PACKET),
        _ => Err(Trouble::word(name, "expected inet, inet6 or link")),
    }
}

impl Session {
    /// Gives the index of a link of a name.
    fn index(&mut self, name: &str) -> system::Result<u32> {
        links::find(&mut self.socket, name, Extent::SKIP_STATISTICS).map(|link| link.index)
    }

    /// Gives the index of the link that a filter names; 0 when it names none.
    fn filtered(&mut self, name: Option<&str>) -> system::Result<u32> {
        name.map_or(Ok(0), |name| self.index(name))
    }

    /// Gives all links, for their names.
    fn names(&mut self) -> system::Result<Vec<Link>> {
        links::dump(&mut self.socket)
    }
}

/// Gives the name of the link of an index, as iproute2 calls one that it cannot find.
fn name_of(links: &[Link], index: u32) -> String {
    match links.iter().find(|link| link.index == index) {
        Some(link) => link.name.clone(),
        None => alloc::format!("if{index}"),
    }
}

//! `ip`: links, addresses, routes, rules, neighbours, tunnels and network namespaces, shown and changed over rtnetlink.
//!
//! Words, abbreviations, text and JSON are those of iproute2, so that scripts need not change. Deviations: the objects
//! beside these are absent; JSON leaves out the empty objects that iproute2 prints for links which a filter hid;
//! a filter by label shows the links of the addresses, too; a prefix of IPv6 needs no `-6`; deleting an IPv4 address
//! without a prefix length deletes that address, not every one that begins so; errors name what was to be done and
//! repeat what the kernel says of it.

#[macro_use]
mod words;

mod address;
mod batch;
mod link;
mod monitor;
mod neighbour;
mod netns;
mod printer;
mod route;
mod rule;
mod tunnel;
mod tuntap;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use formats::netlink::{Family, Flags};
use system::links::{self, Extent, Link};
use system::netlink::Socket;

use self::words::{Argument, Reason, Trouble, Words};
use crate::{Applet, Arguments, HAS_MORE, Io, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "ip",
    summary: if HAS_MORE { SUMMARY } else { LESS_SUMMARY },
    usage: if HAS_MORE { USAGE } else { LESS_USAGE },
    flags: flags![],
    run: Run::Words(run),
};

const SUMMARY: &str = "Show and change links, addresses, routes, rules, neighbours, tunnels and namespaces.\n\n\
    Objects: address, link, route, rule, neigh, tunnel, tuntap, netns, monitor; commands: show (the\n\
    default), add, change, replace, delete, set, flush, get; both may be abbreviated. OPTION: -4, -6,\n\
    -family NAME, -json, -oneline, -brief, -statistics, -timestamp, -tshort, -all.";

const USAGE: &str = "[OPTION]... address [show|flush] [dev LINK] [up] [scope SCOPE] [to PREFIX] [label PATTERN]\n\
    [OPTION]... address add|change|replace|delete ADDRESS[/BITS] dev LINK [peer ADDRESS] [broadcast ADDRESS|+|-]\n\
    [OPTION]... link [show] [dev LINK] [up] [master LINK] [type KIND]\n\
    [OPTION]... link add|set [dev] LINK [up|down] [mtu N] [name NAME] [address MAC] [master LINK] [type KIND]...\n\
    [OPTION]... link delete LINK\n\
    [OPTION]... route [show|flush] [PREFIX] [table TABLE|all] [dev LINK] [proto NAME] [scope SCOPE] [type TYPE]\n\
    [OPTION]... route add|change|replace|append|delete [TYPE] PREFIX [via ADDRESS] [dev LINK] [metric N]...\n\
    [OPTION]... route get ADDRESS [from ADDRESS] [iif LINK] [oif LINK]\n\
    [OPTION]... rule [show|flush] [SELECTOR]...\n\
    [OPTION]... rule add|delete [pref N] [not] [from PREFIX] [to PREFIX] [fwmark MARK[/MASK]] [iif LINK]\n\
    \x20   [oif LINK] [tos N] [table TABLE|goto N|nop|blackhole|unreachable|prohibit]...\n\
    [OPTION]... neigh [show|flush] [dev LINK] [nud STATE] [proxy]\n\
    [OPTION]... neigh get ADDRESS dev LINK\n\
    [OPTION]... tuntap [show|add|delete] [dev] NAME mode tun|tap [user USER] [group GROUP]\n\
    [OPTION]... tunnel [show|add|delete] [NAME] [mode ipip|gre|sit] [remote ADDRESS] [local ADDRESS] [dev LINK]\n\
    \x20   [ttl N] [tos N] [[no]pmtudisc] [[i|o]key KEY] [[i|o]csum] [[i|o]seq]\n\
    [OPTION]... netns [list] | netns add|delete|pids NAME | netns attach NAME PROCESS | netns identify [PROCESS]\n\
    [OPTION]... netns exec NAME COMMAND [WORD]...\n\
    [OPTION]... monitor [all|link|address|route|neigh|rule]... [label] [dev LINK]\n\
    [OPTION]... -batch FILE\n\
    [OPTION]... neigh add|change|replace|delete ADDRESS dev LINK [lladdr MAC] [nud STATE]";

/// The same for the smallest images, of what these have.
const LESS_SUMMARY: &str = "Show and change links, addresses, routes and neighbours.\n\n\
    Objects: address, link, route, neigh; commands: show (the default), add, change, replace,\n\
    delete, set; both may be abbreviated. OPTION: -4, -6, -family NAME, -json, -oneline.";

const LESS_USAGE: &str = "[OPTION]... address [show] [dev LINK] [up] [to PREFIX]\n\
    [OPTION]... address add|change|replace|delete ADDRESS[/BITS] dev LINK [peer ADDRESS] [broadcast ADDRESS|+|-]\n\
    [OPTION]... link [show] [dev LINK] [up]\n\
    [OPTION]... link add|set [dev] LINK [up|down] [mtu N] [name NAME] [address MAC] [master LINK] [type KIND]\n\
    [OPTION]... link delete LINK\n\
    [OPTION]... route [show] [PREFIX] [table TABLE|all] [dev LINK]\n\
    [OPTION]... route add|change|replace|append|delete PREFIX [via ADDRESS] [dev LINK] [metric N]...\n\
    [OPTION]... neigh [show] [dev LINK]\n\
    [OPTION]... neigh add|change|replace|delete ADDRESS dev LINK [lladdr MAC] [nud STATE]";

/// What the options ask for.
#[derive(Clone, Copy, Default)]
struct Settings {
    family: Family,
    json: bool,
    oneline: bool,
    brief: bool,
    statistics: bool,
    /// Whether what is peculiar to kinds of links is shown.
    details: bool,
    /// Whether a file of commands is gone on with behind one that fails.
    force: bool,
    extra: Option<Extra>,
}

keywords! {
    /// Options of one object alone.
    enum Extra, "no such option" {
        /// All namespaces are meant.
        All: Nothing = "all*",
        /// When each change was.
        Times: Nothing = "timestamp*",
        /// So, in few words.
        ShortTimes: Nothing = "tshort*",
    }
}

/// A run of the command: its options, and its socket.
struct Session {
    settings: Settings,
    socket: Socket,
}

fn run(io: &mut Io<'_>, arguments: Arguments<'_>) -> Status {
    command(io, arguments).map_or_else(|trouble| tell(io, arguments, trouble), |()| Status::SUCCESS)
}

/// Says why a command was not carried out.
fn tell(io: &mut Io<'_>, arguments: Arguments<'_>, trouble: Trouble) -> Status {
    match *trouble.0 {
        Reason::Help => {
            crate::options::print_help(arguments.applet, &mut io.out);
            Status::SUCCESS
        }
        Reason::NoObject => arguments.usage(io),
        Reason::Told(status) => status,
        Reason::Word { word, reason } => io.misuse_with(&word, &reason),
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

keywords! {
    /// The objects.
    enum Object, "no such object" {
        Address: Nothing = "address*",
        Route: Nothing = "route*",
        Rule: Nothing = "rule*" if HAS_MORE,
        Neighbour: Nothing = "neighbor* neighbour*",
        Link: Nothing = "link*",
        Help: Nothing = "help",
    }
}

keywords! {
    /// Further objects, of which the smallest images do not even know the names.
    enum Further, "no such object" {
        Tunnel: Nothing = "tunnel* tunl*",
        Tap: Nothing = "tuntap* tap*",
        Monitor: Nothing = "monitor*",
        Namespace: Nothing = "netns*",
    }
}

keywords! {
    /// What can be done with addresses, routes and neighbours.
    enum Command, "no such command" {
        Show: Nothing = "list* show* lst*",
        Get: Nothing = "get*",
        Add: Nothing = "add*",
        Change: Nothing = "change* chg*",
        Replace: Nothing = "replace*",
        Prepend: Nothing = "prepend*",
        Append: Nothing = "append*",
        Delete: Nothing = "delete*",
        Flush: Nothing = "flush*",
        Help: Nothing = "help*",
    }
}

impl Command {
    /// Gives the flags of the request, and the word for what it does.
    const fn request(self) -> (Flags, &'static str) {
        match self {
            Self::Add => (Flags::CREATE.union(Flags::EXCLUSIVE), "add"),
            Self::Change => (Flags::REPLACE, "change"),
            Self::Replace => (Flags::CREATE.union(Flags::REPLACE), "set"),
            Self::Prepend => (Flags::CREATE, "prepend"),
            Self::Append => (Flags::CREATE.union(Flags::APPEND), "append"),
            _ => (Flags::empty(), "delete"),
        }
    }

    /// Gives the word between an object that is changed and its link.
    const fn preposition(self) -> &'static str {
        match self {
            Self::Add => " to ",
            Self::Delete => " from ",
            _ => " of ",
        }
    }
}

keywords! {
    /// What can be done with links that their own object makes.
    enum Making, "no such command" {
        Add: Nothing = "add*",
        Delete: Nothing = "delete*",
        Show: Nothing = "show* lst* list*",
        Help: Nothing = "help*",
    }
}

impl Making {
    /// Takes the next word, which may be left out; help is given at once.
    fn of(words: &mut Words<'_>) -> Result<Self, Trouble> {
        match Self::next(words, &mut Argument::new(Family::UNSPECIFIED))?.unwrap_or(Self::Show) {
            Self::Help => Err(Trouble::help()),
            command => Ok(command),
        }
    }
}

fn command(io: &mut Io<'_>, arguments: Arguments<'_>) -> Result<(), Trouble> {
    let words = &mut Words::new(arguments.words);
    let mut batch = None;
    let Some(settings) = settings(io, words, &mut batch)? else { return Ok(()) };
    if HAS_MORE && let Some(name) = batch {
        return batch::run(io, arguments, name, settings);
    }
    perform(io, words, settings)
}

/// Does what the words behind the options ask for.
fn perform(io: &mut Io<'_>, words: &mut Words<'_>, settings: Settings) -> Result<(), Trouble> {
    let value = &mut Argument::new(settings.family);
    let behind = *words;
    let object = Object::next(words, value);
    if HAS_MORE && object.is_err() {
        *words = behind;
        return further(io, words, settings);
    }
    let Some(object) = object? else {
        return Err(Trouble(Box::new(Reason::NoObject)));
    };
    if object == Object::Help {
        return Err(Trouble::help());
    }
    let ip = &mut Session::open(settings)?;
    if object == Object::Link {
        return link::run(ip, io, words);
    }
    let name = words.peek()?.unwrap_or_default();
    let command = Command::next(words, value)?.unwrap_or(Command::Show);
    match (command, object) {
        (Command::Help, _) => Err(Trouble::help()),
        (Command::Get | Command::Flush, _) if !HAS_MORE => Err(Command::TABLE.refuse(name)),
        (Command::Show, Object::Route) => route::show::run(ip, io, words),
        (Command::Show, Object::Address) => address::show::run(ip, io, words),
        (Command::Show, Object::Rule) if HAS_MORE => rule::show::run(ip, io, words),
        (Command::Show, _) => neighbour::show(ip, io, words),
        (Command::Get, Object::Route) => route::get::run(ip, io, words),
        (Command::Get, Object::Neighbour) => neighbour::get(ip, io, words),
        (Command::Flush, Object::Route) => route::show::flush(ip, words),
        (Command::Flush, Object::Address) => address::show::flush(ip, words),
        (Command::Flush, Object::Rule) => rule::show::flush(ip, words),
        (Command::Flush, _) => neighbour::flush(ip, words),
        (_, Object::Route) => route::change::run(ip, words, command),
        (Command::Add | Command::Delete, Object::Rule) if HAS_MORE => rule::change::run(ip, words, command),
        (_, Object::Rule) if HAS_MORE => {
            Err(Trouble::word("rule", "can be shown, added, deleted and flushed"))
        }
        (Command::Get | Command::Prepend | Command::Append, _) => Err(Command::TABLE.refuse(name)),
        (_, Object::Address) => address::change::run(ip, words, command),
        (_, _) => neighbour::change(ip, words, command),
    }
}

/// Does what is asked of an object that the smallest images do without.
fn further(io: &mut Io<'_>, words: &mut Words<'_>, settings: Settings) -> Result<(), Trouble> {
    let Some(object) = Further::next(words, &mut Argument::new(settings.family))? else { return Ok(()) };
    match object {
        // Those are made by a device of their own, or are files.
        Further::Tap => tuntap::run(io, words, settings),
        Further::Namespace => netns::run(io, words, settings),
        Further::Tunnel => tunnel::run(&mut Session::open(settings)?, io, words),
        Further::Monitor => monitor::run(&mut Session::open(settings)?, io, words),
    }
}

keywords! {
    /// The options before the object, without their dashes.
    enum Choice, "no such option" {
        Inet: Nothing = "4",
        Inet6: Nothing = "6",
        Packet: Nothing = "0",
        Batch: Nothing = "batch*" if HAS_MORE,
        Brief: Nothing = "br brief*",
        Help: Nothing = "h",
        Version: Nothing = "V Version*" if HAS_MORE,
        Family: Nothing = "family*",
        Force: Nothing = "force*" if HAS_MORE,
        Statistics: Nothing = "statistics* stats*",
        Details: Nothing = "details*",
        // There are no colours, and names are never resolved.
        Nothing: Nothing = "pretty* color*",
        Oneline: Nothing = "oneline*",
        Json: Nothing = "json*",
        LongHelp: Nothing = "help*",
    }
}

/// Reads the options before the object.
///
/// The name of a file of commands goes to `batch`; without settings all is done.
fn settings<'a>(
    io: &mut Io<'_>,
    words: &mut Words<'a>,
    batch: &mut Option<&'a str>,
) -> Result<Option<Settings>, Trouble> {
    let mut settings = Settings::default();
    while let Some(word) = words.peek()?.filter(|word| word.len() > 1 && word.starts_with('-')) {
        words.next()?;
        let option = word.strip_prefix("--").or(word.strip_prefix('-')).unwrap_or_default();
        // `-color=never` and the like.
        let option = option.split('=').next().unwrap_or_default();
        let mut value = Argument::new(Family::UNSPECIFIED);
        let bytes = option.as_bytes();
        let extra = &mut Words::new(core::slice::from_ref(&bytes));
        if HAS_MORE && let Ok(Some(extra)) = Extra::next(extra, &mut Argument::new(Family::UNSPECIFIED)) {
            settings.extra = Some(extra);
            continue;
        }
        let choice = Choice::next(&mut Words::new(&[option.as_bytes()]), &mut value);
        match choice.map_err(|_| Choice::TABLE.refuse(word))?.unwrap_or(Choice::Nothing) {
            Choice::Brief | Choice::Statistics if !HAS_MORE => return Err(Choice::TABLE.refuse(word)),
            Choice::Inet => settings.family = Family::INET,
            Choice::Inet6 => settings.family = Family::INET6,
            Choice::Packet => settings.family = Family::PACKET,
            Choice::Family => settings.family = family(words.value(word)?)?,
            Choice::Json => settings.json = true,
            Choice::Oneline => settings.oneline = true,
            Choice::Brief => settings.brief = true,
            Choice::Statistics => settings.statistics = true,
            Choice::Details => settings.details = HAS_MORE,
            Choice::Batch => *batch = Some(words.value(word)?),
            Choice::Force => settings.force = HAS_MORE,
            Choice::Version => {
                io.out.put(concat!("ip utility, spelunk-", env!("CARGO_PKG_VERSION"), "\n").as_bytes());
                return Ok(None);
            }
            Choice::Help | Choice::LongHelp => return Err(Trouble::help()),
            Choice::Nothing => {}
        }
    }
    Ok(Some(settings))
}

fn family(name: &str) -> Result<Family, Trouble> {
    match name {
        "inet" => Ok(Family::INET),
        "inet6" => Ok(Family::INET6),
        "link" => Ok(Family::PACKET),
        _ => Err(Trouble::word(name, "expected inet, inet6 or link")),
    }
}

impl Session {
    fn open(settings: Settings) -> system::Result<Self> {
        Ok(Self { settings, socket: Socket::open()? })
    }

    /// Gives the index of a link of a name.
    fn index(&mut self, name: &str) -> system::Result<u32> {
        links::find(&mut self.socket, name, Extent::SKIP_STATISTICS).map(|link| link.index)
    }

    /// Gives the index of the link that a filter names; 0 when it names none.
    fn filtered(&mut self, name: Option<&str>) -> system::Result<u32> {
        self.optional(name).map(|index| index.unwrap_or(0))
    }

    /// Gives the index of a link that may be named.
    fn optional(&mut self, name: Option<&str>) -> system::Result<Option<u32>> {
        name.map(|name| self.index(name)).transpose()
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

/// Gives what is peculiar to the kind of a link, of what the kernel says of all of them.
fn settings_of(all: &[(u32, Vec<u8>)], index: u32) -> &[u8] {
    all.iter().find(|(of, _)| *of == index).map_or(&[], |(_, settings)| settings)
}

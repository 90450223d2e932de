//! `setpriv` (util-linux's without labels of security modules; BusyBox has `-d`, `--nnp` and the sets of capabilities). What
//! cannot be done gives status 127.

use alloc::vec::Vec;

use linux::process::{
    self, CAPABILITY_NAMES, drop_bounding_capability, getgid, getgroups, getuid, inheritable_capabilities,
    is_ambient_capability, is_bounding_capability, keep_capabilities_of_root, secure_bits,
    set_ambient_capability, set_inheritable_capabilities, set_secure_bits,
};
use query::text::{decimal, parse_decimal};
use system::users::Names;

use super::{launch, signals};
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "setpriv",
    summary: "Run a command with other privileges",
    usage: "[OPTION]... COMMAND [WORD]...\n-d",
    flags: flags![
        Flag::new(b'd', "dump", "show what this process may do"),
        Flag::new(NO_NEW, "no-new-privs", "programs give it no privileges any more"),
        Flag::new(NO_NEW, "nnp", ""),
        Flag::with(INHERITABLE, "inh-caps", "LIST", "inheritable capabilities: +NAME, -NAME, +all, -all"),
        Flag::with(AMBIENT, "ambient-caps", "LIST", "those that programs keep"),
        Flag::with(BOUNDING, "bounding-set", "LIST", "those that can be got at all"),
        Flag::with(REAL_USER, "ruid", "USER", "the real user"),
        Flag::with(USER, "euid", "USER", "the user"),
        Flag::with(BOTH_USERS, "reuid", "USER", "both"),
        Flag::with(REAL_GROUP, "rgid", "GROUP", "the real group"),
        Flag::with(GROUP, "egid", "GROUP", "the group"),
        Flag::with(BOTH_GROUPS, "regid", "GROUP", "both"),
        Flag::new(CLEAR, "clear-groups", "no further groups"),
        Flag::new(KEEP, "keep-groups", "the further groups as they are"),
        Flag::new(INITIAL, "init-groups", "the further groups of the user"),
        Flag::with(GROUPS, "groups", "LIST", "these further groups"),
        Flag::with(SECURE, "securebits", "LIST", "+noroot, -noroot_locked and the like"),
        Flag::with(DEATH, "pdeathsig", "SIGNAL", "sent when the parent ends; clear, keep"),
        Flag::new(RESET, "reset-env", "a new environment: HOME SHELL USER LOGNAME PATH TERM"),
    ],
    run: Run::Leading(run),
};

keys! {
    128;
    NO_NEW INHERITABLE AMBIENT BOUNDING REAL_USER USER BOTH_USERS REAL_GROUP GROUP BOTH_GROUPS CLEAR
    KEEP INITIAL GROUPS SECURE DEATH RESET
}

/// What could not be done.
const REFUSED: Status = Status(127);

/// The names of bits that take privileges from root's number (`linux/securebits.h`).
const SECURE_BITS: &str = "noroot noroot_locked no_setuid_fixup no_setuid_fixup_locked keep_caps keep_caps_locked \
    no_cap_ambient_raise no_cap_ambient_raise_locked";

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if parsed.has(b'd') {
        if !parsed.operands.is_empty() {
            return Ok(parsed.usage(io));
        }
        return dump(io).map_err(|errno| io.complain(b"", &errno).into());
    }
    if parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let changes_group = parsed.has_any(&[REAL_GROUP, GROUP, BOTH_GROUPS]);
    if changes_group && !parsed.has_any(&[CLEAR, KEEP, INITIAL, GROUPS]) {
        let reason =
            "one of --keep-groups, --clear-groups, --init-groups and --groups is needed with a group";
        return Ok(io.complain(b"", &reason));
    }
    let wanted = Wanted::new(parsed).map_err(|word| io.complain(word, &"is not known"))?;
    if parsed.has(INITIAL) && wanted.user.is_none() {
        return Ok(io.complain(b"--init-groups", &"a user is needed"));
    }
    if let Err((what, errno)) = wanted.take(parsed) {
        io.complain(what.as_bytes(), &errno);
        return Ok(REFUSED);
    }
    if parsed.has(RESET) {
        let variables = environment(io);
        let variables: Vec<&[u8]> = variables.iter().map(Vec::as_slice).collect();
        return Ok(launch::replace(io, &parsed.operands, &variables));
    }
    Ok(launch::replace(io, &parsed.operands, io.environment))
}

/// What the options ask for, read before anything is changed.
struct Wanted {
    real_user: Option<u32>,
    user: Option<u32>,
    real_group: Option<u32>,
    group: Option<u32>,
    groups: Option<Vec<u32>>,
    /// Bits to be added and taken away.
    inheritable: (u64, u64),
    ambient: (u64, u64),
    bounding: (u64, u64),
    secure: (u64, u64),
    /// The signal, if it is to be changed.
    death: Option<Option<linux::signal::Signal>>,
}

/// Why something could not be done, and what.
type Refused = (&'static str, linux::Errno);

impl Wanted {
    /// The error is the word that makes no sense.
    fn new<'a>(parsed: &Parsed<'a>) -> Result<Self, &'a [u8]> {
        let names = Names::read();
        let user = |keys: [u8; 2]| match parsed.last_of(&keys).and_then(|key| parsed.value(key)) {
            None => Ok(None),
            Some(word) => names.find_user(word).map(Some).ok_or(word),
        };
        let group_of = |word: &'a [u8]| names.find_group(word).ok_or(word);
        let group = |keys: [u8; 2]| match parsed.last_of(&keys).and_then(|key| parsed.value(key)) {
            None => Ok(None),
            Some(word) => group_of(word).map(Some),
        };
        let set = |key, known| parsed.value(key).map_or(Ok((0, 0)), |list| changes(list, known));
        let user_number = user([USER, BOTH_USERS])?;
        let real_user = user([REAL_USER, BOTH_USERS])?;
        let groups = match parsed.last_of(&[CLEAR, INITIAL, GROUPS]) {
            None => None,
            Some(CLEAR) => Some(Vec::new()),
            Some(INITIAL) => Some(names.login_groups(real_user.or(user_number).unwrap_or_default())),
            Some(_) => {
                let list = parsed.value(GROUPS).unwrap_or_default();
                let groups = list.split(|byte| *byte == b',').map(group_of);
                Some(groups.collect::<Result<_, _>>()?)
            }
        };
        let death = match parsed.value(DEATH) {
            None | Some(b"keep") => None,
            Some(b"clear") => Some(None),
            Some(word) => Some(Some(signals::parse(word).flatten().ok_or(word)?)),
        };
        Ok(Self {
            real_user,
            user: user_number,
            real_group: group([REAL_GROUP, BOTH_GROUPS])?,
            group: group([GROUP, BOTH_GROUPS])?,
            groups,
            inheritable: set(INHERITABLE, CAPABILITY_NAMES)?,
            ambient: set(AMBIENT, CAPABILITY_NAMES)?,
            bounding: set(BOUNDING, CAPABILITY_NAMES)?,
            secure: set(SECURE, SECURE_BITS)?,
            death,
        })
    }

    fn take(&self, parsed: &Parsed<'_>) -> Result<(), Refused> {
        let at = |what| move |errno| (what, errno);
        if parsed.has(NO_NEW) {
            process::set_no_new_privileges().map_err(at("no-new-privs"))?;
        }
        if self.secure != (0, 0) {
            let bits = u64::from(secure_bits().map_err(at("securebits"))?);
            set_secure_bits(changed(bits, self.secure) as u32).map_err(at("securebits"))?;
        }
        for number in bits(self.bounding.1) {
            match drop_bounding_capability(number) {
                // `all` has more than this kernel.
                Err(linux::Errno::INVAL) => {}
                other => other.map_err(at("bounding-set"))?,
            }
        }
        let keeps = self.inheritable.0 | self.ambient.0 != 0;
        if keeps {
            keep_capabilities_of_root(true).map_err(at("keep capabilities"))?;
        }
        if let Some(groups) = &self.groups {
            process::setgroups(groups).map_err(at("set the further groups"))?;
        }
        if self.group.or(self.real_group).is_some() {
            let (real, group) =
                (self.real_group.unwrap_or_else(getgid), self.group.unwrap_or_else(process::getegid));
            process::setresgid(real, group, group).map_err(at("set the group"))?;
        }
        if self.user.or(self.real_user).is_some() {
            let (real, user) =
                (self.real_user.unwrap_or_else(getuid), self.user.unwrap_or_else(process::geteuid));
            process::setresuid(real, user, user).map_err(at("set the user"))?;
        }
        if self.inheritable != (0, 0) {
            let former = inheritable_capabilities().map_err(at("inh-caps"))?;
            let known = (0..64).take_while(|number| is_bounding_capability(*number).is_ok()).count();
            let all = if known >= 64 { u64::MAX } else { (1 << known) - 1 };
            set_inheritable_capabilities(changed(former, self.inheritable) & all).map_err(at("inh-caps"))?;
        }
        for (set, is_in) in [(self.ambient.1, false), (self.ambient.0, true)] {
            for number in bits(set) {
                match set_ambient_capability(number, is_in) {
                    Err(linux::Errno::INVAL) => {}
                    other => other.map_err(at("ambient-caps"))?,
                }
            }
        }
        match self.death {
            None => Ok(()),
            Some(signal) => process::set_parent_death_signal(signal).map_err(at("pdeathsig")),
        }
    }
}

const fn changed(former: u64, (add, remove): (u64, u64)) -> u64 {
    former & !remove | add
}

fn bits(set: u64) -> impl Iterator<Item = u32> {
    (0..64).filter(move |number| set >> number & 1 == 1)
}

/// Reads `+NAME,-NAME,...`; later words win over earlier ones. The error is the list.
fn changes<'a>(list: &'a [u8], known: &str) -> Result<(u64, u64), &'a [u8]> {
    let (mut add, mut remove) = (0_u64, 0_u64);
    for word in list.split(|byte| *byte == b',') {
        let [sign @ (b'+' | b'-'), name @ ..] = word else { return Err(list) };
        let number = match name.strip_prefix(b"cap_") {
            Some(digits) => parse_decimal(digits).map(|number| number as usize),
            None => None,
        };
        let found = known.split_whitespace().position(|known| known.as_bytes() == name).or(number);
        let bits = match found {
            _ if name == b"all" => u64::MAX,
            Some(number) if number < 64 => 1 << number,
            _ => return Err(list),
        };
        (add, remove) =
            if *sign == b'+' { (add | bits, remove & !bits) } else { (add & !bits, remove | bits) };
    }
    Ok((add, remove))
}

fn environment(io: &Io<'_>) -> Vec<Vec<u8>> {
    let user = getuid();
    let text = system::file::read(b"/etc/passwd").unwrap_or_default();
    let names = Names::read();
    let name = names.user(user);
    let fields = formats::etc::accounts::find(&text, &name).unwrap_or_default();
    let field = |at: usize, other: &'static [u8]| {
        fields.get(at).copied().filter(|field| !field.is_empty()).unwrap_or(other)
    };
    let folders: &[u8] = if user == 0 {
        b"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    } else {
        b"PATH=/usr/local/bin:/usr/bin:/bin"
    };
    let mut variables: Vec<Vec<u8>> =
        io.variable("TERM").map(|kind| [b"TERM=", kind].concat()).into_iter().collect();
    variables.extend([
        [b"HOME=", field(5, b"/")].concat(),
        [b"SHELL=", field(6, b"/bin/sh")].concat(),
        [&b"USER="[..], &name].concat(),
        [&b"LOGNAME="[..], &name].concat(),
        folders.to_vec(),
    ]);
    variables
}

fn dump(io: &mut Io<'_>) -> linux::Result<Status> {
    for (title, number) in [
        ("uid: ", getuid()),
        ("euid: ", process::geteuid()),
        ("gid: ", getgid()),
        ("egid: ", process::getegid()),
    ] {
        io.out.put(title.as_bytes());
        io.out.number(number.into());
        io.out.put(b"\n");
    }
    let mut room = alloc::vec![0; 1 << 16];
    let groups: Vec<Vec<u8>> =
        getgroups(&mut room)?.iter().map(|group| number_text((*group).into())).collect();
    put_list(io, "Supplementary groups: ", &groups);
    io.out.put(if process::has_no_new_privileges()? { b"no_new_privs: 1\n" } else { b"no_new_privs: 0\n" });
    let inheritable = inheritable_capabilities()?;
    let of = |is_in: &dyn Fn(u32) -> bool| -> Vec<Vec<u8>> {
        let all = (0..64).take_while(|number| is_bounding_capability(*number).is_ok());
        all.filter(|number| is_in(*number)).map(capability).collect()
    };
    put_list(io, "Inheritable capabilities: ", &of(&|number| inheritable >> number & 1 == 1));
    put_list(io, "Ambient capabilities: ", &of(&|number| is_ambient_capability(number) == Ok(true)));
    put_list(io, "Capability bounding set: ", &of(&|number| is_bounding_capability(number) == Ok(true)));
    let secure = secure_bits()?;
    let bits = SECURE_BITS.split_whitespace().enumerate().filter(|(at, _)| secure >> at & 1 == 1);
    let bits: Vec<Vec<u8>> = bits.map(|(_, name)| name.as_bytes().to_vec()).collect();
    put_list(io, "Securebits: ", &bits);
    let death: Vec<Vec<u8>> = process::parent_death_signal()?.map(signals::name).into_iter().collect();
    put_list(io, "Parent death signal: ", &death);
    Ok(Status::SUCCESS)
}

fn capability(number: u32) -> Vec<u8> {
    match CAPABILITY_NAMES.split_whitespace().nth(number as usize) {
        Some(name) => name.as_bytes().to_vec(),
        None => [&b"cap_"[..], &number_text(number.into())].concat(),
    }
}

fn number_text(number: u64) -> Vec<u8> {
    let mut text = Vec::new();
    decimal(number, &mut text);
    text
}

fn put_list(io: &mut Io<'_>, title: &str, words: &[Vec<u8>]) {
    io.out.put(title.as_bytes());
    io.out.put(if words.is_empty() { b"[none]" } else { b"" });
    io.out.put(&words.join(&b','));
    io.out.put(b"\n");
}

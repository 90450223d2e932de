//! Unit files of systemd as service files of ours: what can be carried over is, and the rest is said, each with its line.
//!
//! A `.socket` or `.timer` becomes a part of the service that it starts. What systemd does unless told otherwise is written down
//! where ours does something else: it does not start again what has ended, waits longer for an end, and starts what nobody wants
//! on demand alone. Each line of ours is checked before it is taken, and each file: none comes out that would be refused.

mod command;
mod draft;
mod rules;
#[cfg(test)]
mod tests;
mod unit;
mod values;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::{Problem, nearest};
use draft::{Draft, Place, Remark};
use rules::{RULES, Rule, STRANGE};
use unit::Line;

/// A service file that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The service's name.
    pub name: String,
    /// The file's text.
    pub text: String,
}

/// What unit files come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion {
    /// The services.
    pub services: Vec<Imported>,
    /// What could not be carried over, or means only nearly the same, in the order of the files and lines.
    pub problems: Vec<Problem>,
    /// Whether nothing was left out.
    pub is_whole: bool,
}

/// Converts unit files, each a path and a text. Services name those alone that come of these files, or are known.
pub fn convert(units: &[(String, String)], known: &[String]) -> Conversion {
    let (mut drafts, mut remarks) = (Vec::<Draft>::new(), Vec::new());
    for (number, (path, text)) in units.iter().enumerate() {
        read(number, path, text, &mut drafts, &mut remarks);
    }
    drafts.iter_mut().for_each(Draft::settle);
    let mut names: Vec<String> = known.to_vec();
    names.push("network".into());
    drafts.retain_mut(|draft| {
        // What is wrong with the whole is told once, not as lines of a file that nobody has.
        let wrong = crate::file::parse(&format!("{}.toml", draft.name), &draft.text(), &[]).err();
        for Problem { message, .. } in wrong.iter().flatten() {
            draft.left(draft.head, format!("no service comes of it: {message}"));
        }
        if wrong.is_some() {
            remarks.append(&mut draft.remarks);
        } else {
            names.push(draft.name.clone());
        }
        wrong.is_none()
    });
    let mut services = Vec::new();
    for mut draft in drafts {
        draft.name_others(&names);
        remarks.append(&mut draft.remarks);
        services.push(Imported { text: draft.text(), name: draft.name });
    }
    remarks.sort_by_key(|remark: &Remark| remark.place);
    let is_whole = !remarks.iter().any(|remark| remark.is_left);
    let problems = remarks.into_iter().filter_map(|Remark { place, message, .. }| {
        let (file, _) = units.get(place.unit)?;
        Some(Problem { file: file.clone(), line: place.line, message })
    });
    Conversion { services, problems: problems.collect(), is_whole }
}

/// Reads one file into the draft of its service.
fn read(number: usize, path: &str, text: &str, drafts: &mut Vec<Draft>, remarks: &mut Vec<Remark>) {
    let mut complain = |line, message: &str| {
        let place = Place { unit: number, line };
        remarks.push(Remark { place, message: message.into(), is_left: true });
    };
    let unit = path.rsplit('/').next().unwrap_or_default();
    let (stem, kind) = unit.rsplit_once('.').unwrap_or((unit, ""));
    let own = match kind {
        "service" => "Service",
        "socket" => "Socket",
        "timer" => "Timer",
        _ => return complain(1, "expected a unit whose name ends with .service, .socket or .timer"),
    };
    let (lines, strange) = unit::read(text);
    for line in strange {
        complain(line, "expected KEY=VALUE or [SECTION]");
    }
    let named = lines
        .iter()
        .find(|line| matches!((line.section, line.key), ("Socket", "Service") | ("Timer", "Unit")));
    let name =
        named.map_or(stem, |line| line.value.rsplit_once('.').map_or(line.value.as_str(), |(stem, _)| stem));
    let head = Place { unit: number, line: 1 };
    let at = drafts.iter().position(|draft| draft.name == name).unwrap_or(drafts.len());
    if at == drafts.len() {
        drafts.push(Draft::new(name, head));
    }
    let Some(draft) = drafts.get_mut(at) else { return };
    match kind {
        "service" => draft.head = head,
        "timer" => draft.is_timer = true,
        _ => draft.is_wanted = true,
    }
    for line in &lines {
        draft.place = Place { unit: number, line: line.number };
        // The description of a service is that of its .service.
        let is_other = own != "Service" && line.key == "Description";
        if !is_other && !line.key.starts_with("X-") && !line.section.starts_with("X-") {
            carry(draft, unit, line);
        }
    }
    if kind == "socket" {
        draft.name_sockets(stem);
    }
}

/// Carries one line over, or says why not.
fn carry(draft: &mut Draft, unit: &str, line: &Line<'_>) {
    let Line { section, key, value, .. } = line;
    let rule = RULES.iter().find(|(in_section, name, _)| in_section == section && name == key);
    let Some((_, origin, rule)) = rule else {
        let is_strange = STRANGE.split_ascii_whitespace().any(|name| name == *key);
        let names = RULES.iter().filter(|_| !is_strange).map(|(_, name, _)| *name);
        return draft.left(draft.place, format!("{key}= is not carried over{}", nearest(key, names)));
    };
    draft.origin = origin;
    draft.assignment = format!("{key}={value}");
    let left = match unit::specified(value, unit) {
        Some(value) if value.is_empty() => {
            draft.forget();
            return;
        }
        Some(value) => rule.apply(draft, &value),
        None if matches!(rule, Rule::Nothing) => Ok(()),
        None => Err("a running machine, or an instance, knows what it stands for".to_string()),
    };
    if let Err(reason) = left {
        let colon = if reason.is_empty() { "" } else { ": " };
        draft.left(draft.place, format!("{} is not carried over{colon}{reason}", draft.assignment));
    }
}

//! What a worker works at.

use core::ffi::CStr;

use linux::fd::AsFd;
use linux::process::{self, Capabilities};

use super::Means;
use crate::settings::Settings;
use crate::{agent, child, network, prompt, state};

/// The work of a process of its own. Each has the same number in all builds: a successor of process 1 may be another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Links, addresses, DHCP: everything that hears from outside.
    Network = 0,
    /// Devices, their drivers and their names.
    #[cfg(feature = "devices")]
    Devices = 1,
    /// The prompt on the console.
    Prompt = 2,
    /// The prompt for repairs, in place of the usual one or of the whole start.
    Emergency = 3,
    /// The commands of `cargo xtask boot --exec`.
    Agent = 4,
}

impl Role {
    /// All there are, in the order of their numbers.
    pub(crate) const ALL: &[Self] = &[
        Self::Network,
        #[cfg(feature = "devices")]
        Self::Devices,
        Self::Prompt,
        Self::Emergency,
        Self::Agent,
    ];

    /// How many there can be.
    pub(crate) const COUNT: usize = Self::Agent as usize + 1;

    /// Gives the name, also that of the process.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Network => "network",
            #[cfg(feature = "devices")]
            Self::Devices => "devices",
            Self::Prompt => "prompt",
            Self::Emergency => "emergency",
            Self::Agent => "agent",
        }
    }

    /// Says whether the settings ask for it at a usual start; in a container, which shows its host's, devices are another's.
    pub(crate) fn is_wanted(self, settings: &Settings) -> bool {
        match self {
            Self::Network => settings.network,
            #[cfg(feature = "devices")]
            Self::Devices => settings.devices && crate::shutdown::has_machine(),
            Self::Agent => settings.agent.is_some(),
            Self::Prompt => settings.prompt,
            Self::Emergency => false,
        }
    }

    /// Says whether someone may be speaking with it.
    #[cfg(feature = "services")]
    pub(crate) const fn has_session(self) -> bool {
        matches!(self, Self::Prompt | Self::Emergency | Self::Agent)
    }

    const fn process_name(self) -> &'static CStr {
        match self {
            Self::Network => c"network",
            #[cfg(feature = "devices")]
            Self::Devices => c"devices",
            Self::Prompt => c"prompt",
            Self::Emergency => c"emergency",
            Self::Agent => c"agent",
        }
    }

    /// Does the work in the child, after so many short lives in a row; gives its exit status.
    pub(crate) fn work(self, means: &Means<'_>, failures: u32) -> i32 {
        child::begin(self.process_name());
        let settings = means.settings;
        match self {
            Self::Network => serve_network(means),
            #[cfg(feature = "devices")]
            Self::Devices => crate::devices::run(means.commands, means.log),
            Self::Prompt => prompt::run(means.commands, &settings.hostname, settings.network),
            Self::Emergency => prompt::run(means.commands, "emergency", false),
            Self::Agent => {
                let name = settings.agent.as_deref().unwrap_or_default();
                agent::run(means.commands, name, |cause| {
                    // Said once: it is tried for ever.
                    if failures == 0 {
                        means.log.error(format_args!("agent: serve /dev/{name}: {cause}"));
                    }
                })
            }
        }
    }
}

/// What the network's worker needs. It stays root, and so the owner of the files that it writes.
const NETWORKING: Capabilities =
    Capabilities::NET_ADMIN.union(Capabilities::NET_RAW).union(Capabilities::NET_BIND_SERVICE);

fn serve_network(means: &Means<'_>) -> i32 {
    if let Some(source) = &means.settings.state {
        state::mount(source, means.log);
    }
    // What hears from outside may be taken over from there.
    if let Err(cause) = process::keep_capabilities(NETWORKING).and_then(|()| process::set_no_new_privileges())
    {
        means.log.error(format_args!("network: give up privileges: {cause}"));
    }
    network::run(means.memory.as_ref().map(AsFd::as_fd), means.settings)
}

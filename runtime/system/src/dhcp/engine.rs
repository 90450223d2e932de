//! All links in one wait: what comes is handed to its interface, what follows is brought to its end in the right order.

use alloc::vec;
use alloc::vec::Vec;
use core::mem;
use formats::time::Duration;

use formats::file::lease::Entry;
use linux::fd::{AsFd, BorrowedFd};
use linux::poll::{self, PollFd, PollFlags};
use linux::{Errno, time};
use protocols::dhcp::{Event, Lease, Mac};

use super::facts::{Facts, LinkNews};
use super::interface::{self, Interface, Means};
use super::kernel::Kernel;
use super::store::Store;
use super::{Observer, Options, Weight, requests, resolver};
use crate::file::{self, Durability};
use crate::{Error, Result};

/// Room for a frame; grows with the largest link.
const FRAME: usize = 2048;

/// What a frame needs beyond the link's largest packet: header, a tag that was left in, and some air.
const AROUND: usize = 64;

/// A wait after which there is nothing to do at the moment.
const IDLE: Duration = Duration::from_millis(20);

/// The longest wait. poll(2) does not count the time that the machine sleeps, deadlines do.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// The driver of all links.
#[derive(Debug)]
pub struct Engine {
    options: Options,
    store: Option<Store>,
    kernel: Kernel,
    interfaces: Vec<Interface>,
    inherited: Vec<Entry>,
    /// The links of the machine that have a hardware address, served or not, by index.
    stations: Vec<(u32, Mac)>,
    /// The loopback. Nobody waits for it, so it is switched on when there is nothing else to do, or
    /// when the first lease is in place.
    loopback: Loopback,
    /// What the resolver file holds, as far as we wrote it.
    resolver: Vec<u8>,
    buffer: Vec<u8>,
}

/// What there is to do about the loopback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loopback {
    /// It was not seen yet.
    Unknown,
    /// It is to be switched on.
    Off(u32),
    /// Nothing.
    Settled,
}

/// Why [`Engine::turn`] returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// The caller's descriptor is ready.
    Descriptor,
    /// Something was done, or the caller's time has come.
    Other,
}

impl Engine {
    /// Finds the links, switches them on, and starts a client on each that has a carrier.
    ///
    /// `inherited` is what a predecessor kept ([`Observer::keep`]): a link that has a lease there carries it on.
    ///
    /// # Errors
    /// The kernel's, when there is no netlink socket to be had or it lists no links.
    pub fn start(options: Options, inherited: Vec<Entry>, observer: &mut dyn Observer) -> Result<Self> {
        let store = options.lease_folder.as_deref().and_then(|folder| {
            let store = Store::open(folder);
            store
                .map_err(|error| {
                    observer.say(Weight::Notice, "", format_args!("leases are not kept: {error}"))
                })
                .ok()
        });
        let kernel = Kernel::open().map_err(|errno| Error::new("open", b"netlink", errno))?;
        let (resolver, buffer) = (Vec::new(), vec![0; FRAME]);
        let (interfaces, stations) = (Vec::new(), Vec::new());
        let mut engine = Self {
            options,
            store,
            kernel,
            interfaces,
            inherited,
            stations,
            loopback: Loopback::Unknown,
            resolver,
            buffer,
        };
        engine.list(observer);
        engine.settle(observer);
        Ok(engine)
    }

    /// Gives an interface that is to be served and is not there, if one is.
    pub fn missing(&self) -> Option<&str> {
        let is_there = |name| self.interfaces.iter().any(|interface| interface.name() == name);
        self.options.interfaces.iter().find(|name| !is_there(name.as_str())).map(|name| &**name)
    }

    /// Gives the links that are served.
    pub fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    /// Gives the folder of leases, if there is one.
    pub fn store(&self) -> Option<&Store> {
        self.store.as_ref()
    }

    /// Says whether anything happened since it was last asked, and forgets it.
    pub fn take_touched(&mut self) -> bool {
        self.interfaces
            .iter_mut()
            .fold(false, |touched, interface| touched | mem::take(&mut interface.touched))
    }

    /// Waits for something to happen, at most until `limit` (CLOCK_BOOTTIME) or until `descriptor` is ready, and does what follows.
    pub fn turn(
        &mut self,
        descriptor: BorrowedFd<'_>,
        limit: Option<Duration>,
        observer: &mut dyn Observer,
    ) -> Woken {
        let deadlines = self.interfaces.iter().filter_map(Interface::deadline);
        let until = deadlines.chain(limit).min();
        let now = crate::machine::uptime();
        let longest = if matches!(self.loopback, Loopback::Off(_)) { IDLE } else { LONGEST_WAIT };
        let wait = until.map_or(longest, |until| until.saturating_sub(now).min(longest));
        let mut entries = Vec::with_capacity(2 + self.interfaces.len());
        entries.push(PollFd::borrowed(descriptor, PollFlags::IN));
        entries.push(PollFd::new(&self.kernel, PollFlags::IN));
        entries.extend(self.interfaces.iter().map(|interface| match interface.socket() {
            Some(socket) => PollFd::borrowed(socket.as_fd(), PollFlags::IN),
            None => PollFd::nothing(),
        }));
        match poll::poll(&mut entries, Some(wait.into())) {
            Ok(_) | Err(Errno::INTR) => {}
            // Out of memory: nothing can be done but to wait for better times without a loop that eats the machine.
            Err(_) => {
                time::sleep(Duration::from_millis(100).into());
            }
        }
        let mut ready = entries.iter().map(PollFd::is_ready);
        let woken = if ready.next() == Some(true) { Woken::Descriptor } else { Woken::Other };
        let told = ready.next() == Some(true);
        let frames: Vec<bool> = ready.collect();
        if woken == Woken::Other && !told && !frames.contains(&true) {
            self.switch_loopback_on(observer);
        }
        let now = crate::machine::uptime();
        for (index, ready) in frames.into_iter().enumerate() {
            self.serve(index, ready, now, observer);
        }
        if told && !self.kernel.absorb() {
            observer.say(Weight::Detail, "", format_args!("changes of links were lost, listing them anew"));
            self.list(observer);
        }
        self.settle(observer);
        woken
    }

    /// Gives all addresses back and tells the servers.
    pub fn release(&mut self, observer: &mut dyn Observer) {
        self.tell(Event::Release, observer);
    }

    /// Has all leases confirmed now.
    pub fn renew(&mut self, observer: &mut dyn Observer) {
        self.tell(Event::Renew, observer);
    }

    fn tell(&mut self, event: Event<'_>, observer: &mut dyn Observer) {
        let now = crate::machine::uptime();
        for index in 0..self.interfaces.len() {
            self.with(index, observer, |interface, means| interface.handle(event, now, means));
        }
        self.settle(observer);
    }

    /// Lends the rest of the engine to one interface.
    fn with(
        &mut self,
        index: usize,
        observer: &mut dyn Observer,
        body: impl FnOnce(&mut Interface, &mut Means<'_>),
    ) {
        let Self { options, store, kernel, interfaces, .. } = self;
        if let Some(interface) = interfaces.get_mut(index) {
            body(interface, &mut Means { kernel, store: store.as_ref(), options, observer });
        }
    }

    fn serve(&mut self, index: usize, ready: bool, now: Duration, observer: &mut dyn Observer) {
        let mut buffer = mem::take(&mut self.buffer);
        self.with(index, observer, |interface, means| {
            if ready {
                interface.receive(&mut buffer, now, means);
            }
            if interface.deadline().is_some_and(|deadline| deadline <= now) {
                interface.handle(Event::Deadline, now, means);
            }
        });
        self.buffer = buffer;
    }

    /// Asks for all links; those that are not told of any more are gone.
    fn list(&mut self, observer: &mut dyn Observer) {
        if let Err(refused) = self.kernel.list_links() {
            observer.say(Weight::Fault, "", format_args!("list links: {}", refused.cause));
            return;
        }
        let news = &self.kernel.news;
        let is_told =
            |index: u32| news.iter().any(|news| matches!(news, LinkNews::Is(facts) if facts.index == index));
        let gone: Vec<_> = self.interfaces.iter().map(|interface| interface.facts().index).collect();
        for index in gone.into_iter().filter(|index| !is_told(*index)).collect::<Vec<_>>() {
            self.kernel.news.push_back(LinkNews::Gone(index));
        }
    }

    /// Brings everything that happened to its end: news of links, leases, the resolver file, and what waited for them.
    fn settle(&mut self, observer: &mut dyn Observer) {
        loop {
            self.take_news(observer);
            self.apply(observer);
            for index in 0..self.interfaces.len() {
                self.with(index, observer, Interface::catch_up);
            }
            // Applying a lease makes news.
            let pending = self.interfaces.iter().any(|interface| interface.pending.is_some());
            if self.kernel.news.is_empty() && !pending {
                return;
            }
        }
    }

    fn take_news(&mut self, observer: &mut dyn Observer) {
        while !self.kernel.news.is_empty() {
            let now = crate::machine::uptime();
            let mut asleep = Vec::new();
            while let Some(news) = self.kernel.news.pop_front() {
                match news {
                    LinkNews::Gone(index) => {
                        self.stations.retain(|(known, _)| *known != index);
                        self.remove(index, observer);
                    }
                    LinkNews::Is(facts) => {
                        self.meet_loopback(&facts);
                        asleep.extend((!facts.up && self.is_new(&facts)).then_some(facts.index));
                        self.learn(facts, now, observer);
                    }
                }
            }
            if !asleep.is_empty() {
                self.switch_on(&asleep, observer);
            }
        }
    }

    /// Says whether a link is to be served and was not known.
    fn is_new(&self, facts: &Facts) -> bool {
        self.position(facts.index).is_none() && self.is_wanted(facts)
    }

    fn is_wanted(&self, facts: &Facts) -> bool {
        if self.options.interfaces.is_empty() {
            facts.plain && facts.hardware.is_some()
        } else {
            facts.hardware.is_some() && self.options.interfaces.contains(&facts.name)
        }
    }

    fn position(&self, index: u32) -> Option<usize> {
        self.interfaces.iter().position(|interface| interface.facts().index == index)
    }

    /// Takes the first news of the loopback; what happens to it later is the administrator's will.
    fn meet_loopback(&mut self, facts: &Facts) {
        if facts.loopback && self.loopback == Loopback::Unknown && self.options.interfaces.is_empty() {
            self.loopback = if facts.up { Loopback::Settled } else { Loopback::Off(facts.index) };
        }
    }

    fn switch_loopback_on(&mut self, observer: &mut dyn Observer) {
        if let Loopback::Off(index) = self.loopback {
            self.loopback = Loopback::Settled;
            self.switch_on(&[index], observer);
        }
    }

    fn switch_on(&mut self, links: &[u32], observer: &mut dyn Observer) {
        self.kernel.requests.clear();
        links.iter().for_each(|index| requests::up(&mut self.kernel.requests, *index));
        if let Err(refused) = self.kernel.exchange() {
            let index = refused.request.and_then(|request| links.get(request));
            let position = index.and_then(|index| self.position(*index));
            let name = position.and_then(|at| self.interfaces.get(at)).map_or("", Interface::name);
            observer.say(Weight::Fault, name, format_args!("switch on: {}", refused.cause));
        }
    }

    /// Takes what a link is now: a change of one that is served, or one that is to be.
    fn learn(&mut self, facts: Facts, now: Duration, observer: &mut dyn Observer) {
        self.note_station(&facts);
        let wanted = self.is_wanted(&facts);
        let position = self.position(facts.index);
        let known = position.and_then(|at| self.interfaces.get(at)).map(Interface::hardware);
        match (position, facts.hardware) {
            (Some(at), hardware) if wanted && hardware == known => {
                self.with(at, observer, |interface, means| interface.update(facts, now, means));
            }
            (None, Some(hardware)) if wanted => self.add(facts, hardware, now, observer),
            // Another address of its own, or a part of a bridge now: for a server it is another client, or none.
            (Some(_), hardware) => {
                self.withdraw(facts.index, observer);
                if let Some(hardware) = hardware.filter(|_| wanted) {
                    self.add(facts, hardware, now, observer);
                }
            }
            (None, _) => {}
        }
    }

    /// Lets each client know the machine's own stations: what they say about an address is no conflict.
    fn note_station(&mut self, facts: &Facts) {
        let Some(hardware) = facts.hardware else { return };
        if self.stations.contains(&(facts.index, hardware)) {
            return;
        }
        self.stations.retain(|(known, _)| *known != facts.index);
        self.stations.push((facts.index, hardware));
        let stations = self.all_stations();
        self.interfaces.iter_mut().for_each(|interface| interface.set_siblings(&stations));
    }

    fn all_stations(&self) -> Vec<Mac> {
        self.stations.iter().map(|(_, hardware)| *hardware).collect()
    }

    fn add(&mut self, facts: Facts, hardware: Mac, now: Duration, observer: &mut dyn Observer) {
        let inherited = self.inherited.iter().position(|entry| entry.interface == facts.name);
        let inherited = inherited.map(|at| self.inherited.swap_remove(at));
        let saved =
            self.store.as_ref().filter(|_| inherited.as_ref().is_none_or(|entry| entry.lease.is_none()));
        let saved = saved.and_then(|store| store.lease(&facts.name));
        let room = usize::try_from(facts.mtu).map_or(FRAME, |mtu| mtu.saturating_add(AROUND).min(0x1_0000));
        if room > self.buffer.len() {
            self.buffer.resize(room, 0);
        }
        let config = interface::config(&self.options, &facts, hardware);
        let mut new = Interface::new(facts.clone(), hardware, inherited.as_ref(), saved, config);
        new.set_siblings(&self.all_stations());
        if inherited.is_none()
            && let Some(noted) = self.store.as_ref().and_then(|store| store.noted(new.name()))
        {
            new.recall_mtu(&noted);
        }
        // By index, so that the older link comes first wherever order matters.
        let at = self.interfaces.partition_point(|known| known.facts().index < facts.index);
        self.interfaces.insert(at, new);
        self.with(at, observer, |interface, means| interface.update(facts, now, means));
    }

    /// Ends the service of a link that is still there.
    fn withdraw(&mut self, index: u32, observer: &mut dyn Observer) {
        if let Some(at) = self.position(index) {
            self.with(at, observer, Interface::strip);
        }
        self.remove(index, observer);
    }

    fn remove(&mut self, index: u32, observer: &mut dyn Observer) {
        if let Some(at) = self.position(index) {
            let interface = self.interfaces.remove(at);
            observer.say(Weight::Notice, interface.name(), format_args!("is not served any more"));
            self.update_resolver(observer);
            observer.keep(&self.interfaces);
        }
    }

    /// Applies the leases that wait for it, in the order that the module's head gives the reasons for.
    fn apply(&mut self, observer: &mut dyn Observer) {
        if !self.interfaces.iter().any(|interface| interface.pending.is_some() || interface.changed) {
            return;
        }
        observer.keep(&self.interfaces);
        let now = crate::machine::uptime();
        for index in 0..self.interfaces.len() {
            self.with(index, observer, |interface, means| interface.apply(now, means));
        }
        let changed =
            self.interfaces.iter_mut().fold(false, |any, interface| any | mem::take(&mut interface.changed));
        if changed {
            self.update_resolver(observer);
        }
        let mut configured = false;
        for interface in &mut self.interfaces {
            if mem::take(&mut interface.configured) {
                configured = true;
                observer.configured(interface);
            }
        }
        if configured {
            self.switch_loopback_on(observer);
        }
    }

    fn update_resolver(&mut self, observer: &mut dyn Observer) {
        let Some(path) = &self.options.resolver_file else { return };
        let leases: Vec<&Lease> = self.interfaces.iter().filter_map(Interface::lease).collect();
        // Before the first lease the file is somebody else's.
        if leases.is_empty() && self.resolver.is_empty() {
            return;
        }
        let text = resolver::text(leases.into_iter());
        if text != self.resolver {
            match file::replace(path.as_bytes(), &text, Durability::Cache) {
                Ok(()) => self.resolver = text,
                Err(error) => observer.say(Weight::Fault, "", format_args!("{error}")),
            }
        }
    }
}

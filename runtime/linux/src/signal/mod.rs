//! Signals: their names, sets of them, what is done on one, and reading them from a descriptor.

mod action;
mod descriptor;
mod handler;
mod mask;
mod names;
mod note;
mod origin;
mod set;
mod stack;

pub(crate) use action::reset_handlers;
/// The registers of interrupted code, as a handler finds them.
pub use arch::signal::Context;

pub use action::{
    Action, ActionFlags, Handler, HandlerFunction, InfoFunction, SignalInfo, action, default, ignore,
    sigaction,
};
pub use descriptor::{Received, SignalfdFlags, read_signals, set_signalfd, signalfd};
pub use handler::{Interrupt, Interruption, catch};
pub use mask::{MaskHow, sigpending, sigprocmask, sigqueue, sigqueue_thread, sigsuspend, sigtimedwait};
pub use names::Signal;
pub use note::{has_noted, note, take_noted};
pub use origin::{Origin, origin};
pub use set::SignalSet;
pub use stack::{drop_alternate_stack, has_alternate_stack, sigaltstack};

//! Each thread's own plan, for the door of all.

use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::Once;

use linux::door::{self, Call};
use linux_raw_sys::general as kernel;

use crate::Plan;

/// Calls that do not return if they succeed.
const NO_RETURN: [u32; 4] =
    [kernel::__NR_execve, kernel::__NR_execveat, kernel::__NR_exit, kernel::__NR_exit_group];

thread_local! {
    /// What answers the calls of this thread.
    static OWN: Cell<Option<NonNull<Plan>>> = const { Cell::new(None) };
}

/// Puts the plan back that was there before, also when a test panics.
struct Before(Option<NonNull<Plan>>);

impl Drop for Before {
    fn drop(&mut self) {
        OWN.set(self.0);
    }
}

/// Runs this with a plan for the calls of this thread.
pub(crate) fn through<T>(plan: &Plan, run: impl FnOnce() -> T) -> T {
    static OPEN: Once = Once::new();
    // SAFETY: what a plan does not have made fails, or is what it says: time that has passed, bytes that have come.
    OPEN.call_once(|| unsafe { door::open(Some(answer)) });
    let _before = Before(OWN.replace(Some(NonNull::from(plan))));
    run()
}

/// Answers a call by the thread's plan.
///
/// # Safety
/// The call is sound with its arguments.
unsafe fn answer(call: Call) -> isize {
    // A thread that ends has none any more; and none while it answers.
    match OWN.try_with(Cell::take).ok().flatten() {
        Some(plan) => {
            let before = Before(Some(plan));
            // From these there is no return: who shares the memory with the caller, as after vfork, goes on by the plan.
            if NO_RETURN.contains(&call.number) {
                drop(before);
            }
            // SAFETY: `through` borrows it, and takes it away before it returns.
            let plan = unsafe { plan.as_ref() };
            // SAFETY: the caller's.
            unsafe { plan.answer(call) }
        }
        // SAFETY: the caller's.
        None => unsafe { call.make() },
    }
}

//! `sh --trace-json`: a line of JSON on standard error for each simple command that has ended.

use alloc::vec::Vec;
use core::time::Duration;

use query::Json;

use super::{Leave, Run, Shell};
use crate::syntax::{Bytes, Position};

impl Shell<'_> {
    /// Says of a command which process ran it and where it stands, its words, its status, and in microseconds when it began
    /// (of the system's clock since its start) and how long it took.
    pub(super) fn trace_json(&mut self, position: Position, fields: &[Bytes], run: &Run, begun: Duration) {
        let elapsed = self.system.now().saturating_sub(begun);
        let status = match run {
            Ok(status) | Err(Leave::Return(status) | Leave::Exit(status) | Leave::Failed(status)) => *status,
            Err(Leave::Break(_) | Leave::Continue(_)) => 0,
        };
        let mut line = Vec::new();
        let mut json = Json::new(&mut line);
        json.object();
        json.key("pid");
        json.signed(self.system.pid().get().into());
        json.field_number("line", position.line.into());
        json.field_number("column", position.column.into());
        json.key("arguments");
        json.array();
        fields.iter().for_each(|field| json.string(field));
        json.end_array();
        json.key("status");
        json.signed(status.into());
        json.field_number("start_us", begun.as_micros() as u64);
        json.field_number("elapsed_us", elapsed.as_micros() as u64);
        json.end_object();
        json.end();
        self.flush();
        self.say(&line);
    }
}

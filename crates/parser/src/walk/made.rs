//! How much is made of the record at hand, in texts that are no pieces of it.
//!
//! Masks, copies, joins and scripts write what a short record does not show, a list of values multiplies it,
//! and so do the paths of what is not declared. All of it counts towards one limit, which follows from the
//! length of the record, and in an envelope from its length too.

use sawlog_columns::{Code, Sink};
use sawlog_schema::NodeId;

use super::{Fail, Pass, Walk};
use crate::limits::{DERIVED_BYTES, MADE_FREE, MADE_GROWTH, MAX_MADE_BYTES};

/// Bytes that were made, and may be.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Made {
    /// Before the walk began.
    before: usize,
    bytes: usize,
    limit: usize,
}

impl Made {
    pub(super) fn begin(&mut self) {
        self.bytes = self.before;
    }
}

impl Walk {
    /// Says how many bytes may be made of the record to come, and how many were before it is walked.
    pub(crate) fn limit_made(&mut self, limit: usize, before: usize) {
        self.made = Made { before, bytes: before, limit };
    }

    /// How many bytes may be made of the record.
    pub(crate) fn made_limit(&self) -> usize {
        self.made.limit
    }

    /// Counts bytes that were made. False where they are too many.
    pub(crate) fn makes(&mut self, bytes: usize) -> bool {
        self.made.bytes = self.made.bytes.saturating_add(bytes);
        self.fits()
    }

    /// The same for a value that is derived, without its text.
    pub(crate) fn derives(&mut self) -> bool {
        self.makes(DERIVED_BYTES)
    }

    /// Whether what was made, with what is kept beside the schema, is not too much.
    pub(crate) fn fits(&self) -> bool {
        self.made.bytes.saturating_add(self.extra.len()) <= self.made.limit
    }
}

/// What was made, to tell what may be done about it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Making {
    Masked,
    Derived,
    Undeclared,
    /// By the text parser or the script of the log type.
    Parsed,
}

impl<S: Sink> Pass<'_, '_, '_, '_, S> {
    /// Counts bytes that were made for `node`.
    pub(super) fn makes(&mut self, node: NodeId, bytes: usize, making: Making) -> Result<(), Fail> {
        if self.walk.makes(bytes) { Ok(()) } else { Err(self.too_much(node, making)) }
    }

    pub(super) fn too_much(&self, node: NodeId, making: Making) -> Fail {
        let name = self.name(node);
        let of = match making {
            Making::Masked => format!("{name}, whose mask is long: let it write a shorter text"),
            Making::Derived => format!("{name}, which is made from other fields: copy or join less"),
            Making::Undeclared => format!("what is not declared in {name}: declare it, or take it as `json`"),
            Making::Parsed => "what its parser makes: let that write shorter texts".to_owned(),
        };
        self.broken(node, Code::TooLarge, told_too_much(self.walk.made_limit(), &of))
    }
}

/// Says that what is made of a record comes to more than `limit` bytes with `of`.
pub(crate) fn told_too_much(limit: usize, of: &str) -> String {
    format!(
        "what is made of the record comes to more than {limit} bytes with {of}; the limit is {MADE_GROWTH} \
         times the record and {} KiB, up to {} MiB, which log events share by their lengths",
        MADE_FREE >> 10,
        MAX_MADE_BYTES >> 20
    )
}

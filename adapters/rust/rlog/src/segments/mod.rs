//! Segments: runs of operations of one author in one log.

mod log_name;
mod pair;
mod set;

pub use log_name::is_log_name;
pub use pair::{compare, Compared, Contradiction};
pub use set::{InvalidRange, Refused, SegmentSet};

use crate::codec::op::Op;
use crate::rule::Rule;
use crate::Bytes;

/// A run of operations of a branch which one author wrote to one log (ENC-7).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Segment {
    pub author: u32,
    pub first_seq_no: i64,
    pub first_offset: i64,
    pub first_checksum: u32,
    pub last_seq_no: i64,
    /// 0 is not known.
    pub last_offset: i64,
    pub log: Bytes,
}

impl Segment {
    /// The segment that holds just one operation (TRN-6).
    pub fn of(op: &Op) -> Self {
        Segment {
            author: op.author,
            first_seq_no: op.seq_no,
            first_offset: op.first_offset,
            first_checksum: op.checksum,
            last_seq_no: op.seq_no,
            last_offset: op.last_offset,
            log: op.log.clone(),
        }
    }

    /// The first rule that the segment breaks on its own (SEG-1).
    pub fn validate(&self) -> Result<(), Rule> {
        let rules = [
            (self.author == 0, Rule::Author),
            (self.first_seq_no < 1, Rule::FirstSeqNo),
            (self.first_offset < 0, Rule::FirstOffset),
            (self.last_seq_no < self.first_seq_no, Rule::LastSeqNo),
            (self.last_offset != 0 && self.last_offset <= self.first_offset, Rule::LastOffset),
            (!is_log_name(&self.log), Rule::Log),
        ];
        match rules.into_iter().find(|(broken, _)| *broken) {
            Some((_, rule)) => Err(rule),
            None => Ok(()),
        }
    }
}

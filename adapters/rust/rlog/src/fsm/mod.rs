//! The state of one branch, and which operations continue it.

mod apply;
mod build;
mod outcome;
pub mod paths;
mod revision;

pub use outcome::Outcome;
pub use revision::Revision;

use crate::hints::{Hints, Refused};
use crate::rule::Rule;
use crate::segments::{Segment, SegmentSet};
use crate::Bytes;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A live file (TRN-1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveFile {
    /// One path or more.
    pub links: BTreeSet<Bytes>,
    /// One segment or more, in the order in which they were applied.
    pub segments: Vec<Segment>,
}

/// The state of one branch (TRN-1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fsm {
    revision: Revision,
    log: Bytes,
    /// 1 to 2^63, hence unsigned (SEQ-5).
    next_seq_no: u64,
    next_checksum: u32,
    live_files: BTreeMap<i64, LiveFile>,
    links: BTreeMap<Bytes, i64>,
    properties: BTreeMap<Bytes, Bytes>,
    pending: BTreeSet<Bytes>,
    hinted_segments: VecDeque<Segment>,
    hinted_fnodes: VecDeque<i64>,
    arrival: Option<Segment>,
    from_beginning: bool,
}

impl Fsm {
    /// Begins with hints, or refuses them (HNT-5, TRN-2).
    pub fn new(hints: &Hints, revision: Revision) -> Result<Fsm, Refused> {
        if hints.log.is_empty() {
            return Err(Rule::NoLog.into());
        }
        let flat = hints.flatten()?;
        if !revision.has_several_logs() && !all_in(&flat.set, &hints.log) {
            return Err(Rule::OneLog.into());
        }
        let hinted_segments: VecDeque<_> = flat.set.segments().to_vec().into();
        let first = hinted_segments.front();
        let properties: BTreeMap<_, _> = hints
            .properties
            .iter()
            .map(|property| (property.path.clone(), property.content.clone()))
            .collect();
        Ok(Fsm {
            revision,
            log: hints.log.clone(),
            next_seq_no: first.map_or(1, |segment| segment.first_seq_no.unsigned_abs()),
            next_checksum: first.map_or(0, |segment| segment.first_checksum),
            live_files: BTreeMap::new(),
            links: BTreeMap::new(),
            pending: properties.keys().cloned().collect(),
            properties,
            from_beginning: first.is_none_or(|segment| segment.first_seq_no == 1),
            hinted_segments,
            hinted_fnodes: flat.fnodes.into(),
            arrival: None,
        })
    }

    /// The log of the last transition; before the first one, the hints' log.
    pub fn log(&self) -> &[u8] {
        &self.log
    }

    /// The sequence number that the next operation must have: 1 to 2^63 (SEQ-5).
    pub fn next_seq_no(&self) -> u64 {
        self.next_seq_no
    }

    /// The checksum that the next operation must carry.
    pub fn next_checksum(&self) -> u32 {
        self.next_checksum
    }

    /// The live files by fnode.
    pub fn live_files(&self) -> &BTreeMap<i64, LiveFile> {
        &self.live_files
    }

    /// The links of all live files, and the files that they name.
    pub fn links(&self) -> &BTreeMap<Bytes, i64> {
        &self.links
    }

    /// The properties, pending ones too, and their content.
    pub fn properties(&self) -> &BTreeMap<Bytes, Bytes> {
        &self.properties
    }

    /// The first hinted segment that remains.
    pub fn next_segment(&self) -> Option<&Segment> {
        self.hinted_segments.front()
    }

    /// Whether hinted segments remain.
    pub fn is_hinted(&self) -> bool {
        !self.hinted_segments.is_empty()
    }

    /// The hinted segments that remain.
    pub fn hinted_segments(&self) -> impl Iterator<Item = &Segment> {
        self.hinted_segments.iter()
    }

    /// Whether hinted segments or hinted fnodes remain.
    pub fn hints_remain(&self) -> bool {
        self.is_hinted() || !self.hinted_fnodes.is_empty()
    }
}

fn all_in(set: &SegmentSet, log: &[u8]) -> bool {
    set.segments().iter().all(|segment| segment.log == log)
}

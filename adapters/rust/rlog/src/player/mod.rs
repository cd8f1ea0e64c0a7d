//! The player: a machine that rebuilds files from logs.
//!
//! It asks for one thing at a time ([`Player::ask`]), and is given the answer
//! ([`Player::answer`]). It reads no log itself, so any journal will do.

mod ask;
mod error;
mod file;
mod play;
mod tree;
mod wish;

pub use ask::{Answer, Ask};
pub use error::PlayError;
pub use file::SparseFile;
pub use tree::{Tree, TreeFile};
pub use wish::{Wish, WishRefused};

use crate::codec::op::Op;
use crate::codec::reader::{FrameReader, Range};
use crate::fsm::{Fsm, Revision};
use crate::hints::{Hints, Refused};
use crate::segments::Segment;
use crate::Bytes;
use std::collections::{BTreeMap, VecDeque};
use wish::Going;

/// An operation that would be a transition, but may be cut off: it waits for the head (PLAY-11).
struct Held {
    op: Op,
    payload: Bytes,
    /// What was skipped before its frame.
    skipped: Option<Range>,
    end: u128,
}

/// Where the raw bytes of an applied write go.
struct Target {
    fnode: i64,
    offset: u64,
}

enum End {
    Complete(Tree),
    Failed(PlayError),
}

/// How a play ended, if it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended<'a> {
    Complete(&'a Tree),
    Failed(&'a PlayError),
}

/// A play of one log, or of several.
pub struct Player {
    fsm: Fsm,
    hints_log: Bytes,
    /// The last segment of the hinted set, for the holes that it may lie in (PLAY-5).
    last_hinted: Option<Segment>,
    /// The logs whose heads are still to be asked for, in order (PLAY-1).
    untold: VecDeque<Bytes>,
    heads: BTreeMap<Bytes, u64>,
    /// The log that is read.
    log: Bytes,
    reader: FrameReader,
    held: Option<Held>,
    /// Set while raw bytes of an applied write are awaited. All others are passed over (PLAY-4).
    target: Option<Target>,
    files: BTreeMap<i64, SparseFile>,
    /// Why the play fails if these files are laid out (PLAY-12).
    too_long: BTreeMap<i64, PlayError>,
    skipped: Vec<(Bytes, Range)>,
    wish: Option<Going>,
    end: Option<End>,
}

impl Player {
    /// A player that begins with hints, or why it can't (HNT-5).
    pub fn new(hints: &Hints, revision: Revision) -> Result<Player, Refused> {
        let fsm = Fsm::new(hints, revision)?;
        let (log, offset) = match fsm.next_segment() {
            Some(first) => (first.log.clone(), first.first_offset.unsigned_abs()),
            None => (hints.log.clone(), 0),
        };
        Ok(Player {
            hints_log: hints.log.clone(),
            last_hinted: fsm.hinted_segments().last().cloned(),
            untold: hints.logs().into(),
            heads: BTreeMap::new(),
            log,
            reader: FrameReader::new(offset),
            held: None,
            target: None,
            files: BTreeMap::new(),
            too_long: BTreeMap::new(),
            skipped: Vec::new(),
            wish: None,
            end: None,
            fsm,
        })
    }

    /// The FSM of the play.
    pub fn fsm(&self) -> &Fsm {
        &self.fsm
    }

    /// The log that is read.
    pub fn log(&self) -> &[u8] {
        &self.log
    }

    /// The bytes of logs that were skipped (FRM-3), in the order in which they were read.
    pub fn skipped(&self) -> &[(Bytes, Range)] {
        &self.skipped
    }

    /// How the play ended, if it did.
    pub fn ended(&self) -> Option<Ended<'_>> {
        match self.end.as_ref()? {
            End::Complete(tree) => Some(Ended::Complete(tree)),
            End::Failed(error) => Some(Ended::Failed(error)),
        }
    }

    /// Whether the play goes on with what is appended as it comes (PLAY-13).
    pub fn tails(&self) -> bool {
        self.end.is_none() && self.has_read_hints() && self.at_head()
    }

    /// Lasting hints of the play, or none if it has not read its own yet or has failed (PLAY-16).
    pub fn hints(&self) -> Option<Result<Hints, Refused>> {
        let failed = matches!(self.end, Some(End::Failed(_)));
        (!failed && self.has_read_hints()).then(|| self.fsm.build_lasting_hints())
    }

    fn has_read_hints(&self) -> bool {
        self.untold.is_empty() && !self.fsm.is_hinted()
    }

    /// The head that is known of the log that is read.
    fn head(&self) -> u64 {
        self.heads.get(&self.log).copied().unwrap_or(0)
    }

    fn at_head(&self) -> bool {
        self.reader.end() >= self.head()
    }

    fn awaits_raw(&self) -> bool {
        self.target.is_some()
    }
}

//! What a player asks for next, and what it makes of the answer (PLAY-18).

use super::{End, PlayError, Player, Wish};
use crate::author;
use crate::Bytes;

/// What a player asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The head of a log.
    Head { log: Bytes },
    /// Bytes of a log. Where `waits`, they need not be there yet.
    Read { log: Bytes, offset: u64, waits: bool },
    /// To append the no-op of a handoff, with a union of the register `author` with the author's
    /// fence, and without a check (HOF-2).
    Append { log: Bytes, frame: Bytes, fence: String },
    /// Nothing: the play has ended.
    Nothing,
}

/// The answer to what a player asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<'a> {
    /// The head of the log.
    Head(u64),
    /// Bytes from an offset on: the one that was asked for, or the next one that there is.
    Bytes { offset: u64, bytes: &'a [u8] },
    /// There are no bytes yet.
    NoBytes,
    /// What was appended ends there.
    Appended { end: u64 },
}

impl Player {
    /// What the player asks for, all bytes at hand being read (PLAY-18).
    pub fn ask(&self) -> Ask {
        if self.end.is_some() {
            return Ask::Nothing;
        }
        if self.held.is_some() {
            return Ask::Head { log: self.log.clone() };
        }
        if let Some(log) = self.untold.front() {
            return Ask::Head { log: log.clone() };
        }
        let Some(going) = self.wish.as_ref().filter(|_| !self.fsm.is_hinted()) else {
            return self.ask_for_bytes();
        };
        match (going.head, going.wish) {
            (None, _) => Ask::Head { log: self.hints_log.clone() },
            (Some(head), Wish::HandOff(author)) if self.has_reached(head) => {
                // Settling has seen to it that there is a no-op, and that the author has a fence.
                Ask::Append {
                    log: self.log.clone(),
                    frame: self.handoff_frame(author).unwrap_or_default(),
                    fence: author::fence(author).unwrap_or_default(),
                }
            }
            _ => self.ask_for_bytes(),
        }
    }

    fn ask_for_bytes(&self) -> Ask {
        let waits = self.has_read_hints()
            && self.wish.is_none()
            && self.has_reached(self.head())
            && self.reader.unfinished().is_none();
        Ask::Read { log: self.log.clone(), offset: self.reader.end(), waits }
    }

    /// Whether the bytes at hand reach to a head, and all of them are of whole operations.
    pub(super) fn has_reached(&self, head: u64) -> bool {
        self.reader.end() >= head && !self.awaits_raw()
    }

    /// Takes the answer to what the player asks for. Any other answer is one to a former question,
    /// which a wish replaced: it is not looked at.
    pub fn answer(&mut self, answer: Answer<'_>) {
        match (self.ask(), answer) {
            (Ask::Head { log }, Answer::Head(head)) => self.head_told(log, head),
            (Ask::Read { offset, .. }, Answer::Bytes { offset: from, bytes }) if from >= offset => {
                if from > offset {
                    self.read_over_hole(offset, from);
                }
                self.reader.feed(bytes);
            }
            (Ask::Read { offset, waits, .. }, Answer::NoBytes) => self.no_bytes_at(offset, waits),
            (Ask::Append { .. }, Answer::Appended { end }) => self.appended(end),
            _ => {}
        }
        self.settle();
    }

    fn head_told(&mut self, log: Bytes, head: u64) {
        self.heads.insert(log.clone(), head);
        if let Some(held) = self.held.take() {
            self.offer_or_reject(held);
        } else if self.untold.front() == Some(&log) {
            self.untold.pop_front();
            self.check_hints_against_head(log, head);
        } else if let Some(going) = &mut self.wish {
            going.head = Some(head);
        }
    }

    /// Hints that name an offset at or beyond the head tell of data that is lost (PLAY-2).
    fn check_hints_against_head(&mut self, log: Bytes, head: u64) {
        let beyond = self.fsm.hinted_segments().find(|segment| {
            segment.log == log
                && (segment.first_offset.unsigned_abs() >= head
                    || segment.last_offset.unsigned_abs() > head)
        });
        if let Some(segment) = beyond.cloned() {
            self.fail(PlayError::HintsBeyondHead { log, segment, head });
        }
    }

    /// Goes on behind a hole, or fails where the branch may have gone on in it (PLAY-5).
    fn read_over_hole(&mut self, begin: u64, end: u64) {
        let next_was_in_it = match self.fsm.next_segment() {
            None => true,
            Some(next) => next.last_offset != 0 && next.last_offset.unsigned_abs() <= end,
        };
        let last_may_be_in_it = self.last_hinted.as_ref().is_some_and(|last| {
            last.log == self.log && last.first_offset.unsigned_abs() < end && last.last_offset == 0
        });
        if next_was_in_it || last_may_be_in_it || self.awaits_raw() {
            self.fail(PlayError::HoleInLog {
                log: self.log.clone(),
                first_offset: begin,
                last_offset: end,
                next_seq_no: self.fsm.next_seq_no(),
            });
        }
        self.reader.seek(end);
    }

    /// That there are no bytes yet says that the log's head is there (PLAY-18, case 5).
    fn no_bytes_at(&mut self, offset: u64, waits: bool) {
        let head = self.head();
        if offset < head {
            self.fail(PlayError::LogEndsEarly { log: self.log.clone(), end: offset, head });
        } else if !waits {
            self.heads.insert(self.log.clone(), offset);
            if self.reader.unfinished().is_some() {
                self.reader.reject();
            }
        }
    }

    fn appended(&mut self, end: u64) {
        self.heads.insert(self.log.clone(), end);
        let seq_no = i64::try_from(self.fsm.next_seq_no()).ok();
        if let Some(going) = &mut self.wish {
            going.head = Some(end);
            going.appended = seq_no;
        }
    }

    pub(super) fn fail(&mut self, error: PlayError) {
        self.end = Some(End::Failed(error));
    }
}

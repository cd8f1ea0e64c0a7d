//! How bytes at hand are played.

use super::file::MAX_SIZE;
use super::{tree, End, Held, PlayError, Player, Target, Tree, Wish};
use crate::codec::op::{Change, Op, Write};
use crate::codec::reader::{Event, FrameReader, Range};
use crate::fsm::Outcome;
use crate::Bytes;

impl Player {
    /// Plays all bytes at hand, and does all that needs no answer (PLAY-18, cases 2 and 4).
    pub(super) fn settle(&mut self) {
        loop {
            self.play_bytes_at_hand();
            if self.end.is_some() || self.held.is_some() || !self.untold.is_empty() {
                return;
            }
            let goal = if self.fsm.is_hinted() {
                Some(self.head())
            } else {
                self.wish.as_ref().and_then(|going| going.head)
            };
            let Some(goal) = goal.filter(|&goal| self.has_reached(goal)) else {
                return;
            };
            // An append is atomic, so what is not whole at a head is no operation (PLAY-4).
            if self.reader.unfinished().is_some_and(|begin| begin < goal) {
                self.reader.reject();
                continue;
            }
            return self.reached(goal);
        }
    }

    /// Does what is to be done at the head.
    fn reached(&mut self, head: u64) {
        if let Some(segment) = self.fsm.next_segment().cloned() {
            return self.fail(PlayError::HintsRemain {
                log: self.log.clone(),
                segment,
                next_seq_no: self.fsm.next_seq_no(),
                next_checksum: self.fsm.next_checksum(),
                head,
            });
        }
        let Some(going) = &mut self.wish else {
            return;
        };
        match going.wish {
            Wish::Finish => self.complete(),
            Wish::HandOff(_) if going.appended.is_some() => going.try_again(),
            Wish::HandOff(author) => {
                if self.handoff_frame(author).is_none() {
                    let log = self.log.clone();
                    self.fail(PlayError::BranchFull { log });
                }
            }
        }
    }

    fn play_bytes_at_hand(&mut self) {
        while self.end.is_none() && self.held.is_none() {
            self.follow_hints();
            match self.reader.next_event() {
                None => return,
                Some(Event::Raw(bytes)) => self.write_raw(&bytes),
                Some(Event::Frame { begin, end, payload, skipped }) => {
                    self.frame(begin, end, payload, skipped)
                }
            }
        }
    }

    /// Reads the log of the next hinted segment, and never before it (PLAY-3).
    fn follow_hints(&mut self) {
        if self.awaits_raw() {
            return;
        }
        let Some(next) = self.fsm.next_segment() else {
            return;
        };
        let offset = next.first_offset.unsigned_abs();
        if next.log == self.log {
            self.reader.seek(offset);
        } else {
            self.log.clone_from(&next.log);
            self.reader = FrameReader::new(offset);
        }
    }

    /// Offers a frame to the FSM if its payload is an operation (PLAY-4).
    fn frame(&mut self, begin: u64, end: u64, payload: Bytes, skipped: Option<Range>) {
        let Ok(mut op) = Op::decode(&payload) else {
            return self.reader.reject();
        };
        if !self.fsm.check(&op).is_transition() {
            self.note_skipped(skipped);
            return self.reader.doubt();
        }
        let op_end = u128::from(end) + u128::from(op.raw_length());
        // An end beyond what an offset can be is beyond any head, so it is never applied.
        let last_offset = i64::try_from(op_end).unwrap_or(i64::MAX);
        op.attach(&self.log, begin as i64, last_offset);
        let held = Held { op, payload, skipped, end: op_end };
        if self.is_whole(&held) {
            self.offer(held);
        } else {
            self.held = Some(held);
        }
    }

    /// Whether an operation ends within the bytes at hand, or before the head (PLAY-11).
    fn is_whole(&self, held: &Held) -> bool {
        held.end <= u128::from(self.reader.end().max(self.head()))
    }

    /// Goes on with an operation that waited for the head (PLAY-11).
    pub(super) fn offer_or_reject(&mut self, held: Held) {
        if self.is_whole(&held) {
            self.offer(held);
        } else {
            self.reader.reject();
        }
    }

    /// What was skipped before a frame is told once that is believed to be one (FRM-6).
    fn note_skipped(&mut self, skipped: Option<Range>) {
        self.skipped.extend(skipped.map(|range| (self.log.clone(), range)));
    }

    fn offer(&mut self, held: Held) {
        self.note_skipped(held.skipped);
        let op = &held.op;
        if self.fsm.apply(op, &held.payload) == Outcome::Applied {
            self.change(op);
        }
        if !self.awaits_raw() {
            // No applied write brings these raw bytes: they are passed over, at hand or not (PLAY-4).
            self.reader.seek(op.last_offset.unsigned_abs());
        }
    }

    /// Does to the files what an applied operation says (PLAY-12).
    fn change(&mut self, op: &Op) {
        match op.change() {
            Change::Create(_) => {
                self.files.insert(op.seq_no, Default::default());
            }
            Change::Unlink(unlink) if !self.fsm.live_files().contains_key(&unlink.fnode) => {
                self.files.remove(&unlink.fnode);
            }
            Change::Write(write) if write.length > 0 => self.begin_write(op, write),
            _ => {}
        }
        if self.is_handoff(op) {
            self.complete();
        }
    }

    /// Awaits the raw bytes of an applied write, or fails where it is not within a file (PLAY-4).
    fn begin_write(&mut self, op: &Op, write: &Write) {
        let error = PlayError::UnplayableWrite {
            log: op.log.clone(),
            log_offset: op.first_offset.unsigned_abs(),
            fnode: write.fnode,
            file_offset: write.offset,
        };
        let (Ok(offset), Some(end)) =
            (u64::try_from(write.offset), write.offset.checked_add(write.length))
        else {
            return self.fail(error);
        };
        if end > MAX_SIZE {
            self.too_long.insert(write.fnode, error);
        }
        self.target = Some(Target { fnode: write.fnode, offset });
        self.reader.expect_raw(op.raw_length());
    }

    fn write_raw(&mut self, bytes: &[u8]) {
        let Some(target) = &mut self.target else {
            return;
        };
        if let Some(file) = self.files.get_mut(&target.fnode) {
            file.write(target.offset, bytes);
        }
        target.offset += bytes.len() as u64;
        if self.reader.raw_awaited() == 0 {
            self.target = None;
        }
    }

    /// Lays out the files, if a directory can hold them, and none is too long (PLAY-9, PLAY-12).
    fn complete(&mut self) {
        let mut live = self.fsm.live_files().keys();
        let too_long = live.find_map(|fnode| self.too_long.get(fnode)).cloned();
        let checked = tree::check(&self.fsm, &self.log).and(too_long.map_or(Ok(()), Err));
        self.end = Some(match checked {
            Ok(()) => End::Complete(Tree::of(&self.fsm, &self.files)),
            Err(error) => End::Failed(error),
        });
    }
}

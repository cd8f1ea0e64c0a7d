//! Offers of operations: the rules, and what each change does.

use super::{paths, Fsm, LiveFile, Outcome};
use crate::codec::checksum;
use crate::codec::op::{Change, Op, Property};
use crate::segments::Segment;
use std::collections::BTreeSet;

impl Fsm {
    /// Offers an operation with its meta-fields, and the payload that it was read from. Gives its
    /// outcome, and moves the state on where it is a transition (TRN-4, TRN-5).
    pub fn apply(&mut self, op: &Op, payload: &[u8]) -> Outcome {
        let outcome = self.check(op);
        if outcome.is_transition() {
            // All that asks whether the FSM is hinted asks before the operation consumes anything
            // (TRN-13).
            if outcome == Outcome::Applied {
                self.take_effect(op);
            }
            self.note_arrival(op);
            self.go_on_behind(op, payload);
        }
        outcome
    }

    /// The outcome that an operation would have: the first rule that is broken (FSM-0 to FSM-8).
    pub fn check(&self, op: &Op) -> Outcome {
        if let Some(segment) = self.next_segment() {
            if segment.author != op.author {
                return Outcome::NotHintedAuthor { expected: segment.author, actual: op.author };
            }
        }
        if u64::try_from(op.seq_no) != Ok(self.next_seq_no) {
            return Outcome::WrongSeqNo { expected: self.next_seq_no, actual: op.seq_no };
        }
        if op.checksum != self.next_checksum {
            return Outcome::ChecksumMismatch { expected: self.next_checksum, actual: op.checksum };
        }
        let change = op.change();
        let hinted_create = self.hinted_fnodes.front() == Some(&op.seq_no);
        if hinted_create && !matches!(change, Change::Create(_)) {
            return Outcome::ExpectedHintedFnode { fnode: op.seq_no };
        }
        let broken = match change {
            Change::Create(create) => self
                .link_exists(&create.path)
                .or_else(|| self.property_exists(&create.path))
                .or_else(|| self.create_untracked(op.seq_no, hinted_create)),
            Change::Link(link) => self
                .link_exists(&link.path)
                .or_else(|| self.property_exists(&link.path))
                .or_else(|| self.not_tracked(link.fnode)),
            Change::Unlink(unlink) => self
                .not_tracked(unlink.fnode)
                .or_else(|| self.no_such_link(unlink.fnode, &unlink.path)),
            Change::Write(write) => self.not_tracked(write.fnode),
            Change::Property(property) => {
                self.link_exists(&property.path).or_else(|| self.property_differs(property))
            }
            Change::NoOp => None,
        };
        broken.unwrap_or(Outcome::Applied)
    }

    fn link_exists(&self, path: &[u8]) -> Option<Outcome> {
        self.links.get(path).map(|&fnode| Outcome::LinkExists { path: path.to_vec(), fnode })
    }

    /// A pending property rejects nothing (TRN-11).
    fn property_exists(&self, path: &[u8]) -> Option<Outcome> {
        let content = self.properties.get(path)?;
        (!self.pending.contains(path))
            .then(|| Outcome::PropertyExists { path: path.to_vec(), content: content.clone() })
    }

    fn property_differs(&self, property: &Property) -> Option<Outcome> {
        if self.revision.lets_properties_change()
            || self.properties.get(&property.path) == Some(&property.content)
        {
            return None;
        }
        self.property_exists(&property.path)
    }

    fn create_untracked(&self, seq_no: i64, hinted_create: bool) -> Option<Outcome> {
        let untracked = self.is_hinted() && !hinted_create;
        untracked.then_some(Outcome::FnodeNotTracked { fnode: seq_no })
    }

    fn not_tracked(&self, fnode: i64) -> Option<Outcome> {
        let tracked = self.live_files.contains_key(&fnode);
        (!tracked).then_some(Outcome::FnodeNotTracked { fnode })
    }

    fn no_such_link(&self, fnode: i64, path: &[u8]) -> Option<Outcome> {
        let linked = self.links.get(path) == Some(&fnode);
        (!linked).then(|| Outcome::NoSuchLink { fnode, path: path.to_vec() })
    }

    fn take_effect(&mut self, op: &Op) {
        match op.change() {
            Change::Create(create) => {
                self.drop_pending_at(&create.path);
                self.links.insert(create.path.clone(), op.seq_no);
                let file = LiveFile {
                    links: BTreeSet::from([create.path.clone()]),
                    segments: vec![Segment::of(op)],
                };
                self.live_files.insert(op.seq_no, file);
            }
            Change::Link(link) => {
                self.drop_pending_at(&link.path);
                self.links.insert(link.path.clone(), link.fnode);
                if let Some(file) = self.live_files.get_mut(&link.fnode) {
                    file.links.insert(link.path.clone());
                    file.extend(op);
                }
            }
            Change::Unlink(unlink) => {
                self.links.remove(&unlink.path);
                if let Some(file) = self.live_files.get_mut(&unlink.fnode) {
                    file.links.remove(&unlink.path);
                    if file.links.is_empty() {
                        self.live_files.remove(&unlink.fnode);
                    } else {
                        file.extend(op);
                    }
                }
            }
            Change::Write(write) => {
                if let Some(file) = self.live_files.get_mut(&write.fnode) {
                    file.extend(op);
                }
            }
            Change::Property(property) => self.set_property(property),
            Change::NoOp => {}
        }
    }

    /// What the log says before the last hinted operation is older than what the hints say of the
    /// same path (TRN-10).
    fn set_property(&mut self, property: &Property) {
        self.drop_pending_at(&property.path);
        self.pending.remove(&property.path);
        let known = self.properties.contains_key(&property.path);
        if !self.is_hinted() || !known {
            self.properties.insert(property.path.clone(), property.content.clone());
        }
    }

    /// Behind the hinted segments, a pending property yields to what the branch puts at its path,
    /// above or below it (TRN-11).
    fn drop_pending_at(&mut self, path: &[u8]) {
        if self.is_hinted() || self.pending.is_empty() {
            return;
        }
        let properties = &mut self.properties;
        self.pending.retain(|pending| {
            let clash = paths::clash(pending, path);
            if clash {
                properties.remove(pending);
            }
            !clash
        });
    }

    /// The first operation behind a change of log is the arrival (TRN-17).
    fn note_arrival(&mut self, op: &Op) {
        if op.log != self.log {
            self.arrival = Some(Segment::of(op));
            self.from_beginning &= op.seq_no == 1;
            self.log.clone_from(&op.log);
        }
    }

    /// Moves on to the next operation, and consumes hints (TRN-5, TRN-13, TRN-14).
    fn go_on_behind(&mut self, op: &Op, payload: &[u8]) {
        self.next_seq_no += 1;
        self.next_checksum = checksum::update(op.checksum, payload);
        if self.hinted_fnodes.front() == Some(&op.seq_no) {
            self.hinted_fnodes.pop_front();
        }
        if self.next_segment().map(|segment| segment.last_seq_no) == Some(op.seq_no) {
            self.hinted_segments.pop_front();
            if let Some(next) = self.hinted_segments.front() {
                self.next_seq_no = next.first_seq_no.unsigned_abs();
                self.next_checksum = next.first_checksum;
            }
        }
    }
}

impl LiveFile {
    /// Extends the file's segments by an operation (TRN-9).
    fn extend(&mut self, op: &Op) {
        match self.segments.last_mut() {
            Some(last) if last.author == op.author && last.log == op.log => {
                last.last_seq_no = op.seq_no;
                last.last_offset = op.last_offset;
            }
            _ => self.segments.push(Segment::of(op)),
        }
    }
}

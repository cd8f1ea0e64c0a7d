//! What a player is asked to do at the head: to finish, or to hand off (PLAY-7, PLAY-8, HOF).

use super::Player;
use crate::codec::frame;
use crate::codec::op::{Change, Op};
use crate::Bytes;

/// What is to be done at the head (PLAY-14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To be complete at the write head (PLAY-7).
    Finish,
    /// To append a no-op of this author, and to be complete with it (PLAY-8).
    HandOff(u32),
}

/// Why a wish is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WishRefused {
    /// There is one already (PLAY-14).
    SecondWish,
    /// Zero is no author (HOF-5).
    NoAuthor,
    /// The play has ended.
    Ended,
}

/// A wish, and how far it has come.
pub(super) struct Going {
    pub wish: Wish,
    /// The head to which it goes, once that was asked for.
    pub head: Option<u64>,
    /// The sequence number of the no-op that was appended for it last.
    pub appended: Option<i64>,
}

impl Player {
    /// Wishes something, once a play.
    pub fn wish(&mut self, wish: Wish) -> Result<(), WishRefused> {
        if self.end.is_some() {
            return Err(WishRefused::Ended);
        }
        if self.wish.is_some() {
            return Err(WishRefused::SecondWish);
        }
        if wish == Wish::HandOff(0) {
            return Err(WishRefused::NoAuthor);
        }
        self.wish = Some(Going { wish, head: None, appended: None });
        self.settle();
        Ok(())
    }

    /// The frame of the handoff's no-op: the next of the branch (HOF-1).
    pub(super) fn handoff_frame(&self, author: u32) -> Option<Bytes> {
        let no_op = Op {
            seq_no: i64::try_from(self.fsm.next_seq_no()).ok()?,
            checksum: self.fsm.next_checksum(),
            author,
            ..Op::default()
        };
        frame::encode(&no_op.encode()).ok()
    }

    /// Whether an operation that is applied is the no-op that was appended (HOF-3).
    pub(super) fn is_handoff(&self, op: &Op) -> bool {
        self.wish.as_ref().is_some_and(|going| {
            going.wish == Wish::HandOff(op.author)
                && going.appended == Some(op.seq_no)
                && op.change() == Change::NoOp
        })
    }
}

impl Going {
    /// Another operation was applied in place of the no-op, or none: it does the same again from
    /// the new end (HOF-4).
    pub fn try_again(&mut self) {
        self.head = None;
        self.appended = None;
    }
}

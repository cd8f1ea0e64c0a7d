//! An adapter kit: all of the adapter protocol (`spec/adapter/README.md`) but the implementation
//! that is tried.
//!
//! An implementation is put behind the trait [`Implementation`], and [`serve`] does the rest: it
//! reads requests from standard input, keeps what scenarios name, runs their steps over logs in
//! memory, and writes observations and snapshots. What an implementation does not have it leaves to
//! the traits' defaults, which answer that it is unsupported.

mod fields;
mod implementation;
mod journal;
mod message;
mod shown;
mod step;
mod world;

pub use fields::{from_hex, to_hex};
pub use implementation::{
    Answer, Ask, Ended, Failure, Fsm, FsmState, Implementation, Info, Node, Player, Reply,
    SegmentSet, Wish,
};
pub use journal::{Journal, Journals, Read};
pub use message::{answer, serve, serve_on};
pub use shown::{Found, Hints, Observation, Segment, TreeFile};
pub use step::{Step, Until};
pub use world::World;

/// A string of bytes, which need be no UTF-8.
pub type Bytes = Vec<u8>;

/// The example of the README, which is to compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

//! Recovery logs, from the text of the specification alone.
//!
//! A recovery log is a journal of operations on files. [`codec`] reads and writes its bytes,
//! [`segments`] and [`hints`] say which parts of it matter, [`fsm`] decides which operations make
//! up one branch, and [`player`] rebuilds files from it. Documentation of public items names the
//! clause of the specification that they follow.

pub mod author;
pub mod codec;
pub mod fsm;
pub mod hints;
pub mod player;
pub mod rule;
pub mod segments;
mod unicode;

/// A string of bytes, which need be no UTF-8 (ENC-2).
pub type Bytes = Vec<u8>;

//! The conformance adapter of the crate `rlog`.

mod codec;
mod convert;
mod fsm;
mod player;
#[cfg(test)]
mod tests;

use rlog::fsm::Revision;
use rlog_kit::{Bytes, Failure, Found, Hints, Implementation, Info, Reply};
use std::process::ExitCode;

const CAPABILITIES: [&str; 6] =
    ["codec", "segments", "fsm", "player", "several_logs", "properties"];

/// The crate `rlog`, in one revision.
#[derive(Default)]
struct Rlog {
    revision: Revision,
}

impl Implementation for Rlog {
    fn info(&self) -> Info {
        Info {
            implementation: "rlog-rust".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            revision: "2023-12".into(),
            capabilities: CAPABILITIES.map(String::from).into(),
        }
    }

    fn begin(&mut self, revision: &str) -> Reply<()> {
        let named = Revision::named(revision);
        self.revision = named.ok_or_else(|| Failure::Unsupported(revision.into()))?;
        Ok(())
    }

    fn decode(&self, payload: &[u8]) -> Reply<Bytes> {
        codec::op(payload).map(|op| op.encode_with_meta())
    }

    fn decode_hints(&self, encoded: &[u8]) -> Reply<(Hints, Bytes)> {
        codec::hints(encoded).map(|hints| (convert::hints(&hints), hints.encode()))
    }

    fn unframe(&self, pieces: &mut dyn Iterator<Item = &[u8]>) -> Reply<Vec<Found>> {
        Ok(codec::unframe(pieces))
    }

    fn new_set(&self) -> Reply<Box<dyn rlog_kit::SegmentSet>> {
        Ok(Box::new(fsm::Set::default()))
    }

    fn new_fsm(&self, hints: &[u8]) -> Reply<Box<dyn rlog_kit::Fsm>> {
        let hints = codec::hints(hints)?;
        let fsm = rlog::fsm::Fsm::new(&hints, self.revision);
        Ok(Box::new(fsm::Machine(fsm.map_err(convert::refused)?)))
    }

    fn new_player(&self, hints: &[u8]) -> Reply<Box<dyn rlog_kit::Player>> {
        let hints = codec::hints(hints)?;
        let player = rlog::player::Player::new(&hints, self.revision);
        Ok(Box::new(player::Play(player.map_err(convert::refused)?)))
    }
}

fn main() -> ExitCode {
    rlog_kit::serve(&mut Rlog::default())
}

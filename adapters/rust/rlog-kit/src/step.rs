//! The steps of scenarios (ADP-12 to ADP-28).

use crate::fields::{Fields, Unreadable};
use crate::shown::Segment;
use crate::Bytes;
use serde_json::Value;

/// How far a player advances (ADP-26).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    End,
    Head,
    Append,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Decode { payload: Bytes },
    DecodeHints { encoded: Bytes },
    Unframe { data: Bytes, piece: i64 },
    AddSegment { set: String, segment: Segment },
    Intersect { set: String, log: Bytes, first: i64, last: i64 },
    NewFsm { fsm: String, hints: Bytes },
    Apply { fsm: String, payload: Bytes, log: Bytes, first: i64, last: i64 },
    BuildHints { fsm: String },
    AppendRaw { log: Bytes, data: Bytes, times: i64 },
    Roll { log: Bytes },
    Prune { log: Bytes, begin: i64, before: i64 },
    ReadLog { log: Bytes, offset: i64 },
    GiveHints { hints: String, encoded: Bytes },
    Play { player: String, hints: Option<String>, log: Option<Bytes> },
    FinishAtWriteHead { player: String },
    InjectHandoff { player: String, author: u32 },
    Advance { player: String, until: Until },
    HandoffAgain { player: String },
    TakePlayerHints { player: String, hints: String },
}

impl Step {
    /// Reads a step, which has its name in the member `do` (ADP-4).
    pub fn read(value: &Value) -> Result<Step, Unreadable> {
        let unknown = || format!("a step of this form: {value}");
        let object = value.as_object().ok_or_else(unknown)?;
        let name = object.get("do").and_then(Value::as_str).ok_or_else(unknown)?;
        Self::of(name, &Fields::new(object))
    }

    fn of(name: &str, f: &Fields<'_>) -> Result<Step, Unreadable> {
        let log = || Ok::<_, Unreadable>(f.bytes("log")?.unwrap_or_default());
        let fsm = || f.the_name("fsm");
        let player = || f.the_name("player");
        Ok(match name {
            "decode" => Step::Decode { payload: f.hex("payload")? },
            "decode_hints" => Step::DecodeHints { encoded: f.hex("encoded")? },
            "unframe" => Step::Unframe { data: f.hex("data")?, piece: f.number("piece", 0)? },
            "add_segment" => Step::AddSegment {
                set: f.the_name("set")?,
                segment: Segment {
                    author: f.number("author", 0)?,
                    first_seq_no: f.number("first_seq_no", 0)?,
                    first_offset: f.number("first_offset", 0)?,
                    first_checksum: f.number("first_checksum", 0)?,
                    last_seq_no: f.number("last_seq_no", 0)?,
                    last_offset: f.number("last_offset", 0)?,
                    log: log()?,
                },
            },
            "intersect" => Step::Intersect {
                set: f.the_name("set")?,
                log: log()?,
                first: f.number("first_offset", 0)?,
                last: f.number("last_offset", 0)?,
            },
            "new_fsm" => Step::NewFsm { fsm: fsm()?, hints: f.hex("hints")? },
            "apply" => Step::Apply {
                fsm: fsm()?,
                payload: f.hex("payload")?,
                log: log()?,
                first: f.number("first_offset", 0)?,
                last: f.number("last_offset", 0)?,
            },
            "build_hints" => Step::BuildHints { fsm: fsm()? },
            "append_raw" => {
                Step::AppendRaw { log: log()?, data: f.hex("data")?, times: f.number("times", 1)? }
            }
            "roll" => Step::Roll { log: log()? },
            "prune" => Step::Prune {
                log: log()?,
                begin: f.number("begin", 0)?,
                before: f.number("before", 0)?,
            },
            "read_log" => Step::ReadLog { log: log()?, offset: f.number("offset", 0)? },
            "give_hints" => {
                Step::GiveHints { hints: f.the_name("hints")?, encoded: f.hex("encoded")? }
            }
            "play" => {
                Step::Play { player: player()?, hints: f.name("hints")?, log: f.bytes("log")? }
            }
            "finish_at_write_head" => Step::FinishAtWriteHead { player: player()? },
            "inject_handoff" => {
                Step::InjectHandoff { player: player()?, author: f.number("author", 0)? }
            }
            "advance" => Step::Advance {
                player: player()?,
                until: match f.name("until")?.as_deref() {
                    None | Some("end") => Until::End,
                    Some("head") => Until::Head,
                    Some("append") => Until::Append,
                    Some(other) => return Err(format!("advance until {other}")),
                },
            },
            "handoff_again" => Step::HandoffAgain { player: player()? },
            "take_player_hints" => {
                Step::TakePlayerHints { player: player()?, hints: f.the_name("hints")? }
            }
            other => return Err(other.to_string()),
        })
    }
}

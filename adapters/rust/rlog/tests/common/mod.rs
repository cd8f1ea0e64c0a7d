//! What the tests of recorded data share: where it is, and values of its JSON.

#![allow(dead_code, reason = "each test uses a part of it")]

use rlog::codec::op::{Create, Link, Op, Property, Write};
use rlog::fsm::Fsm;
use rlog::hints::Hints;
use rlog::rule::Rule;
use rlog::segments::Segment;
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;

/// The repository's root, from the place of this crate in it.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

pub fn cases(family: &str) -> Vec<Value> {
    let path = root().join(format!("tests/data/gazette/cases/{family}.jsonl.gz"));
    let text = BufReader::new(flate2::read::MultiGzDecoder::new(File::open(path).unwrap()));
    text.lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect()
}

pub fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut content).unwrap();
    content
}

pub fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

pub fn number<T: TryFrom<i128>>(value: &Value) -> T {
    let number: i128 = text(value).parse().unwrap();
    T::try_from(number).unwrap_or_else(|_| panic!("{number} is out of range"))
}

pub fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().map(|c| c.to_digit(16).unwrap()).collect();
    digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
}

pub fn hex(value: &Value) -> Vec<u8> {
    unhex(text(value))
}

/// Bytes that are text, or hex under the name with `_hex` behind it.
pub fn bytes(object: &Value, name: &str) -> Vec<u8> {
    match &object[name] {
        Value::Null => hex(&object[format!("{name}_hex")]),
        value => text(value).into(),
    }
}

pub fn segment(value: &Value) -> Segment {
    Segment {
        author: number(&value["author"]),
        first_seq_no: number(&value["first_seq_no"]),
        first_offset: number(&value["first_offset"]),
        first_checksum: number(&value["first_checksum"]),
        last_seq_no: number(&value["last_seq_no"]),
        last_offset: number(&value["last_offset"]),
        log: bytes(value, "log"),
    }
}

pub fn segments(value: &Value) -> Vec<Segment> {
    list(value).iter().map(segment).collect()
}

pub fn hints(value: &Value) -> Hints {
    Hints::from_json(value.to_string().as_bytes()).unwrap()
}

pub fn op(value: &Value) -> Op {
    let member = |name: &str| value.get(name);
    let or_zero = |name: &str| member(name).map_or(0, number);
    let link = |m: &Value| Link { fnode: number(&m["fnode"]), path: bytes(m, "path") };
    Op {
        seq_no: number(&value["seq_no"]),
        checksum: number(&value["checksum"]),
        author: number(&value["author"]),
        create: member("create").map(|m| Create { path: bytes(m, "path") }),
        link: member("link").map(link),
        unlink: member("unlink").map(link),
        write: member("write").map(|m| Write {
            fnode: number(&m["fnode"]),
            offset: number(&m["offset"]),
            length: number(&m["length"]),
        }),
        property: member("property")
            .map(|m| Property { path: bytes(m, "path"), content: bytes(m, "content") }),
        first_offset: or_zero("first_offset"),
        last_offset: or_zero("last_offset"),
        log: member("log").map_or(Vec::new(), |log| text(log).into()),
    }
}

/// An operation of a case, with its meta-fields attached.
pub fn read_op(value: &Value) -> (Op, Vec<u8>) {
    let payload = hex(&value["payload"]);
    let mut op = Op::decode(&payload).unwrap();
    op.attach(&bytes(value, "log"), number(&value["first_offset"]), number(&value["last_offset"]));
    (op, payload)
}

/// How Gazette's error for a rule begins.
fn beginning(rule: Rule) -> &'static str {
    match rule {
        Rule::Author => "Author is zero",
        Rule::FirstSeqNo => "FirstSeqNo <= 0",
        Rule::FirstOffset => "FirstOffset < 0",
        Rule::LastSeqNo => "LastSeqNo < segment.FirstSeqNo",
        Rule::LastOffset => "LastOffset <= segment.FirstOffset",
        Rule::Log => "Log",
        Rule::FirstOffsetsFall => "expected monotonic FirstOffset",
        Rule::KnownAfterUnknown => "expected preceding Segment to also include LastOffset",
        Rule::OtherLogAfterUnknown => {
            "Segment cannot use a different log where preceding Segment.LastOffset is zero"
        }
        Rule::LastOffsetsDisagree => "expected monotonic LastOffset",
        Rule::FirstChecksumsDiffer => "expected FirstChecksum equality",
        Rule::AuthorsDiffer => "expected Segment Author equality",
        Rule::LogsDiffer => "expected Segment Log equality",
        Rule::OwnLogNamed => "contained segment.Log duplicates FSMHints.Log",
        Rule::FnodeOrder => "expected monotonic Fnode ordering",
        Rule::FnodeCreate => "expected Fnode to match Segment FirstSeqNo",
        Rule::NoLog => "hinted log not provided",
        Rule::NoLiveFile => "no file is live, and the log may not hold the beginning of the branch",
        Rule::LastLog | Rule::OneLog => "no case has this error",
    }
}

pub fn assert_error(expected: &Value, rule: Option<Rule>, what: &str) {
    match (expected.as_str(), rule) {
        (None, None) => {}
        (Some(error), Some(rule)) => {
            let stripped = error.strip_prefix("Segment: ").unwrap_or(error);
            let stripped = stripped.strip_prefix("Segment.").unwrap_or(stripped);
            let agree = [error, stripped].iter().any(|e| e.starts_with(beginning(rule)));
            assert!(agree, "{what}: {error} is not {rule}");
        }
        (expected, rule) => panic!("{what}: expected {expected:?}, got {rule:?}"),
    }
}

pub fn assert_state(expected: &Value, fsm: &Fsm, what: &str) {
    assert_eq!(number::<u64>(&expected["next_seq_no"]), fsm.next_seq_no(), "{what}");
    assert_eq!(number::<u32>(&expected["next_checksum"]), fsm.next_checksum(), "{what}");
}

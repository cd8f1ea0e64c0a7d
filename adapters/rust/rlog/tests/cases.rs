//! The cases that Gazette answered, as `spec/cases.md` says how to run them.

mod common;

use common::*;
use rlog::codec::frame;
use rlog::codec::op::Op;
use rlog::fsm::{Fsm, Outcome, Revision};
use rlog::hints::Hints;
use rlog::segments::SegmentSet;
use serde_json::{json, Map, Value};
use std::collections::BTreeMap;

#[test]
fn codec() {
    for case in cases("codec") {
        let expected = op(&case["op"]);
        let framed = hex(&case["frame"]);
        let payload = &framed[frame::HEADER..];
        assert_eq!(Op::decode(payload).as_ref(), Ok(&expected), "{}", case["id"]);
        let encoded =
            if case["kind"] == "meta" { expected.encode_with_meta() } else { expected.encode() };
        assert_eq!(encoded, payload, "{}", case["id"]);
        assert_eq!(frame::encode(&encoded), Ok(framed), "{}", case["id"]);
    }
}

#[test]
fn codec_hints() {
    for case in cases("codec-hints") {
        let expected = hints(&case["hints"]);
        let encoded = hex(&case["bytes"]);
        assert_eq!(Hints::decode(&encoded).as_ref(), Ok(&expected), "{}", case["id"]);
        assert_eq!(expected.encode(), encoded, "{}", case["id"]);
        let written: Value = serde_json::from_str(&expected.to_json()).unwrap();
        assert_eq!(written, case["hints"], "{}", case["id"]);
        let rule = expected.validate().err().map(|refused| refused.rule);
        assert_error(&case["validate"], rule, text(&case["id"]));
    }
}

#[test]
fn segment_sets() {
    for case in cases("segments") {
        let id = text(&case["id"]);
        let mut set = SegmentSet::default();
        for add in list(&case["adds"]) {
            let segment = segment(&add["segment"]);
            assert_error(&add["validate"], segment.validate().err(), id);
            let refused = set.add(&segment).err();
            assert_error(&add["error"], refused.map(|refused| refused.rule()), id);
            assert_eq!(set.segments(), segments(&add["set"]), "{id}");
        }
        for asked in list(&case["intersects"]) {
            let log = bytes(asked, "log");
            let found = set.intersect(&log, number(&asked["first"]), number(&asked["last"]));
            match found {
                Err(_) => assert!(asked["result"].is_null() && asked["panic"].is_string(), "{id}"),
                Ok(found) => {
                    let found: Vec<_> = found.into_iter().cloned().collect();
                    assert_eq!(found, segments(&asked["result"]), "{id}");
                }
            }
        }
    }
}

#[test]
fn live_log_segments() {
    for case in cases("live-log-segments") {
        let id = text(&case["id"]);
        let hints = hints(&case["hints"]);
        let rule = hints.validate().err().map(|refused| refused.rule);
        assert_error(&case["validate"], rule, id);
        let flat = hints.flatten();
        assert_error(&case["error"], flat.as_ref().err().map(|refused| refused.rule), id);
        if let Ok(flat) = flat {
            let nodes: Vec<i64> = list(&case["nodes"]).iter().map(number).collect();
            assert_eq!(flat.fnodes, nodes, "{id}");
            assert_eq!(flat.set.segments(), segments(&case["set"]), "{id}");
        }
        let fsm = Fsm::new(&hints, Revision::V2023_12);
        assert_error(&case["new_fsm"]["error"], fsm.as_ref().err().map(|r| r.rule), id);
        if let Ok(fsm) = fsm {
            assert_state(&case["new_fsm"], &fsm, id);
        }
    }
}

/// Offers one operation, and compares what comes of it.
fn offer(fsm: &mut Fsm, op: &(Op, Vec<u8>), expected: &Value, what: &str) {
    let outcome = fsm.apply(&op.0, &op.1);
    let error = match outcome {
        Outcome::Applied => Value::Null,
        _ => format!("Err{}", outcome.name()).into(),
    };
    assert_eq!(expected["error"], error, "{what}");
    assert_state(expected, fsm, what);
}

fn utf8(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn links(fsm: &Fsm) -> Value {
    let links = fsm.links().iter();
    links.map(|(path, fnode)| (utf8(path), fnode.to_string().into())).collect::<Map<_, _>>().into()
}

fn node_links(fsm: &Fsm) -> BTreeMap<String, Vec<String>> {
    let files = fsm.live_files().iter();
    files
        .map(|(fnode, file)| {
            let links = file.links.iter().map(|path| utf8(path)).collect();
            (fnode.to_string(), links)
        })
        .collect()
}

fn properties(fsm: &Fsm) -> Value {
    let properties = fsm.properties().iter();
    properties
        .map(|(path, content)| (utf8(path), utf8(content).into()))
        .collect::<Map<_, _>>()
        .into()
}

fn expected_node_links(nodes: &Value) -> BTreeMap<String, Vec<String>> {
    let nodes = nodes.as_object().unwrap().iter();
    nodes
        .map(|(fnode, node)| {
            let links = list(&node["links"]).iter().map(|path| text(path).to_string());
            (fnode.clone(), links.collect())
        })
        .collect()
}

fn assert_final(expected: &Value, built: &Value, fsm: &Fsm, what: &str) {
    assert_state(expected, fsm, what);
    assert_eq!(bytes(expected, "last_log"), fsm.log(), "{what}");
    assert_eq!(expected["links"], links(fsm), "{what}");
    assert_eq!(expected_node_links(&expected["nodes"]), node_links(fsm), "{what}");
    for (fnode, node) in expected["nodes"].as_object().unwrap() {
        let file = &fsm.live_files()[&fnode.parse().unwrap()];
        assert_eq!(file.segments, segments(&node["segments"]), "{what}");
    }
    assert_eq!(expected["properties"], properties(fsm), "{what}");
    let answer = fsm.build_hints();
    assert_error(&built["refused"], answer.as_ref().err().map(|r| r.rule), what);
    if let Ok(answer) = answer {
        let answer: Value = serde_json::from_str(&answer.to_json()).unwrap();
        assert_eq!(*built, answer, "{what}");
    }
}

#[test]
fn fsm_plain() {
    let known = root().join("tests/vectors/known_differences.json");
    let known: Value = serde_json::from_str(&std::fs::read_to_string(known).unwrap()).unwrap();
    for case in cases("fsm-plain") {
        let id = text(&case["id"]);
        let mut fsm = Fsm::new(&Hints::empty(b"a/log"), Revision::V2023_12).unwrap();
        for value in list(&case["ops"]) {
            offer(&mut fsm, &read_op(value), value, id);
        }
        let differs = list(&known["differences"]).iter().find(|d| d["case"] == id);
        let built = match differs {
            Some(difference) => &difference["ours"]["built_hints"],
            None => &case["final"]["built_hints"],
        };
        assert_final(&case["final"], built, &fsm, id);
    }
}

fn is_offered(variant: &str, op: &Op, fsm: &Fsm, from: i64) -> bool {
    match variant {
        "from-zero" => true,
        "from-first-offset" => op.first_offset >= from,
        "seek" => fsm.next_segment().is_none_or(|next| op.first_offset >= next.first_offset),
        _ => panic!("unknown variant {variant}"),
    }
}

/// Runs the plays of a case of `fsm-hinted` or `fsm-tampered`.
fn run_plays(case: &Value) {
    let id = text(&case["id"]);
    let hints = hints(&case["hints"]);
    let ops: Vec<_> = list(&case["ops"]).iter().map(read_op).collect();
    for play in list(&case["plays"]) {
        let variant = text(&play["variant"]);
        let what = format!("{id} {variant}");
        let mut fsm = Fsm::new(&hints, Revision::V2023_12).unwrap();
        let from = fsm.next_segment().map_or(0, |segment| segment.first_offset);
        let mut results = list(&play["results"]).iter();
        for (i, op) in ops.iter().enumerate() {
            if is_offered(variant, &op.0, &fsm, from) {
                let result = results.next().unwrap();
                assert_eq!(result["op"], json!(i), "{what}");
                offer(&mut fsm, op, result, &what);
            }
        }
        assert_eq!(results.next(), None, "{what}");
        assert_final(&play["final"], &play["final"]["built_hints"], &fsm, &what);
        assert_eq!(play["hints_remaining"], fsm.hints_remain(), "{what}");
        assert_eq!(play["tip"], tip(&ops, &fsm), "{what}");
        if play["agrees"] == true {
            let truth = &case["truth"];
            assert_eq!(truth["links"], links(&fsm), "{what}");
            assert_eq!(expected_node_links(&truth["nodes"]), node_links(&fsm), "{what}");
            assert_eq!(truth["properties"], properties(&fsm), "{what}");
            assert!(!fsm.hints_remain(), "{what}");
        }
    }
}

fn tip(ops: &[(Op, Vec<u8>)], fsm: &Fsm) -> Value {
    let end = (fsm.next_seq_no(), fsm.next_checksum());
    if end == (1, 0) {
        return json!(-1);
    }
    let leads_there = |(op, payload): &(Op, Vec<u8>)| {
        let checksum = rlog::codec::checksum::update(op.checksum, payload);
        (op.seq_no.unsigned_abs() + 1, checksum) == end
    };
    ops.iter().position(leads_there).into()
}

fn run_truth(case: &Value) {
    let mut branch = Vec::new();
    let mut at = case["truth_tip"].as_i64().unwrap();
    while let Ok(index) = usize::try_from(at) {
        let value = &case["ops"][index];
        branch.push(read_op(value));
        at = value["parent"].as_i64().unwrap();
    }
    let log = bytes(&case["hints"], "log");
    let mut fsm = Fsm::new(&Hints::empty(&log), Revision::V2023_12).unwrap();
    for (op, payload) in branch.iter().rev() {
        assert_eq!(fsm.apply(op, payload), Outcome::Applied, "{}", case["id"]);
    }
    assert_eq!(case["truth"]["links"], links(&fsm), "{}", case["id"]);
    assert_eq!(expected_node_links(&case["truth"]["nodes"]), node_links(&fsm));
    assert_eq!(case["truth"]["properties"], properties(&fsm), "{}", case["id"]);
}

#[test]
fn fsm_hinted() {
    for case in cases("fsm-hinted") {
        run_plays(&case);
        run_truth(&case);
    }
}

#[test]
fn fsm_tampered() {
    for case in cases("fsm-tampered") {
        let fsm = Fsm::new(&hints(&case["hints"]), Revision::V2023_12);
        let rule = fsm.err().map(|refused| refused.rule);
        assert_error(&case["new_fsm_error"], rule, text(&case["id"]));
        run_plays(&case);
    }
}

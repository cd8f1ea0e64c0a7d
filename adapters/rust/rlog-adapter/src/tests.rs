//! Scenarios of the player, given as requests of the protocol.

use crate::Rlog;
use rlog::codec::checksum;
use rlog::codec::frame;
use rlog::codec::op::{Create, Link, Op, Property, Write};
use rlog_kit::{answer, to_hex};
use serde_json::{json, Value};

/// Writes the operations of one branch.
struct Branch {
    author: u32,
    next_seq_no: i64,
    checksum: u32,
}

impl Branch {
    fn new(author: u32) -> Self {
        Branch { author, next_seq_no: 1, checksum: 0 }
    }

    /// The frame of the next operation, with raw bytes behind it.
    fn op(&mut self, op: Op, raw: &[u8]) -> Vec<u8> {
        let op =
            Op { seq_no: self.next_seq_no, checksum: self.checksum, author: self.author, ..op };
        let payload = op.encode();
        self.next_seq_no += 1;
        self.checksum = checksum::update(self.checksum, &payload);
        [frame::encode(&payload).unwrap(), raw.to_vec()].concat()
    }

    fn create(&mut self, path: &str) -> Vec<u8> {
        let create = Some(Create { path: path.into() });
        self.op(Op { create, ..Op::default() }, b"")
    }

    fn link(&mut self, fnode: i64, path: &str) -> Vec<u8> {
        let link = Some(Link { fnode, path: path.into() });
        self.op(Op { link, ..Op::default() }, b"")
    }

    fn unlink(&mut self, fnode: i64, path: &str) -> Vec<u8> {
        let unlink = Some(Link { fnode, path: path.into() });
        self.op(Op { unlink, ..Op::default() }, b"")
    }

    fn write(&mut self, fnode: i64, offset: i64, raw: &[u8]) -> Vec<u8> {
        let length = raw.len() as i64;
        let write = Some(Write { fnode, offset, length });
        self.op(Op { write, ..Op::default() }, raw)
    }

    fn property(&mut self, path: &str, content: &str) -> Vec<u8> {
        let (path, content) = (path.into(), content.into());
        let property = Some(Property { path, content });
        self.op(Op { property, ..Op::default() }, b"")
    }

    fn no_op(&mut self) -> Vec<u8> {
        self.op(Op::default(), b"")
    }
}

fn append(log: &str, data: &[u8]) -> Value {
    json!({"append_raw": {"log": log, "data": to_hex(data)}})
}

fn play(log: &str) -> Value {
    json!({"play": {"player": "p", "log": log}})
}

fn finish() -> Value {
    json!({"finish_at_write_head": {"player": "p"}})
}

fn advance(until: &str) -> Value {
    json!({"advance": {"player": "p", "until": until}})
}

fn hand_off(author: u32) -> Value {
    json!({"inject_handoff": {"player": "p", "author": author.to_string()}})
}

/// A step as the protocol has it, of `{"name": {its members}}`.
fn flat(step: &Value) -> Value {
    let (name, members) = step.as_object().unwrap().iter().next().unwrap();
    let mut flat = members.as_object().unwrap().clone();
    flat.insert("do".into(), json!(name));
    Value::Object(flat)
}

fn run(steps: &[Value]) -> Value {
    let steps: Vec<Value> = steps.iter().map(flat).collect();
    let request = json!({"id": 1, "run": {"revision": "2023-12", "steps": steps}});
    answer(&mut Rlog::default(), &request)
}

/// The status of the player behind each step that shows it.
fn statuses(answer: &Value) -> Vec<&str> {
    let observations = answer["observations"].as_array().unwrap().iter();
    observations.filter_map(|shown| shown["status"].as_str()).collect()
}

fn paths(answer: &Value) -> Vec<&str> {
    let files = answer["snapshot"]["players"]["p"]["files"].as_array().unwrap();
    files.iter().map(|file| file["path"].as_str().unwrap()).collect()
}

#[test]
fn a_log_is_played_to_its_head() {
    let mut a = Branch::new(10);
    let log = [
        b"junk".to_vec(),
        a.create("/a"),
        a.write(1, 2, b"hi"),
        a.link(1, "/b"),
        a.property("/p", "x"),
    ];
    let answer = run(&[append("a/log", &log.concat()), play("a/log"), finish(), advance("end")]);
    assert_eq!(statuses(&answer), ["reading", "reading", "complete"]);
    assert_eq!(paths(&answer), ["/a", "/b", "/p"]);
    let player = &answer["snapshot"]["players"]["p"];
    assert_eq!(player["files"][0]["size"], "4");
    assert_eq!(player["same_file"], json!([[{"path": "/a"}, {"path": "/b"}]]));
}

#[test]
fn a_handoff_that_loses_tries_again() {
    let mut a = Branch::new(10);
    let answer = run(&[
        append("a/log", &a.create("/a")),
        play("a/log"),
        advance("head"),
        hand_off(20),
        advance("append"),
        append("a/log", &a.create("/b")),
        advance("end"),
        json!({"handoff_again": {"player": "p"}}),
    ]);
    let expected = ["reading", "tailing", "tailing", "appending", "complete"];
    assert_eq!(statuses(&answer), expected);
    assert_eq!(paths(&answer), ["/a", "/b"]);
    assert_eq!(answer["observations"][6]["next_seq_no"], "4");
}

#[test]
fn a_torn_write_at_the_head_is_no_operation() {
    let mut a = Branch::new(10);
    let create = a.create("/a");
    let write = a.write(1, 0, b"lost");
    let torn = &write[..write.len() - 1];
    let steps = |wish: Value| {
        run(&[append("a/log", &create), append("a/log", torn), play("a/log"), wish, advance("end")])
    };
    for wish in [finish(), hand_off(20)] {
        let answer = steps(wish);
        assert_eq!(statuses(&answer).last(), Some(&"complete"));
        let files = &answer["snapshot"]["players"]["p"]["files"];
        assert_eq!(files[0]["size"], "0");
    }
}

#[test]
fn an_outsider_hides_nothing() {
    let (mut a, mut z) = (Branch::new(10), Branch::new(99));
    z.next_seq_no = 7;
    let write = Some(Write { fnode: 1, offset: 0, length: 1 << 40 });
    let claim = z.op(Op { write, ..Op::default() }, b"");
    // A frame that claims to hold what the branch appended next.
    let swallowing = [&frame::MAGIC[..], &[40, 0, 0, 0]].concat();
    let log = [a.create("/a"), claim, swallowing, a.create("/b"), a.create("/c")];
    let answer = run(&[append("a/log", &log.concat()), play("a/log"), finish(), advance("end")]);
    assert_eq!(paths(&answer), ["/a", "/b", "/c"]);
}

#[test]
fn a_hole_fails_a_play_without_hints() {
    let mut a = Branch::new(10);
    let answer = run(&[
        append("a/log", &a.create("/a")),
        json!({"roll": {"log": "a/log"}}),
        append("a/log", &a.create("/b")),
        json!({"prune": {"log": "a/log", "before": "1000"}}),
        play("a/log"),
        advance("end"),
    ]);
    assert_eq!(statuses(&answer).last(), Some(&"failed: HoleInLog"));
}

#[test]
fn hints_lead_over_a_hole_and_to_another_log() {
    let mut a = Branch::new(10);
    let steps = [
        append("a/log", &a.create("/dead")),
        json!({"roll": {"log": "a/log"}}),
        append("a/log", &[a.create("/a"), a.no_op()].concat()),
        play("a/log"),
        advance("head"),
        json!({"take_player_hints": {"player": "p", "hints": "h"}}),
    ];
    let answer = run(&steps);
    let hints = &answer["observations"][5]["hints"];
    assert_eq!(hints["live_nodes"].as_array().map(Vec::len), Some(2));

    // Hints of file 2 alone, which moved on to another log.
    let mut moved = rlog::hints::Hints::empty(b"b/log");
    let segment =
        |first, first_offset, checksum, last_offset, log: &[u8]| rlog::segments::Segment {
            author: 10,
            first_seq_no: first,
            first_offset,
            first_checksum: checksum,
            last_seq_no: first,
            last_offset,
            log: log.to_vec(),
        };
    let mut a = Branch::new(10);
    let dead = a.create("/dead");
    let checksum_2 = a.checksum;
    let live = a.create("/a");
    let skipped = a.no_op();
    let checksum_4 = a.checksum;
    let link = a.link(2, "/b");
    let begin = dead.len() as i64;
    moved.live_nodes.push(rlog::hints::FnodeSegments {
        fnode: 2,
        segments: vec![
            segment(2, begin, checksum_2, begin + live.len() as i64, b"a/log"),
            segment(4, 0, checksum_4, link.len() as i64, b""),
        ],
    });
    let give = json!({"give_hints": {"hints": "h", "encoded": to_hex(&moved.encode())}});
    let play_hints = json!({"play": {"player": "p", "hints": "h"}});
    let answer = run(&[
        append("a/log", &dead),
        json!({"roll": {"log": "a/log"}}),
        append("a/log", &[live, skipped].concat()),
        json!({"prune": {"log": "a/log", "before": "1000"}}),
        append("b/log", &[link, a.create("/c")].concat()),
        give.clone(),
        play_hints.clone(),
        finish(),
        advance("end"),
    ]);
    assert_eq!(statuses(&answer).last(), Some(&"complete"));
    assert_eq!(paths(&answer), ["/a", "/b", "/c"]);
    let answer = run(&[give, play_hints, advance("end")]);
    assert_eq!(statuses(&answer).last(), Some(&"failed: HintsBeyondHead"));
}

#[test]
fn a_tree_that_no_directory_holds_fails() {
    let mut a = Branch::new(10);
    let log = [a.create("/a"), a.create("/a/b")].concat();
    let answer = run(&[append("a/log", &log), play("a/log"), finish(), advance("end")]);
    assert_eq!(statuses(&answer).last(), Some(&"failed: UnplayableTree"));
}

#[test]
fn a_write_before_the_file_fails() {
    let mut a = Branch::new(10);
    let log = [a.create("/a"), a.write(1, -1, b"x")].concat();
    let answer = run(&[append("a/log", &log), play("a/log"), advance("end")]);
    assert_eq!(statuses(&answer).last(), Some(&"failed: UnplayableWrite"));
}

#[test]
fn a_write_beyond_the_longest_file_fails() {
    let mut a = Branch::new(10);
    let log = [a.create("/a"), a.write(1, i64::MAX, b"x"), a.unlink(1, "/a")].concat();
    let answer = run(&[append("a/log", &log), play("a/log"), finish(), advance("end")]);
    assert_eq!(statuses(&answer).last(), Some(&"failed: UnplayableWrite"));
}

#[test]
fn a_file_that_is_too_long_is_not_laid_out() {
    let mut a = Branch::new(10);
    let log = [a.create("/a"), a.write(1, i64::MAX - 1, b"x")].concat();
    let answer = run(&[append("a/log", &log), play("a/log"), finish(), advance("end")]);
    assert_eq!(statuses(&answer).last(), Some(&"failed: UnplayableWrite"));
    let log = [log, a.unlink(1, "/a"), a.create("/b")].concat();
    let answer = run(&[append("a/log", &log), play("a/log"), finish(), advance("end")]);
    assert_eq!(statuses(&answer).last(), Some(&"complete"));
    assert_eq!(paths(&answer), ["/b"]);
}

#[test]
fn raw_bytes_of_an_ignored_write_are_passed_over() {
    let mut a = Branch::new(10);
    let raw = [&frame::MAGIC[..], b"\0\0\0\0 with a frame inside"].concat();
    let op = Op {
        create: Some(Create { path: b"/a".to_vec() }),
        write: Some(Write { length: raw.len() as i64, ..Write::default() }),
        ..Op::default()
    };
    let create = a.op(op, b"");
    let before = (create.len() + raw.len()).to_string();
    let hole =
        json!({"prune": {"log": "a/log", "begin": create.len().to_string(), "before": before}});
    let roll = || json!({"roll": {"log": "a/log"}});
    let behind = a.create("/b");
    let steps = [
        append("a/log", &create),
        roll(),
        append("a/log", &raw),
        roll(),
        append("a/log", &behind),
        hole,
        play("a/log"),
        finish(),
        advance("end"),
    ];
    for steps in [steps.to_vec(), [&steps[..5], &steps[6..]].concat()] {
        let answer = run(&steps);
        assert_eq!(statuses(&answer).last(), Some(&"complete"));
        assert_eq!(paths(&answer), ["/a", "/b"]);
    }
}

#[test]
fn what_cannot_be_done_is_impossible() {
    let answer = run(&[
        hand_off(1),
        play("a/log"),
        play("a/log"),
        hand_off(0),
        finish(),
        finish(),
        advance("end"),
        advance("end"),
        json!({"play": {"player": "q"}}),
        json!({"apply": {"fsm": "x", "payload": "ff"}}),
        json!({"intersect": {"set": "s", "first_offset": "2", "last_offset": "1"}}),
        json!({"handoff_again": {"player": "p"}}),
    ]);
    let observations = answer["observations"].as_array().unwrap().iter();
    let outcomes: Vec<_> = observations.map(|shown| shown["outcome"].as_str().unwrap()).collect();
    let impossible = |steps: &[usize]| steps.iter().all(|&step| outcomes[step] == "impossible");
    assert!(impossible(&[0, 2, 3, 5, 7, 8, 9, 10, 11]), "{outcomes:?}");
    assert!([1, 4, 6].iter().all(|&step| outcomes[step] == "done"), "{outcomes:?}");
}

//! Whole sessions that Gazette recorded: logs, hints, and the trees that they lead to.
//!
//! Those whose fragments are compressed by snappy or zstd are left out: no dependency reads them.

mod common;

use common::*;
use rlog::fsm::Revision;
use rlog::hints::Hints;
use rlog::player::{Answer, Ask, Ended, Player, Tree, Wish};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The content of each log, by the offsets at which its fragments begin.
type Logs = BTreeMap<Vec<u8>, BTreeMap<u64, Vec<u8>>>;

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The logs of a sample, or none if one is compressed by what the test can't read.
fn read_logs(sample: &Path) -> Option<Logs> {
    let mut logs = Logs::new();
    for journal in list(&json(&sample.join("log.json"))["journals"]) {
        let mut fragments = BTreeMap::new();
        for fragment in list(&journal["fragments"]) {
            let file = text(&fragment["file"]);
            if file.ends_with(".sz") || file.ends_with(".zst") {
                return None;
            }
            let stored = fs::read(sample.join(file)).unwrap();
            let content = if file.ends_with(".raw") { stored } else { gunzip(&stored) };
            let (begin, end): (u64, u64) = (number(&fragment["begin"]), number(&fragment["end"]));
            assert_eq!(content.len() as u64, end - begin);
            fragments.insert(begin, content);
        }
        logs.insert(bytes(journal, "name"), fragments);
    }
    Some(logs)
}

fn head(fragments: &BTreeMap<u64, Vec<u8>>) -> u64 {
    let last = fragments.last_key_value();
    last.map_or(0, |(begin, content)| begin + content.len() as u64)
}

/// Plays to the head, in reads of so many bytes at most.
fn play(player: &mut Player, logs: &Logs, most: usize) {
    loop {
        match player.ask() {
            Ask::Nothing => return,
            Ask::Head { log } => player.answer(Answer::Head(head(&logs[&log]))),
            Ask::Append { .. } => panic!("nothing is to be handed off"),
            Ask::Read { log, offset, .. } => {
                let fragments = &logs[&log];
                let around = fragments.range(..=offset).next_back();
                let around =
                    around.filter(|(begin, content)| offset < *begin + content.len() as u64);
                let found = around.or_else(|| fragments.range(offset..).next());
                match found {
                    None => player.answer(Answer::NoBytes),
                    Some((&begin, content)) => {
                        let offset = offset.max(begin);
                        let bytes = &content[(offset - begin) as usize..];
                        let bytes = &bytes[..bytes.len().min(most)];
                        player.answer(Answer::Bytes { offset, bytes });
                    }
                }
            }
        }
    }
}

fn assert_tree(tree: &Tree, expected: &Value, what: &str) {
    let mut digests = BTreeMap::new();
    let mut same_inode = Vec::new();
    for file in &tree.files {
        let mut digest = Sha256::new();
        file.content.read(|part| digest.update(part));
        let digest = format!("{:x}", digest.finalize());
        for path in &file.links {
            digests.insert(path.clone(), (file.content.size(), digest.clone()));
        }
        if file.links.len() > 1 {
            let links: Vec<_> = file.links.iter().map(|p| String::from_utf8_lossy(p)).collect();
            same_inode.push(serde_json::json!(links));
        }
    }
    for (path, content) in &tree.properties {
        let digest = format!("{:x}", Sha256::digest(content));
        digests.insert(path.clone(), (content.len() as u64, digest));
    }
    let files = expected["files"].as_object().unwrap();
    let files: BTreeMap<_, _> = files
        .iter()
        .map(|(path, file)| {
            let digest = text(&file["sha256"]).to_string();
            (path.clone().into_bytes(), (number(&file["size"]), digest))
        })
        .collect();
    assert_eq!(digests, files, "{what}");
    let mut expected = expected["same_inode"].as_array().cloned().unwrap_or_default();
    expected.sort_by_key(Value::to_string);
    same_inode.sort_by_key(Value::to_string);
    assert_eq!(same_inode, expected, "{what}");
}

#[test]
fn samples() {
    let mut played = 0;
    for entry in fs::read_dir(root().join("tests/data/gazette/samples")).unwrap() {
        let sample = entry.unwrap().path();
        if !sample.is_dir() {
            continue;
        }
        let Some(logs) = read_logs(&sample) else {
            continue;
        };
        for play_of in list(&json(&sample.join("played.json"))) {
            let name = text(&play_of["hints"]);
            let what = format!("{} {name}", sample.file_name().unwrap().to_string_lossy());
            let name = name.trim_start_matches("hints/").trim_end_matches(".json");
            let hints = fs::read(sample.join(format!("hints/{name}.json"))).unwrap();
            let hints = Hints::from_json(&hints).unwrap();
            let encoded = fs::read_to_string(sample.join(format!("hints/{name}.pb.hex"))).unwrap();
            assert_eq!(Hints::decode(&unhex(encoded.trim())).as_ref(), Ok(&hints), "{what}");
            let tree = json(&sample.join(format!("tree-{name}.json")));
            for most in [usize::MAX, 4099] {
                let mut player = Player::new(&hints, Revision::default()).unwrap();
                player.wish(Wish::Finish).unwrap();
                play(&mut player, &logs, most);
                match player.ended() {
                    Some(Ended::Complete(built)) => assert_tree(built, &tree, &what),
                    ended => panic!("{what}: {ended:?}"),
                }
                let live = &play_of["live"];
                if live["equals_truth"] == true {
                    assert_state(live, player.fsm(), &what);
                }
                played += 1;
            }
        }
    }
    assert!(played > 20, "only {played} plays");
}

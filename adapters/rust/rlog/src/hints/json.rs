//! Hints as JSON (HNT-13 to HNT-17).

use super::json_text::Json;
use super::{FnodeSegments, Hints};
use crate::codec::op::Property;
use crate::segments::Segment;
use crate::Bytes;
use std::fmt::Write;

/// The first member of hints in JSON that is wrong, as in `live_nodes[0].segments[2].author`. It is
/// empty where the hints are told as a whole (HNT-17).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub place: String,
}

type Read<T> = Result<T, Wrong>;

impl Hints {
    /// Hints as a JSON object (HNT-13, HNT-14).
    pub fn to_json(&self) -> String {
        let nodes = self.live_nodes.iter().map(|node| {
            object([
                int("fnode", node.fnode),
                member("segments", list(node.segments.iter().map(segment_json))),
            ])
        });
        let properties = self.properties.iter().map(|property| {
            object([bytes("path", &property.path), bytes("content", &property.content)])
        });
        object([
            bytes("log", &self.log),
            member("live_nodes", list(nodes)),
            member("properties", list(properties)),
        ])
    }

    /// The hints that JSON text holds, or where it is wrong (HNT-15 to HNT-17).
    pub fn from_json(text: &[u8]) -> Result<Hints, Wrong> {
        let whole = Wrong { place: String::new() };
        let value = Json::parse(text).map_err(|_| whole)?;
        let hints = Members::of(&value, "", &["log", "live_nodes", "properties"], &["log"])?;
        Ok(Hints {
            log: hints.bytes("log")?,
            live_nodes: hints.list("live_nodes", fnode_segments)?,
            properties: hints.list("properties", property)?,
        })
    }
}

fn member(name: &str, value: String) -> String {
    format!("\"{name}\":{value}")
}

fn int(name: &str, value: impl Into<i64>) -> String {
    member(name, format!("\"{}\"", value.into()))
}

fn bytes(name: &str, value: &[u8]) -> String {
    match std::str::from_utf8(value) {
        Ok(text) => member(name, quoted(text)),
        Err(_) => {
            let hex: String = value.iter().map(|byte| format!("{byte:02x}")).collect();
            member(&format!("{name}_hex"), format!("\"{hex}\""))
        }
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\0'..='\x1f' => {
                // Writing to a string does not fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

fn object<const N: usize>(members: [String; N]) -> String {
    format!("{{{}}}", members.join(","))
}

fn list(elements: impl Iterator<Item = String>) -> String {
    format!("[{}]", elements.collect::<Vec<_>>().join(","))
}

fn segment_json(segment: &Segment) -> String {
    object([
        int("author", segment.author),
        int("first_seq_no", segment.first_seq_no),
        int("first_offset", segment.first_offset),
        int("first_checksum", segment.first_checksum),
        int("last_seq_no", segment.last_seq_no),
        int("last_offset", segment.last_offset),
        bytes("log", &segment.log),
    ])
}

fn fnode_segments(value: &Json, place: &str) -> Read<FnodeSegments> {
    let node = Members::of(value, place, &["fnode", "segments"], &[])?;
    Ok(FnodeSegments { fnode: node.int("fnode")?, segments: node.list("segments", segment)? })
}

fn segment(value: &Json, place: &str) -> Read<Segment> {
    let names = [
        "author",
        "first_seq_no",
        "first_offset",
        "first_checksum",
        "last_seq_no",
        "last_offset",
        "log",
    ];
    let segment = Members::of(value, place, &names, &["log"])?;
    Ok(Segment {
        author: segment.int("author")?,
        first_seq_no: segment.int("first_seq_no")?,
        first_offset: segment.int("first_offset")?,
        first_checksum: segment.int("first_checksum")?,
        last_seq_no: segment.int("last_seq_no")?,
        last_offset: segment.int("last_offset")?,
        log: segment.bytes("log")?,
    })
}

fn property(value: &Json, place: &str) -> Read<Property> {
    let names = ["path", "content"];
    let property = Members::of(value, place, &names, &names)?;
    Ok(Property { path: property.bytes("path")?, content: property.bytes("content")? })
}

/// The members of one object, under their names in snake_case.
struct Members<'a> {
    place: &'a str,
    members: Vec<(String, &'a Json)>,
}

impl<'a> Members<'a> {
    /// Looks whether a value is an object, and at the names of its members, in the order of the
    /// text (HNT-17). Those in `with_hex` may have `_hex` behind them.
    fn of(value: &'a Json, place: &'a str, names: &[&str], with_hex: &[&str]) -> Read<Self> {
        let Json::Object(object) = value else {
            return Err(Wrong { place: place.to_string() });
        };
        let mut found = Members { place, members: Vec::new() };
        for (spelled, value) in object {
            let spelled = String::from_utf8_lossy(spelled);
            let wrong = || Wrong { place: found.place_of(&spelled) };
            let known = names.iter().find_map(|&name| {
                let hex = format!("{name}_hex");
                if is_name(&spelled, name) {
                    Some((name, name.to_string()))
                } else if with_hex.contains(&name) && is_name(&spelled, &hex) {
                    Some((name, hex))
                } else {
                    None
                }
            });
            let (name, full_name) = known.ok_or_else(wrong)?;
            let hex = format!("{name}_hex");
            let twice = |(other, _): &(String, &Json)| other == name || *other == hex;
            if found.members.iter().any(twice) {
                return Err(wrong());
            }
            found.members.push((full_name, value));
        }
        Ok(found)
    }

    fn place_of(&self, name: &str) -> String {
        if self.place.is_empty() {
            name.to_string()
        } else {
            format!("{}.{name}", self.place)
        }
    }

    /// The value of a member. One that is null or absent has its default (HNT-15).
    fn get(&self, name: &str) -> Option<&'a Json> {
        let member = self.members.iter().find(|(other, _)| other == name);
        member.map(|(_, value)| *value).filter(|&value| *value != Json::Null)
    }

    fn read<T: Default>(&self, name: &str, read: impl FnOnce(&Json) -> Option<T>) -> Read<T> {
        match self.get(name) {
            None => Ok(T::default()),
            Some(value) => read(value).ok_or_else(|| Wrong { place: self.place_of(name) }),
        }
    }

    fn int<T: Default + TryFrom<i128>>(&self, name: &str) -> Read<T> {
        self.read(name, |value| T::try_from(number(value)?).ok())
    }

    fn bytes(&self, name: &str) -> Read<Bytes> {
        let hex = format!("{name}_hex");
        if self.get(&hex).is_some() {
            return self.read(&hex, from_hex);
        }
        self.read(name, |value| match value {
            Json::String(text) if std::str::from_utf8(text).is_ok() => Some(text.clone()),
            _ => None,
        })
    }

    fn list<T>(&self, name: &str, element: fn(&Json, &str) -> Read<T>) -> Read<Vec<T>> {
        let place = self.place_of(name);
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Json::List(elements)) => {
                let numbered = elements.iter().enumerate();
                numbered.map(|(i, value)| element(value, &format!("{place}[{i}]"))).collect()
            }
            Some(_) => Err(Wrong { place }),
        }
    }
}

/// Whether a name is the one in snake_case, or its form in lowerCamelCase (HNT-15).
fn is_name(spelled: &str, snake: &str) -> bool {
    if spelled == snake {
        return true;
    }
    let mut words = snake.split('_');
    let mut camel = words.next().unwrap_or_default().to_string();
    for word in words {
        let (first, rest) = word.split_at(1);
        camel.push_str(&first.to_ascii_uppercase());
        camel.push_str(rest);
    }
    spelled == camel
}

/// A number of digits and perhaps a minus sign; in a string at most 20 digits (HNT-15).
fn number(value: &Json) -> Option<i128> {
    let (text, longest) = match value {
        Json::Number(text) => (text.as_str(), usize::MAX),
        Json::String(text) => (std::str::from_utf8(text).ok()?, 20),
        _ => return None,
    };
    let digits = text.strip_prefix('-').unwrap_or(text);
    let in_form =
        (1..=longest).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    in_form.then(|| text.parse().ok())?
}

fn from_hex(value: &Json) -> Option<Bytes> {
    let Json::String(text) = value else {
        return None;
    };
    if text.len() % 2 != 0 {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    text.chunks(2).map(|pair| Some((digit(pair[0])? * 16 + digit(pair[1])?) as u8)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> String {
        Hints::from_json(text.as_bytes()).unwrap_err().place
    }

    #[test]
    fn reads_each_form() {
        let text = r#" {"liveNodes": [{"fnode": -0, "segments": [{"firstSeqNo": "007", "author": 4294967295,
            "logHex": "FF00", "last_offset": null}]}], "log": "é\ud83d\ude00", "properties": null} "#;
        let hints = Hints::from_json(text.as_bytes()).unwrap();
        assert_eq!(hints.log, "é😀".as_bytes());
        let segment = &hints.live_nodes[0].segments[0];
        assert_eq!((segment.author, segment.first_seq_no), (u32::MAX, 7));
        assert_eq!(segment.log, b"\xff\0");
        assert_eq!(Hints::from_json(hints.to_json().as_bytes()), Ok(hints));
    }

    #[test]
    fn tells_the_first_wrong_member() {
        let segments = |s: &str| format!(r#"{{"live_nodes": [{{"segments": [{s}]}}]}}"#);
        assert_eq!(wrong("[]"), "");
        assert_eq!(wrong("{"), "");
        assert_eq!(wrong(r#"{"log": 1, "x": 2}"#), "x");
        assert_eq!(wrong(r#"{"properties": 1, "log": true}"#), "log");
        assert_eq!(wrong(r#"{"liveNodes": [], "live_nodes": []}"#), "live_nodes");
        assert_eq!(wrong(r#"{"log": "", "logHex": ""}"#), "logHex");
        assert_eq!(wrong(r#"{"live_nodes": [null]}"#), "live_nodes[0]");
        assert_eq!(wrong(r#"{"log": "\ud800"}"#), "log");
        assert_eq!(wrong(r#"{"log_hex": "abc"}"#), "log_hex");
        for number in ["1.0", "1e3", "\"+1\"", "\"\"", "true", "-1", "4294967296", "[]"] {
            let text = segments(&format!(r#"{{}}, {{"author": {number}}}"#));
            assert_eq!(wrong(&text), "live_nodes[0].segments[1].author", "{number}");
        }
        let text = segments(r#"{"lastOffset": "9223372036854775808"}"#);
        assert_eq!(wrong(&text), "live_nodes[0].segments[0].last_offset");
        let text = segments(r#"{"lastOffset": 1, "author": -1, "last_offset": 1}"#);
        assert_eq!(wrong(&text), "live_nodes[0].segments[0].last_offset");
    }
}

//! Hints: which parts of which logs hold the files that were live at one moment.

pub mod json;
mod json_text;

use crate::codec::op::Property;
use crate::rule::Rule;
use crate::segments::{Segment, SegmentSet};
use crate::Bytes;
use std::borrow::Cow;

/// The segments that hold all operations of one file (ENC-7).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FnodeSegments {
    pub fnode: i64,
    pub segments: Vec<Segment>,
}

/// The live files of one moment, by their segments, and the properties (ENC-7, HNT-1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    pub log: Bytes,
    pub live_nodes: Vec<FnodeSegments>,
    pub properties: Vec<Property>,
}

/// Why hints are refused: the rule, and the fnode where the text asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    pub rule: Rule,
    pub fnode: Option<i64>,
}

impl From<Rule> for Refused {
    fn from(rule: Rule) -> Self {
        Refused { rule, fnode: None }
    }
}

/// What hints say, flattened (HNT-3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flattened {
    pub fnodes: Vec<i64>,
    pub set: SegmentSet,
}

impl Hints {
    /// Hints of a log that hold nothing else.
    pub fn empty(log: &[u8]) -> Self {
        Hints { log: log.to_vec(), ..Hints::default() }
    }

    /// The segment with the hints' log in place of an empty one (HNT-1).
    fn with_log<'a>(&self, segment: &'a Segment) -> Cow<'a, Segment> {
        if !segment.log.is_empty() {
            return Cow::Borrowed(segment);
        }
        Cow::Owned(Segment { log: self.log.clone(), ..segment.clone() })
    }

    /// Whether each segment is in order by itself (HNT-2).
    pub fn validate(&self) -> Result<(), Refused> {
        for node in &self.live_nodes {
            for segment in &node.segments {
                if !segment.log.is_empty() && segment.log == self.log {
                    return Err(Refused { rule: Rule::OwnLogNamed, fnode: Some(node.fnode) });
                }
                self.with_log(segment).validate()?;
            }
        }
        Ok(())
    }

    /// The fnodes, and the set of all segments (HNT-3, HNT-4).
    pub fn flatten(&self) -> Result<Flattened, Refused> {
        let mut flat = Flattened::default();
        for node in &self.live_nodes {
            let refused = |rule| Refused { rule, fnode: Some(node.fnode) };
            if flat.fnodes.last().is_some_and(|&last| node.fnode <= last) {
                return Err(refused(Rule::FnodeOrder));
            }
            let first = node.segments.first();
            if first.map(|segment| segment.first_seq_no) != Some(node.fnode) {
                return Err(refused(Rule::FnodeCreate));
            }
            flat.fnodes.push(node.fnode);
            for segment in &node.segments {
                let added = flat.set.add(&self.with_log(segment));
                added.map_err(|refused| refused.rule())?;
            }
        }
        match flat.set.segments().last() {
            Some(last) if last.log != self.log => Err(Rule::LastLog.into()),
            _ => Ok(flat),
        }
    }

    /// The logs in the order in which a player asks about them (HNT-6).
    pub fn logs(&self) -> Vec<Bytes> {
        let mut logs: Vec<Bytes> = Vec::new();
        let segments = self.live_nodes.iter().flat_map(|node| &node.segments);
        let named = segments.map(|segment| self.with_log(segment).into_owned().log);
        for log in named.chain([self.log.clone()]) {
            if !logs.contains(&log) {
                logs.push(log);
            }
        }
        logs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(first: i64, last: i64, log: &str) -> Segment {
        Segment {
            author: 1,
            first_seq_no: first,
            first_offset: first * 10,
            last_seq_no: last,
            last_offset: last * 10 + 10,
            log: log.into(),
            ..Segment::default()
        }
    }

    fn hints(nodes: &[(i64, &[Segment])]) -> Hints {
        let live_nodes = nodes
            .iter()
            .map(|(fnode, segments)| FnodeSegments { fnode: *fnode, segments: segments.to_vec() });
        Hints { live_nodes: live_nodes.collect(), ..Hints::empty(b"a/log") }
    }

    #[test]
    fn order_is_asked_before_the_create() {
        let refused = hints(&[(3, &[segment(3, 3, "")]), (2, &[])]).flatten();
        let expected = Refused { rule: Rule::FnodeOrder, fnode: Some(2) };
        assert_eq!(refused, Err(expected));
    }

    #[test]
    fn the_last_segment_is_in_the_hints_log() {
        let refused = hints(&[(3, &[segment(3, 3, "b/log")])]).flatten();
        assert_eq!(refused, Err(Rule::LastLog.into()));
    }

    #[test]
    fn logs_are_listed_once() {
        let hints =
            hints(&[(3, &[segment(3, 3, "b/log"), segment(4, 4, ""), segment(5, 5, "b/log")])]);
        assert_eq!(hints.logs(), [b"b/log".to_vec(), b"a/log".to_vec()]);
    }
}

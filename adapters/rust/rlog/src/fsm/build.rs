//! Hints that are built of an FSM.

use super::Fsm;
use crate::codec::op::Property;
use crate::hints::{FnodeSegments, Hints, Refused};
use crate::rule::Rule;
use crate::segments::Segment;

impl Fsm {
    /// The hints of the FSM, in its log (HNT-7 to HNT-10).
    pub fn build_hints(&self) -> Result<Hints, Refused> {
        if self.arrival.is_some() && self.has_no_place() {
            return Err(Rule::NoLiveFile.into());
        }
        let mut live_nodes: Vec<_> = self
            .live_files
            .iter()
            .map(|(&fnode, file)| FnodeSegments {
                fnode,
                segments: file.segments.iter().map(|s| self.hinted(s)).collect(),
            })
            .collect();
        if let Some(arrival) = self.arrival_to_hint() {
            if let Some(greatest) = live_nodes.last_mut() {
                greatest.segments.push(self.hinted(arrival));
            }
        }
        let properties = self
            .properties
            .iter()
            .map(|(path, content)| Property { path: path.clone(), content: content.clone() });
        let hints = Hints { log: self.log.clone(), live_nodes, properties: properties.collect() };
        hints.flatten()?;
        Ok(hints)
    }

    /// Those hints, but only if they lead to the branch: what recorders and players hand out
    /// (HNT-11).
    pub fn build_lasting_hints(&self) -> Result<Hints, Refused> {
        if self.has_no_place() {
            return Err(Rule::NoLiveFile.into());
        }
        self.build_hints()
    }

    /// Whether no segment would lead to the branch, nor the log's beginning.
    fn has_no_place(&self) -> bool {
        self.live_files.is_empty() && !self.from_beginning
    }

    /// The arrival, if no operation on a live file leads to the log that the branch is in (HNT-8).
    fn arrival_to_hint(&self) -> Option<&Segment> {
        let arrival = self.arrival.as_ref()?;
        let mut last_segments = self.live_files.values().filter_map(|f| f.segments.last());
        last_segments.all(|last| last.last_seq_no < arrival.first_seq_no).then_some(arrival)
    }

    /// The segment as hints name it: without their own log (HNT-7).
    fn hinted(&self, segment: &Segment) -> Segment {
        let mut hinted = segment.clone();
        if hinted.log == self.log {
            hinted.log.clear();
        }
        hinted
    }
}

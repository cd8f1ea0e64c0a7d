//! The steps of the tiers *segments* and *fsm*.

use crate::{codec, convert};
use rlog::segments::SegmentSet;
use rlog_kit::{copy_segment, Bytes, Failure, FsmState, Node, Reply, Segment};

#[derive(Default)]
pub struct Set(SegmentSet);

impl rlog_kit::SegmentSet for Set {
    fn add(&mut self, segment: &Segment) -> Reply<()> {
        let added = self.0.add(&copy_segment!(segment => rlog::segments::Segment));
        added.map_err(|refused| Failure::rule(refused.rule().name()))
    }

    fn segments(&self) -> Vec<Segment> {
        convert::segments(self.0.segments())
    }

    fn intersect(&self, log: &[u8], first: i64, last: i64) -> Reply<Vec<Segment>> {
        let found = self.0.intersect(log, first, last).unwrap_or_default();
        Ok(convert::segments(found))
    }
}

pub struct Machine(pub rlog::fsm::Fsm);

impl rlog_kit::Fsm for Machine {
    fn next(&self) -> (u64, u32) {
        (self.0.next_seq_no(), self.0.next_checksum())
    }

    fn apply(&mut self, payload: &[u8], log: &[u8], first: i64, last: i64) -> Reply<&'static str> {
        let mut op = codec::op(payload)?;
        op.attach(log, first, last);
        Ok(self.0.apply(&op, payload).name())
    }

    fn build_hints(&self) -> Reply<Bytes> {
        let built = self.0.build_hints().map_err(convert::refused);
        built.map(|hints| hints.encode())
    }

    fn state(&self) -> FsmState {
        let links = self.0.links().iter();
        let files = self.0.live_files().iter();
        let properties = self.0.properties().iter();
        FsmState {
            log: self.0.log().to_vec(),
            links: links.map(|(path, fnode)| (path.clone(), *fnode)).collect(),
            nodes: files
                .map(|(fnode, file)| Node {
                    fnode: *fnode,
                    links: file.links.iter().cloned().collect(),
                    segments: convert::segments(&file.segments),
                })
                .collect(),
            properties: properties.map(|(path, content)| (path.clone(), content.clone())).collect(),
            hints_remain: self.0.hints_remain(),
        }
    }
}

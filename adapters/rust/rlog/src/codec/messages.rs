//! The messages of hints (ENC-7).

use super::op::Property;
use super::wire::{Fields, Writer};
use super::Malformed;
use crate::hints::{FnodeSegments, Hints};
use crate::segments::Segment;
use crate::Bytes;

impl Segment {
    fn merge(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        let mut fields = Fields::new(bytes);
        while let Some((tag, value)) = fields.next()? {
            match tag {
                1 => value.set_fixed32(&mut self.author),
                2 => value.set_int64(&mut self.first_seq_no),
                3 => value.set_int64(&mut self.first_offset),
                4 => value.set_fixed32(&mut self.first_checksum),
                5 => value.set_int64(&mut self.last_seq_no),
                6 => value.set_int64(&mut self.last_offset),
                7 => value.set_bytes(&mut self.log),
                _ => {}
            }
        }
        Ok(())
    }

    fn encode(&self) -> Bytes {
        let mut w = Writer::default();
        w.fixed32(1, self.author);
        w.int64(2, self.first_seq_no);
        w.int64(3, self.first_offset);
        w.fixed32(4, self.first_checksum);
        w.int64(5, self.last_seq_no);
        w.int64(6, self.last_offset);
        w.string(7, &self.log);
        w.bytes
    }
}

impl FnodeSegments {
    fn merge(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        let mut fields = Fields::new(bytes);
        while let Some((tag, value)) = fields.next()? {
            match (tag, value.message()) {
                (1, _) => value.set_int64(&mut self.fnode),
                (2, Some(message)) => {
                    let mut segment = Segment::default();
                    segment.merge(message)?;
                    self.segments.push(segment);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn encode(&self) -> Bytes {
        let mut w = Writer::default();
        w.int64(1, self.fnode);
        for segment in &self.segments {
            w.message(2, &segment.encode());
        }
        w.bytes
    }
}

impl Hints {
    /// The bytes of hints (ENC-7, ENC-8).
    pub fn encode(&self) -> Bytes {
        let mut w = Writer::default();
        w.string(1, &self.log);
        for node in &self.live_nodes {
            w.message(2, &node.encode());
        }
        for property in &self.properties {
            w.message(3, &property.encode());
        }
        w.bytes
    }

    /// The hints that bytes hold, or that they hold none (ENC-9, ENC-10).
    pub fn decode(bytes: &[u8]) -> Result<Hints, Malformed> {
        let mut hints = Hints::default();
        let mut fields = Fields::new(bytes);
        while let Some((tag, value)) = fields.next()? {
            match (tag, value.message()) {
                (1, _) => value.set_bytes(&mut hints.log),
                (2, Some(message)) => {
                    let mut node = FnodeSegments::default();
                    node.merge(message)?;
                    hints.live_nodes.push(node);
                }
                (3, Some(message)) => {
                    let mut property = Property::default();
                    property.merge(message)?;
                    hints.properties.push(property);
                }
                _ => {}
            }
        }
        Ok(hints)
    }
}

//! Sets of segments.

use super::{compare, Compared, Contradiction, Segment};
use crate::rule::Rule;

/// Why a segment is not added to a set (SEG-7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The segment is not valid (SEG-1).
    Invalid(Rule),
    /// It contradicts one of the set (SEG-3).
    Contradicts(Box<Contradiction>),
}

impl Refused {
    /// The rule that is broken.
    pub fn rule(&self) -> Rule {
        match self {
            Refused::Invalid(rule) => *rule,
            Refused::Contradicts(contradiction) => contradiction.rule,
        }
    }
}

/// A range of a log that ends before it begins (SEG-10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidRange;

/// Segments in rising order, of which no neighbours overlap or reduce to one (SEG-6).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SegmentSet {
    segments: Vec<Segment>,
}

impl SegmentSet {
    /// All segments, in their order.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Adds a segment, or refuses it and changes nothing (SEG-7, SEG-8).
    pub fn add(&mut self, segment: &Segment) -> Result<(), Refused> {
        segment.validate().map_err(Refused::Invalid)?;
        let place =
            self.segments.partition_point(|there| there.first_seq_no < segment.first_seq_no);
        let mut working = segment.clone();
        // [from, to) are the segments that the working one replaces.
        let (mut from, mut to) = (place, place);
        if let Some(before) = place.checked_sub(1) {
            let compared = compare(&self.segments[before], &working);
            if let Compared::One(one) = compared.map_err(Refused::Contradicts)? {
                working = one;
                from = before;
            }
        }
        for there in &self.segments[place..] {
            match compare(there, &working).map_err(Refused::Contradicts)? {
                Compared::One(one) => working = one,
                Compared::Two => break,
            }
            to += 1;
        }
        self.segments.splice(from..to, [working]);
        Ok(())
    }

    /// The segments of a log around the bytes [first, last) (SEG-10).
    pub fn intersect(
        &self,
        log: &[u8],
        first: i64,
        last: i64,
    ) -> Result<Vec<&Segment>, InvalidRange> {
        if first > last {
            return Err(InvalidRange);
        }
        let around = |s: &&Segment| {
            s.log == log && s.first_offset < last && (s.last_offset == 0 || s.last_offset > first)
        };
        Ok(self.segments.iter().filter(around).collect())
    }
}

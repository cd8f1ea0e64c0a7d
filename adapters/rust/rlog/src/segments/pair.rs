//! Two segments: their order, whether they contradict each other, and whether they are one.

use super::Segment;
use crate::rule::Rule;
use std::cmp::Ordering;

/// Two segments that cannot be of one history, and the rule by which (SEG-3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    pub rule: Rule,
    pub earlier: Segment,
    pub later: Segment,
}

/// Two segments that do not contradict each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// They reduce to one (SEG-4).
    One(Segment),
    /// They stay two (SEG-5).
    Two,
}

/// Orders two segments, looks for a contradiction, and reduces them (SEG-2 to SEG-5). `there` is
/// the one that was there first.
pub fn compare(there: &Segment, other: &Segment) -> Result<Compared, Box<Contradiction>> {
    let order =
        there.first_seq_no.cmp(&other.first_seq_no).then(other.last_seq_no.cmp(&there.last_seq_no));
    let (a, b) = match order {
        Ordering::Less | Ordering::Equal => (there, other),
        Ordering::Greater => (other, there),
    };
    match contradiction(a, b) {
        Some(rule) => Err(Box::new(Contradiction { rule, earlier: a.clone(), later: b.clone() })),
        None => Ok(reduce(a, b)),
    }
}

/// The first rule by which the earlier `a` and the later `b` contradict each other (SEG-3).
fn contradiction(a: &Segment, b: &Segment) -> Option<Rule> {
    let same_log = a.log == b.log;
    let begins_before = a.first_seq_no < b.first_seq_no;
    let overlap = a.last_seq_no >= b.first_seq_no;
    let ends_known = a.last_offset != 0 && b.last_offset != 0;
    let ends_disagree = (a.last_seq_no <= b.last_seq_no && a.last_offset > b.last_offset)
        || (a.last_seq_no >= b.last_seq_no && a.last_offset < b.last_offset);
    let rules = [
        (same_log && begins_before && a.first_offset > b.first_offset, Rule::FirstOffsetsFall),
        (begins_before && a.last_offset == 0 && b.last_offset != 0, Rule::KnownAfterUnknown),
        (a.last_offset == 0 && !same_log, Rule::OtherLogAfterUnknown),
        (same_log && ends_known && ends_disagree, Rule::LastOffsetsDisagree),
        (
            a.first_seq_no == b.first_seq_no && a.first_checksum != b.first_checksum,
            Rule::FirstChecksumsDiffer,
        ),
        (overlap && a.author != b.author, Rule::AuthorsDiffer),
        (overlap && !same_log, Rule::LogsDiffer),
    ];
    let broken = rules.into_iter().find(|(broken, _)| *broken);
    broken.map(|(_, rule)| rule)
}

fn reduce(a: &Segment, b: &Segment) -> Compared {
    // A sum of whole numbers (ENC-1): one more than the greatest int64 is no overflow.
    let touch = i128::from(a.last_seq_no) + 1 >= i128::from(b.first_seq_no);
    if !touch || a.author != b.author || a.log != b.log {
        return Compared::Two;
    }
    let mut one = a.clone();
    if a.first_seq_no == b.first_seq_no {
        one.first_offset = a.first_offset.max(b.first_offset);
    }
    (one.last_seq_no, one.last_offset) =
        (a.last_seq_no, a.last_offset).max((b.last_seq_no, b.last_offset));
    Compared::One(one)
}

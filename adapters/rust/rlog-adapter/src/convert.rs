//! Values of the implementation as values of the kit.

use rlog::rule::Rule;
use rlog_kit::{Failure, Hints, Segment};

pub fn segment(s: &rlog::segments::Segment) -> Segment {
    Segment {
        author: s.author,
        first_seq_no: s.first_seq_no,
        first_offset: s.first_offset,
        first_checksum: s.first_checksum,
        last_seq_no: s.last_seq_no,
        last_offset: s.last_offset,
        log: s.log.clone(),
    }
}

pub fn segments<'a>(s: impl IntoIterator<Item = &'a rlog::segments::Segment>) -> Vec<Segment> {
    s.into_iter().map(segment).collect()
}

pub fn own_segment(s: &Segment) -> rlog::segments::Segment {
    rlog::segments::Segment {
        author: s.author,
        first_seq_no: s.first_seq_no,
        first_offset: s.first_offset,
        first_checksum: s.first_checksum,
        last_seq_no: s.last_seq_no,
        last_offset: s.last_offset,
        log: s.log.clone(),
    }
}

pub fn hints(hints: &rlog::hints::Hints) -> Hints {
    let nodes = hints.live_nodes.iter();
    let properties = hints.properties.iter();
    Hints {
        log: hints.log.clone(),
        live_nodes: nodes
            .map(|node| (node.fnode, segments(&node.segments)))
            .collect(),
        properties: properties
            .map(|property| (property.path.clone(), property.content.clone()))
            .collect(),
    }
}

/// The error that a rule belongs to: of one segment, of two, or of hints as a whole.
pub fn refused(rule: Rule) -> Failure {
    let error = match rule {
        Rule::Author
        | Rule::FirstSeqNo
        | Rule::FirstOffset
        | Rule::LastSeqNo
        | Rule::LastOffset
        | Rule::Log => "InvalidSegment",
        Rule::FirstOffsetsFall
        | Rule::KnownAfterUnknown
        | Rule::OtherLogAfterUnknown
        | Rule::LastOffsetsDisagree
        | Rule::FirstChecksumsDiffer
        | Rule::AuthorsDiffer
        | Rule::LogsDiffer => "SegmentConflict",
        Rule::OwnLogNamed
        | Rule::FnodeOrder
        | Rule::FnodeCreate
        | Rule::LastLog
        | Rule::NoLog
        | Rule::OneLog
        | Rule::NoLiveFile => "InvalidHints",
    };
    Failure::Refused(format!("{error} {rule}"))
}

pub fn hints_refused(refusal: rlog::hints::Refused) -> Failure {
    refused(refusal.rule)
}

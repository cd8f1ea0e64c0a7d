//! Values of the implementation as values of the kit.

use rlog_kit::{copy_segment, Failure, Hints, Segment};

pub fn segments<'a>(s: impl IntoIterator<Item = &'a rlog::segments::Segment>) -> Vec<Segment> {
    s.into_iter().map(|s| copy_segment!(s => Segment)).collect()
}

pub fn hints(hints: &rlog::hints::Hints) -> Hints {
    let nodes = hints.live_nodes.iter();
    let properties = hints.properties.iter();
    Hints {
        log: hints.log.clone(),
        live_nodes: nodes.map(|node| (node.fnode, segments(&node.segments))).collect(),
        properties: properties.map(|p| (p.path.clone(), p.content.clone())).collect(),
    }
}

pub fn refused(refusal: rlog::hints::Refused) -> Failure {
    Failure::rule(refusal.rule.name())
}

//! The rules by which segments and hints are refused.

use std::fmt;

/// A rule that segments or hints break, named as in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A segment's author is 0 (SEG-1).
    Author,
    /// A segment's first sequence number is less than 1 (SEG-1).
    FirstSeqNo,
    /// A segment's first offset is negative (SEG-1).
    FirstOffset,
    /// A segment ends before it begins (SEG-1).
    LastSeqNo,
    /// A segment has a known end that is not behind its beginning (SEG-1).
    LastOffset,
    /// A segment's log has no log name (SEG-1, LOG-1).
    Log,
    /// The later segment begins before the earlier one (SEG-3).
    FirstOffsetsFall,
    /// A known end behind one that is not known (SEG-3).
    KnownAfterUnknown,
    /// Another log behind an end that is not known (SEG-3).
    OtherLogAfterUnknown,
    /// Ends of one log are in another order than their sequence numbers (SEG-3).
    LastOffsetsDisagree,
    /// Segments that begin together differ in their first checksum (SEG-3).
    FirstChecksumsDiffer,
    /// Overlapping segments of two authors (SEG-3).
    AuthorsDiffer,
    /// Overlapping segments of two logs (SEG-3).
    LogsDiffer,
    /// A hinted segment names the hints' own log (HNT-2).
    OwnLogNamed,
    /// Fnodes do not rise (HNT-3).
    FnodeOrder,
    /// A file's first segment does not begin with its create (HNT-3).
    FnodeCreate,
    /// The last segment is not in the hints' log (HNT-4).
    LastLog,
    /// The hints have no log (HNT-5).
    NoLog,
    /// A segment in another log, in a revision of one log (HNT-5).
    OneLog,
    /// No file is live, so the hints would lead nowhere (HNT-9, HNT-11).
    NoLiveFile,
}

impl Rule {
    /// The name that the text gives the rule.
    pub fn name(self) -> &'static str {
        match self {
            Rule::Author => "AUTHOR",
            Rule::FirstSeqNo => "FIRST_SEQ_NO",
            Rule::FirstOffset => "FIRST_OFFSET",
            Rule::LastSeqNo => "LAST_SEQ_NO",
            Rule::LastOffset => "LAST_OFFSET",
            Rule::Log => "LOG",
            Rule::FirstOffsetsFall => "FIRST_OFFSETS_FALL",
            Rule::KnownAfterUnknown => "KNOWN_AFTER_UNKNOWN",
            Rule::OtherLogAfterUnknown => "OTHER_LOG_AFTER_UNKNOWN",
            Rule::LastOffsetsDisagree => "LAST_OFFSETS_DISAGREE",
            Rule::FirstChecksumsDiffer => "FIRST_CHECKSUMS_DIFFER",
            Rule::AuthorsDiffer => "AUTHORS_DIFFER",
            Rule::LogsDiffer => "LOGS_DIFFER",
            Rule::OwnLogNamed => "OWN_LOG_NAMED",
            Rule::FnodeOrder => "FNODE_ORDER",
            Rule::FnodeCreate => "FNODE_CREATE",
            Rule::LastLog => "LAST_LOG",
            Rule::NoLog => "NO_LOG",
            Rule::OneLog => "ONE_LOG",
            Rule::NoLiveFile => "NO_LIVE_FILE",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

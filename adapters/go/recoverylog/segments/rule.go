package segments

import "rlog-model/adapters/go/recoverylog/codec"

// Segment is the message of ENC-7. In this package its log is never empty, but where Validate refuses it.
type Segment = codec.Segment

// Rule names what a segment, a pair of them or hints break.
type Rule string

// The rules for one segment, in the order in which they are checked (SEG-1).
const (
	Author      Rule = "AUTHOR"
	FirstSeqNo  Rule = "FIRST_SEQ_NO"
	FirstOffset Rule = "FIRST_OFFSET"
	LastSeqNo   Rule = "LAST_SEQ_NO"
	LastOffset  Rule = "LAST_OFFSET"
	Log         Rule = "LOG"
)

// The rules for two segments, in the order in which they are checked (SEG-3).
const (
	FirstOffsetsFall     Rule = "FIRST_OFFSETS_FALL"
	KnownAfterUnknown    Rule = "KNOWN_AFTER_UNKNOWN"
	OtherLogAfterUnknown Rule = "OTHER_LOG_AFTER_UNKNOWN"
	LastOffsetsDisagree  Rule = "LAST_OFFSETS_DISAGREE"
	FirstChecksumsDiffer Rule = "FIRST_CHECKSUMS_DIFFER"
	AuthorsDiffer        Rule = "AUTHORS_DIFFER"
	LogsDiffer           Rule = "LOGS_DIFFER"
)

// Error is a refusal. Earlier and Later are the two segments of a rule of SEG-3, and equal for one of SEG-1.
type Error struct {
	Rule           Rule
	Earlier, Later Segment
}

func (e *Error) Error() string { return "segment breaks rule " + string(e.Rule) }

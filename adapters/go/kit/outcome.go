package kit

import "errors"

// Malformed is what a decoder answers to bytes that are no message (ENC-10).
var Malformed = errors.New("malformed")

// BrokenRule refuses segments or hints, by the name of the rule that they break (ADP-10).
type BrokenRule string

func (r BrokenRule) Error() string { return "broken rule " + string(r) }

// refusalOf names the error that a rule belongs to: those of SEG-1 and SEG-3 have errors of their own, and all others are
// of hints.
func refusalOf(rule string) string {
	switch rule {
	case "AUTHOR", "FIRST_SEQ_NO", "FIRST_OFFSET", "LAST_SEQ_NO", "LAST_OFFSET", "LOG":
		return "InvalidSegment"
	case "FIRST_OFFSETS_FALL", "KNOWN_AFTER_UNKNOWN", "OTHER_LOG_AFTER_UNKNOWN", "LAST_OFFSETS_DISAGREE",
		"FIRST_CHECKSUMS_DIFFER", "AUTHORS_DIFFER", "LOGS_DIFFER":
		return "SegmentConflict"
	}
	return "InvalidHints"
}

const (
	done       = "done"
	impossible = "impossible"
)

// outcomeOf is the outcome of a refusal. Any other error is the adapter's own (ADP-5), and ends the run. malformed is the
// name of the error for bytes that are no message.
func outcomeOf(err error, malformed string) string {
	if err == nil {
		return done
	}
	if errors.Is(err, Malformed) {
		return "refused: " + malformed
	}
	var rule BrokenRule
	if errors.As(err, &rule) {
		return "refused: " + refusalOf(string(rule)) + " " + string(rule)
	}
	panic(err)
}

// offerOutcome is the outcome of an operation that was offered to an FSM.
func offerOutcome(name string) string {
	switch name {
	case "Applied":
		return done
	case "FnodeNotTracked":
		return "untracked: " + name
	}
	return "rejected: " + name
}

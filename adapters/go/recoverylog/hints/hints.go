// Package hints holds what is asked of hints before they are played (HNT-1 to HNT-6), and their JSON form (HNT-13 to
// HNT-17).
package hints

import (
	"fmt"

	"rlog-model/adapters/go/recoverylog/codec"
	"rlog-model/adapters/go/recoverylog/segments"
)

// The rules that hints break, beside those of segments.
const (
	OwnLogNamed segments.Rule = "OWN_LOG_NAMED" // HNT-2
	FnodeOrder  segments.Rule = "FNODE_ORDER"   // HNT-3
	FnodeCreate segments.Rule = "FNODE_CREATE"  // HNT-3
	LastLog     segments.Rule = "LAST_LOG"      // HNT-4
	NoLog       segments.Rule = "NO_LOG"        // HNT-5
	OneLog      segments.Rule = "ONE_LOG"       // HNT-5
	NoLiveFile  segments.Rule = "NO_LIVE_FILE"  // HNT-9, HNT-11
)

// Error is a refusal of hints. Fnode is set for OwnLogNamed, FnodeOrder and FnodeCreate. Segment tells more of a rule of
// segments that was broken.
type Error struct {
	Rule    segments.Rule
	Fnode   int64
	Segment *segments.Error
}

func (e *Error) Error() string { return fmt.Sprintf("hints break rule %s (fnode %d)", e.Rule, e.Fnode) }

// Refuse makes the refusal of a rule that names nothing else.
func Refuse(rule segments.Rule) *Error { return &Error{Rule: rule} }

func refuseSegment(err error) *Error {
	segment := err.(*segments.Error)
	return &Error{Rule: segment.Rule, Segment: segment}
}

// withLog gives a segment the log of its hints where it names none (HNT-1).
func withLog(s codec.Segment, log string) codec.Segment {
	if s.Log == "" {
		s.Log = log
	}
	return s
}

// Validate asks what Gazette's Validate asks, and no more (HNT-2).
func Validate(h *codec.Hints) error {
	for _, node := range h.LiveNodes {
		for _, s := range node.Segments {
			if s.Log != "" && s.Log == h.Log {
				return &Error{Rule: OwnLogNamed, Fnode: node.Fnode}
			}
			s = withLog(s, h.Log)
			if err := segments.Validate(&s); err != nil {
				return refuseSegment(err)
			}
		}
	}
	return nil
}

// Flat is what hints hold: the fnodes in their order, and the segments of all files in one set.
type Flat struct {
	Fnodes []int64
	Set    segments.Set
}

// Flatten joins the segments of all files (HNT-3, HNT-4).
func Flatten(h *codec.Hints) (*Flat, error) {
	flat := &Flat{}
	for i, node := range h.LiveNodes {
		if i > 0 && node.Fnode <= h.LiveNodes[i-1].Fnode {
			return nil, &Error{Rule: FnodeOrder, Fnode: node.Fnode}
		}
		if len(node.Segments) == 0 || node.Segments[0].FirstSeqNo != node.Fnode {
			return nil, &Error{Rule: FnodeCreate, Fnode: node.Fnode}
		}
		for _, s := range node.Segments {
			if err := flat.Set.Add(withLog(s, h.Log)); err != nil {
				return nil, refuseSegment(err)
			}
		}
		flat.Fnodes = append(flat.Fnodes, node.Fnode)
	}
	if all := flat.Set.Segments(); len(all) > 0 && all[len(all)-1].Log != h.Log {
		return nil, Refuse(LastLog)
	}
	return flat, nil
}

// Begin is Flatten for who begins with the hints (HNT-5). severalLogs is that of the revision (RVN-1).
func Begin(h *codec.Hints, severalLogs bool) (*Flat, error) {
	if h.Log == "" {
		return nil, Refuse(NoLog)
	}
	flat, err := Flatten(h)
	if err != nil {
		return nil, err
	}
	if !severalLogs {
		for _, s := range flat.Set.Segments() {
			if s.Log != h.Log {
				return nil, Refuse(OneLog)
			}
		}
	}
	return flat, nil
}

// Logs are the logs of hints, in the order in which a player asks about them (HNT-6).
func Logs(h *codec.Hints) []string {
	var logs []string
	seen := map[string]bool{}
	name := func(log string) {
		if !seen[log] {
			seen[log] = true
			logs = append(logs, log)
		}
	}
	for _, node := range h.LiveNodes {
		for _, s := range node.Segments {
			name(withLog(s, h.Log).Log)
		}
	}
	name(h.Log)
	return logs
}

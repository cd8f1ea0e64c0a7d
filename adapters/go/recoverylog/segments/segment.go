// Package segments holds what is true of one segment, of two, and of a set of them (SEG), and what is the name of a log
// (LOG-1).
package segments

// Check names the first rule of SEG-1 that a segment breaks, or none.
func Check(s *Segment) (rule Rule, broken bool) {
	switch {
	case s.Author == 0:
		return Author, true
	case s.FirstSeqNo < 1:
		return FirstSeqNo, true
	case s.FirstOffset < 0:
		return FirstOffset, true
	case s.LastSeqNo < s.FirstSeqNo:
		return LastSeqNo, true
	case s.LastOffset != 0 && s.LastOffset <= s.FirstOffset:
		return LastOffset, true
	case !IsLogName(s.Log):
		return Log, true
	}
	return "", false
}

// Validate is Check, with an error.
func Validate(s *Segment) error {
	if rule, broken := Check(s); broken {
		return &Error{Rule: rule, Earlier: *s, Later: *s}
	}
	return nil
}

// order gives the earlier one of two segments first (SEG-2). there is the one that was there first.
func order(there, other *Segment) (earlier, later *Segment) {
	if other.FirstSeqNo < there.FirstSeqNo ||
		other.FirstSeqNo == there.FirstSeqNo && other.LastSeqNo > there.LastSeqNo {
		return other, there
	}
	return there, other
}

// contradiction is the first rule of SEG-3 by which two valid segments contradict each other, a being the earlier one.
func contradiction(a, b *Segment) (rule Rule, found bool) {
	sameLog := a.Log == b.Log
	overlap := a.LastSeqNo >= b.FirstSeqNo
	switch {
	case sameLog && a.FirstSeqNo < b.FirstSeqNo && a.FirstOffset > b.FirstOffset:
		return FirstOffsetsFall, true
	case a.FirstSeqNo < b.FirstSeqNo && a.LastOffset == 0 && b.LastOffset != 0:
		return KnownAfterUnknown, true
	case a.LastOffset == 0 && !sameLog:
		return OtherLogAfterUnknown, true
	case sameLog && lastOffsetsDisagree(a, b):
		return LastOffsetsDisagree, true
	case a.FirstSeqNo == b.FirstSeqNo && a.FirstChecksum != b.FirstChecksum:
		return FirstChecksumsDiffer, true
	case overlap && a.Author != b.Author:
		return AuthorsDiffer, true
	case overlap && !sameLog:
		return LogsDiffer, true
	}
	return "", false
}

func lastOffsetsDisagree(a, b *Segment) bool {
	if a.LastOffset == 0 || b.LastOffset == 0 {
		return false
	}
	return a.LastSeqNo <= b.LastSeqNo && a.LastOffset > b.LastOffset ||
		a.LastSeqNo >= b.LastSeqNo && a.LastOffset < b.LastOffset
}

// reducesToOne tells whether two segments that do not contradict each other touch or overlap, and belong together
// (SEG-4). A valid first_seq_no is at least 1, so taking 1 from it does not overflow, as adding 1 could (ENC-1).
func reducesToOne(a, b *Segment) bool {
	return a.LastSeqNo >= b.FirstSeqNo-1 && a.Author == b.Author && a.Log == b.Log
}

// reduced is the one that two segments reduce to (SEG-4).
func reduced(a, b *Segment) Segment {
	one := *a
	if a.FirstSeqNo == b.FirstSeqNo {
		one.FirstOffset = max(a.FirstOffset, b.FirstOffset)
	}
	switch {
	case b.LastSeqNo > a.LastSeqNo:
		one.LastSeqNo, one.LastOffset = b.LastSeqNo, b.LastOffset
	case b.LastSeqNo == a.LastSeqNo:
		one.LastOffset = max(a.LastOffset, b.LastOffset)
	}
	return one
}

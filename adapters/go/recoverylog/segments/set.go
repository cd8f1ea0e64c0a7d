package segments

import (
	"errors"
	"slices"
	"sort"
)

// ErrInvalidRange is told to whoever intersects with a range whose first offset is greater than its last (SEG-10).
var ErrInvalidRange = errors.New("invalid range")

// Set holds segments in rising order of their first sequence numbers (SEG-6). Its zero value is the empty set.
type Set struct {
	segments []Segment
}

// Segments are those of the set, in its order. They are not to be changed.
func (set *Set) Segments() []Segment { return set.segments }

// Add puts a segment into the set (SEG-7). A refused one changes nothing (SEG-8); the error is an *Error.
func (set *Set) Add(s Segment) error {
	if err := Validate(&s); err != nil {
		return err
	}
	begin := sort.Search(len(set.segments), func(i int) bool {
		return set.segments[i].FirstSeqNo >= s.FirstSeqNo
	})
	end := begin
	working := s
	if begin > 0 {
		one, err := join(&set.segments[begin-1], &working)
		if err != nil {
			return err
		}
		if one != nil {
			working = *one
			begin--
		}
	}
	for end < len(set.segments) {
		one, err := join(&set.segments[end], &working)
		if err != nil {
			return err
		}
		if one == nil {
			break
		}
		working = *one
		end++
	}
	set.segments = slices.Replace(set.segments, begin, end, working)
	return nil
}

// join compares a segment of the set with another one. It gives the one that they reduce to, or nil where they stay two
// (SEG-4, SEG-5).
func join(there, other *Segment) (*Segment, error) {
	a, b := order(there, other)
	if rule, found := contradiction(a, b); found {
		return nil, &Error{Rule: rule, Earlier: *a, Later: *b}
	}
	if !reducesToOne(a, b) {
		return nil, nil
	}
	one := reduced(a, b)
	return &one, nil
}

// Intersect gives the segments of one log that reach into a range of offsets (SEG-10).
func (set *Set) Intersect(log string, first, last int64) ([]Segment, error) {
	if first > last {
		return nil, ErrInvalidRange
	}
	var found []Segment
	for _, s := range set.segments {
		if s.Log == log && s.FirstOffset < last && (s.LastOffset == 0 || s.LastOffset > first) {
			found = append(found, s)
		}
	}
	return found, nil
}

package kit

// set is empty as soon as it is named (ADP-15).
func (v *world) set(name string) Set {
	need(v.adapter.NewSet != nil, "sets of segments")
	if v.sets[name] == nil {
		v.sets[name] = v.adapter.NewSet()
	}
	return v.sets[name]
}

// addSegment is ADP-15.
func (v *world) addSegment(w *writer, s *step) {
	set := v.set(s.Set)
	err := set.Add(Segment{
		Author:        s.Author,
		FirstSeqNo:    s.FirstSeqNo,
		FirstOffset:   s.FirstOffset,
		FirstChecksum: s.FirstChecksum,
		LastSeqNo:     s.LastSeqNo,
		LastOffset:    s.LastOffset,
		Log:           s.log(),
	})
	if outcome(w, outcomeOf(err, "")) {
		w.segments(set.Segments())
	}
}

// intersect is ADP-16.
func (v *world) intersect(w *writer, s *step) {
	if s.FirstOffset > s.LastOffset {
		outcome(w, impossible)
		return
	}
	found := v.set(s.Set).Intersect(s.log(), s.FirstOffset, s.LastOffset)
	outcome(w, done)
	w.segments(found)
}

package kit

// newFSM is ADP-17.
func (v *world) newFSM(w *writer, s *step) {
	need(v.adapter.NewFSM != nil, "an FSM")
	if v.fsms[s.FSM] != nil {
		outcome(w, impossible)
		return
	}
	var fsm FSM
	hints, _, err := v.decodedHints(fromHex(s.hints()))
	if err == nil {
		fsm, err = v.adapter.NewFSM(v.revision, hints)
	}
	if outcome(w, outcomeOf(err, "MalformedHints")) {
		v.fsms[s.FSM] = fsm
		showProgress(w, fsm)
	}
}

// apply is ADP-18.
func (v *world) apply(w *writer, s *step) {
	fsm := v.fsms[s.FSM]
	if fsm == nil {
		outcome(w, impossible)
		return
	}
	offer := Offer{Payload: fromHex(s.Payload), Log: s.log(), FirstOffset: s.FirstOffset, LastOffset: s.LastOffset}
	name, err := fsm.Apply(offer)
	if err != nil {
		outcome(w, outcomeOf(err, "MalformedOp"))
		return
	}
	outcome(w, offerOutcome(name))
	showProgress(w, fsm)
}

// buildHints is ADP-19.
func (v *world) buildHints(w *writer, s *step) {
	fsm := v.fsms[s.FSM]
	if fsm == nil {
		outcome(w, impossible)
		return
	}
	hints, err := fsm.BuildHints()
	if outcome(w, outcomeOf(err, "")) {
		showProgress(w, fsm)
		w.hints(&hints)
	}
}

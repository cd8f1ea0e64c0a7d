package kit

// status is ADP-24.
func (p *playing) status() string {
	switch {
	case p.Complete():
		return "complete"
	case p.Failure() != "":
		return "failed: " + p.Failure()
	case p.Next().Kind == AskAppend:
		return "appending"
	case p.Tailing():
		return "tailing"
	}
	return "reading"
}

func (p *playing) ended() bool { return p.Complete() || p.Failure() != "" }

func (p *playing) show(w *writer) {
	showProgress(w, p)
	w.string("status", p.status())
}

// giveHints is ADP-22.
func (v *world) giveHints(w *writer, s *step) {
	if _, there := v.hints[s.hints()]; there {
		outcome(w, impossible)
		return
	}
	hints, _, err := v.decodedHints(fromHex(s.Encoded))
	if outcome(w, outcomeOf(err, "MalformedHints")) {
		v.hints[s.hints()] = hints
		w.hints(&hints)
	}
}

// hintsToPlay are those that a step names, or hints of a log that hold nothing else.
func (v *world) hintsToPlay(s *step) (hints Hints, there bool) {
	if s.Hints != nil {
		hints, there = v.hints[*s.Hints]
		return hints, there
	}
	return Hints{Log: s.log()}, s.Log != nil || s.LogHex != nil
}

// play is ADP-23.
func (v *world) play(w *writer, s *step) {
	need(v.adapter.NewPlayer != nil, "a player")
	hints, there := v.hintsToPlay(s)
	if v.players[s.Player] != nil || !there {
		outcome(w, impossible)
		return
	}
	player, err := v.adapter.NewPlayer(v.revision, hints)
	if outcome(w, outcomeOf(err, "")) {
		p := &playing{Player: player}
		v.players[s.Player] = p
		p.show(w)
	}
}

// wish tells a player a wish (ADP-25).
func (v *world) wish(w *writer, s *step, lawful bool, tell func(p *playing) error) {
	p := v.players[s.Player]
	if p == nil || p.wished || p.ended() || !lawful {
		outcome(w, impossible)
		return
	}
	if err := tell(p); err != nil {
		panic(err)
	}
	p.wished = true
	outcome(w, done)
	p.show(w)
}

func (v *world) finishAtWriteHead(w *writer, s *step) {
	v.wish(w, s, true, func(p *playing) error { return p.FinishAtWriteHead() })
}

func (v *world) injectHandoff(w *writer, s *step) {
	v.wish(w, s, s.Author != 0, func(p *playing) error { return p.HandOff(s.Author) })
}

// advance is ADP-26.
func (v *world) advance(w *writer, s *step) {
	p := v.players[s.Player]
	if p == nil || p.ended() {
		outcome(w, impossible)
		return
	}
	for !p.ended() && v.answer(p, s.Until) {
	}
	outcome(w, done)
	p.show(w)
}

// answer does what a player asks for, and tells whether to go on.
func (v *world) answer(p *playing, until string) bool {
	question := p.Next()
	log := v.log(question.Log)
	switch question.Kind {
	case AskHead:
		p.TakeHead(log.Head())
	case AskBytes:
		at, b := log.Read(question.Offset)
		if at > question.Offset || len(b) > 0 {
			p.TakeBytes(at, b)
			return true
		}
		if question.Waits || until == "head" && p.Tailing() {
			return false
		}
		p.TakeNothing()
	case AskAppend:
		if until == "append" {
			return false
		}
		p.appended = &question
		p.TakeAppended(land(log, &question))
	}
	return true
}

// land appends a handoff, with its fence as union and without a check (HOF-2).
func land(log *Log, r *Request) int64 {
	log.Registers.Change(nil, map[string][]string{"author": {r.Fence}})
	return log.Append(r.Data)
}

// handoffAgain is ADP-27.
func (v *world) handoffAgain(w *writer, s *step) {
	p := v.players[s.Player]
	if p == nil || p.appended == nil {
		outcome(w, impossible)
		return
	}
	head := land(v.log(p.appended.Log), p.appended)
	outcome(w, done)
	w.int("head", head)
}

// takePlayerHints is ADP-28.
func (v *world) takePlayerHints(w *writer, s *step) {
	p := v.players[s.Player]
	_, there := v.hints[s.hints()]
	if p == nil || there || !p.Complete() && !p.Tailing() {
		outcome(w, impossible)
		return
	}
	hints, err := p.Hints()
	taken := outcome(w, outcomeOf(err, ""))
	p.show(w)
	if taken {
		v.hints[s.hints()] = hints
		w.hints(&hints)
	}
}

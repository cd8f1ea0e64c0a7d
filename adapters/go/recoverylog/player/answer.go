package player

// TakeHead answers AskHead.
func (p *Player) TakeHead(head int64) {
	log := p.question.Log
	known, told := p.heads[log]
	p.heads[log] = head
	switch {
	case told && head < known:
		p.fail(&Failure{Kind: LogEndsEarly, Offset: head, Head: known})
	case p.beyond(log, head):
	case p.held != nil && p.held.end > uint64(head):
		p.held = nil
		p.reader.Reject()
	case p.held != nil:
		p.release()
	case told:
		p.goal, p.goalKnown = head, true
	}
	p.settle()
}

// beyond fails the play where hints name an offset at or beyond the head of a log (PLAY-2).
func (p *Player) beyond(log string, head int64) bool {
	for _, s := range p.fsm.HintedSegments() {
		if s.Log == log && (s.FirstOffset >= head || s.LastOffset > head) {
			p.fail(&Failure{Kind: HintsBeyondHead, Segment: s, Head: head})
			p.failure.Log = log
			return true
		}
	}
	return false
}

// TakeBytes answers AskBytes with bytes that begin at an offset. Where that lies behind the one that was asked for, the
// bytes between are a hole.
func (p *Player) TakeBytes(offset int64, b []byte) {
	if hole := p.question.Offset; offset > hole {
		if p.lostIn(offset) {
			p.fail(&Failure{Kind: HoleInLog, Offset: hole, End: offset, NextSeqNo: p.fsm.NextSeqNo()})
			p.settle()
			return
		}
		p.reader.SkipTo(offset)
	}
	p.reader.Feed(b)
	p.settle()
}

// lostIn tells whether what is played may have gone on in a hole that ends at an offset (PLAY-5).
func (p *Player) lostIn(end int64) bool {
	if !p.fsm.Hinted() || p.writing != nil {
		return true
	}
	hinted := p.fsm.HintedSegments()
	next, last := &hinted[0], &hinted[len(hinted)-1]
	return next.LastOffset != 0 && next.LastOffset <= end ||
		last.Log == p.log && last.FirstOffset < end && last.LastOffset == 0
}

// TakeNothing answers AskBytes: there are none yet, and the offset that was asked for is the head (PLAY-18, case 5).
func (p *Player) TakeNothing() {
	end, known := p.question.Offset, p.heads[p.log]
	if end < known {
		p.fail(&Failure{Kind: LogEndsEarly, Offset: end, Head: known})
	} else {
		p.heads[p.log] = end
		p.rejectBefore(end)
	}
	p.settle()
}

// TakeAppended answers AskAppend with the offset at which the append ends. The player reads on to it (HOF-4).
func (p *Player) TakeAppended(end int64) {
	p.appended, p.goal = true, end
	p.heads[p.own] = max(p.heads[p.own], end)
	p.settle()
}

package player

import (
	"math"

	"rlog-model/adapters/go/recoverylog/codec"
)

// settle reads what is at hand, and finds what to ask for next. What rejects an unfinished frame has more to read.
func (p *Player) settle() {
	for {
		p.read()
		if p.Ended() {
			p.question = Request{Kind: AskNothing}
			return
		}
		if question, ok := p.ask(); ok {
			p.question = question
			return
		}
	}
}

// ask finds what to ask for, by the cases of PLAY-18. It is not ok where it changed something instead.
func (p *Player) ask() (question Request, ok bool) {
	for _, log := range p.logs {
		if _, known := p.heads[log]; !known {
			return Request{Kind: AskHead, Log: log}, true
		}
	}
	if p.held != nil {
		return Request{Kind: AskHead, Log: p.log}, true
	}
	if p.fsm.Hinted() {
		if head := p.heads[p.log]; p.reader.End() >= head {
			if !p.rejectBefore(head) {
				p.fail(&Failure{
					Kind: HintsRemain, Segment: p.fsm.HintedSegments()[0], Head: head,
					NextSeqNo: p.fsm.NextSeqNo(), NextChecksum: p.fsm.NextChecksum(),
				})
			}
			return Request{}, false
		}
	} else if p.wish != noWish {
		if !p.goalKnown {
			return Request{Kind: AskHead, Log: p.own}, true
		}
		if p.reader.End() >= p.goal && p.writing == nil {
			return p.arrive()
		}
	}
	return Request{Kind: AskBytes, Log: p.log, Offset: p.reader.End(), Waits: p.waits()}, true
}

// rejectBefore rejects a frame that is unfinished before a head. An append is atomic, so it is none (PLAY-4).
func (p *Player) rejectBefore(head int64) bool {
	begin, unfinished := p.reader.Unfinished()
	if !unfinished || begin >= head {
		return false
	}
	p.reader.RejectUnfinished()
	return true
}

// waits tells whether the player waits for bytes to come (PLAY-18, case 5).
func (p *Player) waits() bool {
	_, unfinished := p.reader.Unfinished()
	return p.reader.End() >= p.heads[p.log] && p.wish == noWish && !unfinished && p.reader.RawAwaited() == 0
}

// arrive does what the wish wants at the head to which it goes (PLAY-7, PLAY-8).
func (p *Player) arrive() (question Request, ok bool) {
	switch {
	case p.rejectBefore(p.goal):
	case p.wish == finishAtHead:
		p.finish()
	case p.appended:
		// Another operation came first, or the no-op was never met: all is done again from the new end (HOF-4).
		p.appended, p.goalKnown = false, false
	case p.fsm.NextSeqNo() > math.MaxInt64:
		p.fail(&Failure{Kind: BranchFull})
	default:
		return p.askAppend(), true
	}
	return Request{}, false
}

// askAppend asks for the append of the no-op that takes the log over (HOF-1, HOF-2).
func (p *Player) askAppend() Request {
	op := codec.Operation{SeqNo: int64(p.fsm.NextSeqNo()), Checksum: p.fsm.NextChecksum(), Author: p.author}
	p.noOpSeq = op.SeqNo
	// A no-op is always shorter than a frame can be.
	frame, _ := codec.AppendFrame(nil, op.Encode())
	return Request{Kind: AskAppend, Log: p.own, Data: frame, Fence: codec.Fence(p.author)}
}

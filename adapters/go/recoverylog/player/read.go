package player

import (
	"math"

	"rlog-model/adapters/go/recoverylog/codec"
	"rlog-model/adapters/go/recoverylog/fsm"
)

// read reads all bytes at hand, until an operation is held.
func (p *Player) read() {
	for !p.Ended() && p.held == nil {
		event := p.reader.Next()
		switch event.Kind {
		case codec.NeedBytes:
			return
		case codec.FoundRaw:
			p.takeRaw(event.Bytes)
		case codec.FoundFrame:
			p.takeFrame(&event)
		}
	}
}

// takeRaw gives raw bytes to the file of the applied write that they belong to: none are asked for that belong to any
// other operation (PLAY-4). The player does not seek before it has all of them (PLAY-3).
func (p *Player) takeRaw(b []byte) {
	p.writing.write(b, p.writeAt)
	p.writeAt += uint64(len(b))
	if p.reader.RawAwaited() == 0 {
		p.writing = nil
		p.aim()
	}
}

// takeFrame offers a frame to the FSM (PLAY-4), unless it may end beyond the head (PLAY-11).
func (p *Player) takeFrame(frame *codec.Event) {
	op, err := codec.DecodeOperation(frame.Bytes)
	if err != nil {
		p.reader.Reject()
		return
	}
	op.FirstOffset, op.Log = frame.Begin, p.log
	if !p.fsm.Check(&op).Kind.IsTransition() {
		p.reader.Doubt()
		return
	}
	end := uint64(frame.End) + uint64(op.RawLength())
	p.held = &held{op, frame.Bytes, end}
	if end <= uint64(max(p.reader.End(), p.heads[p.log])) {
		p.release()
	}
}

// release applies the operation that is held.
func (p *Player) release() {
	op, payload := &p.held.op, p.held.payload
	op.LastOffset = int64(p.held.end)
	p.held = nil
	if p.fsm.Apply(op, payload).Kind == fsm.Applied {
		p.change(op)
	}
	if p.writing == nil {
		// No applied write brings these raw bytes: they are passed over, at hand or not (PLAY-4).
		p.reader.SkipTo(op.LastOffset)
		p.aim()
	}
}

// change does to the files what an applied operation says (PLAY-12). Links and properties are laid out at the end.
func (p *Player) change(op *codec.Operation) {
	switch op.Change() {
	case codec.ChangeCreate:
		p.files[op.SeqNo] = &File{}
	case codec.ChangeUnlink:
		if !p.fsm.IsLive(op.Unlink.Fnode) {
			delete(p.files, op.Unlink.Fnode)
		}
	case codec.ChangeWrite:
		p.beginWrite(op)
	case codec.NoOp:
		if p.appended && op.Author == p.author && op.SeqNo == p.noOpSeq {
			p.finish()
		}
	}
}

// beginWrite awaits the raw bytes of a write. It fails the play where the write is not within a file (PLAY-4, PLAY-12).
func (p *Player) beginWrite(op *codec.Operation) {
	w := op.Write
	if w.Length <= 0 {
		return
	}
	failure := &Failure{Kind: UnplayableWrite, Offset: op.FirstOffset, Fnode: w.Fnode, FileOffset: w.Offset}
	if w.Offset < 0 || w.Offset > math.MaxInt64-w.Length {
		p.fail(failure)
		return
	}
	if w.Offset+w.Length > maxFile {
		p.tooLong[w.Fnode] = failure
	}
	p.writing, p.writeAt = p.files[w.Fnode], uint64(w.Offset)
	p.reader.AskRaw(w.Length)
}

// finish makes the play complete, unless no directory holds what it came to (PLAY-9), or a file is too long to be laid
// out (PLAY-12).
func (p *Player) finish() {
	tree, failure := layOut(p.fsm, p.files)
	if failure == nil {
		failure = p.overlong()
	}
	if failure != nil {
		p.fail(failure)
		return
	}
	p.tree, p.complete = tree, true
}

// overlong is the failure of a write that makes a live file too long, or nil.
func (p *Player) overlong() *Failure {
	for _, fnode := range p.fsm.Fnodes() {
		if failure := p.tooLong[fnode]; failure != nil {
			return failure
		}
	}
	return nil
}

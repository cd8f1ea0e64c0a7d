package fsm

import (
	"strings"

	"rlog-model/adapters/go/recoverylog/codec"
)

// Apply offers an operation, with its meta-fields, and the payload that it was read from (TRN). A rejected one changes
// nothing (TRN-4).
func (f *FSM) Apply(op *codec.Operation, payload []byte) Outcome {
	outcome := f.Check(op)
	if !outcome.Kind.IsTransition() {
		return outcome
	}
	if outcome.Kind == Applied {
		f.change(op)
	}
	if op.Log != f.log {
		f.arrive(op)
	}
	f.nextSeqNo = uint64(op.SeqNo) + 1
	f.nextChecksum = codec.Checksum(op.Checksum, payload)
	f.consume(op.SeqNo)
	return outcome
}

// arrive notes a change of log (TRN-17).
func (f *FSM) arrive(op *codec.Operation) {
	segment := segmentOf(op)
	f.arrival = &segment
	if op.SeqNo != 1 {
		f.fromBeginning = false
	}
	f.log = op.Log
}

// consume reads hints (TRN-13), and goes on at the next segment (TRN-14).
func (f *FSM) consume(seqNo int64) {
	if f.isNextFnode(seqNo) {
		f.hintedFnodes = f.hintedFnodes[1:]
	}
	if !f.Hinted() || f.hintedSegments[0].LastSeqNo != seqNo {
		return
	}
	f.hintedSegments = f.hintedSegments[1:]
	if f.Hinted() {
		next := &f.hintedSegments[0]
		f.nextSeqNo, f.nextChecksum = uint64(next.FirstSeqNo), next.FirstChecksum
	}
}

// segmentOf holds just this operation (TRN-6).
func segmentOf(op *codec.Operation) codec.Segment {
	return codec.Segment{
		Author:        op.Author,
		FirstSeqNo:    op.SeqNo,
		FirstOffset:   op.FirstOffset,
		FirstChecksum: op.Checksum,
		LastSeqNo:     op.SeqNo,
		LastOffset:    op.LastOffset,
		Log:           op.Log,
	}
}

func (f *FSM) change(op *codec.Operation) {
	switch op.Change() {
	case codec.ChangeCreate:
		f.yieldPending(op.Create.Path)
		f.live[op.SeqNo] = &file{
			links:    map[string]struct{}{op.Create.Path: {}},
			segments: []codec.Segment{segmentOf(op)},
		}
		f.links[op.Create.Path] = op.SeqNo
	case codec.ChangeLink:
		f.yieldPending(op.Link.Path)
		f.live[op.Link.Fnode].links[op.Link.Path] = struct{}{}
		f.links[op.Link.Path] = op.Link.Fnode
		f.live[op.Link.Fnode].extend(op)
	case codec.ChangeUnlink:
		f.unlink(op)
	case codec.ChangeWrite:
		f.live[op.Write.Fnode].extend(op)
	case codec.ChangeProperty:
		f.setProperty(op.Property)
	}
}

// unlink takes a path away, and with the last one the file (TRN-8).
func (f *FSM) unlink(op *codec.Operation) {
	of := f.live[op.Unlink.Fnode]
	delete(f.links, op.Unlink.Path)
	delete(of.links, op.Unlink.Path)
	if len(of.links) == 0 {
		delete(f.live, op.Unlink.Fnode)
		return
	}
	of.extend(op)
}

// extend grows the last segment of a file, or adds one (TRN-9).
func (of *file) extend(op *codec.Operation) {
	last := &of.segments[len(of.segments)-1]
	if last.Author != op.Author || last.Log != op.Log {
		of.segments = append(of.segments, segmentOf(op))
		return
	}
	last.LastSeqNo, last.LastOffset = op.SeqNo, op.LastOffset
}

// setProperty keeps the content that the FSM has while it is hinted, since that is of a later moment (TRN-10).
func (f *FSM) setProperty(p *codec.Property) {
	f.yieldPending(p.Path)
	delete(f.pending, p.Path)
	if _, has := f.properties[p.Path]; has && f.Hinted() {
		return
	}
	f.properties[p.Path] = p.Content
}

// yieldPending takes away the pending properties that clash with a path, unless the FSM is hinted (TRN-11).
func (f *FSM) yieldPending(path string) {
	if f.Hinted() {
		return
	}
	for pending := range f.pending {
		if Clash(pending, path) {
			delete(f.pending, pending)
			delete(f.properties, pending)
		}
	}
}

// Clash tells whether no directory holds both paths: they are the same, or one lies below the other (PLAY-9).
func Clash(a, b string) bool { return a == b || IsBelow(a, b) || IsBelow(b, a) }

// IsBelow tells whether a path lies below another one, also where they are not clean. The empty path has none below it
// (TRN-11).
func IsBelow(path, upper string) bool {
	return upper != "" && len(path) > len(upper) && path[len(upper)] == '/' && strings.HasPrefix(path, upper)
}

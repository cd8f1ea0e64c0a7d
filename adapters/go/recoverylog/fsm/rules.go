package fsm

import "rlog-model/adapters/go/recoverylog/codec"

// Check gives the outcome that an operation would have, and changes nothing.
func (f *FSM) Check(op *codec.Operation) Outcome {
	if f.Hinted() && op.Author != f.hintedSegments[0].Author {
		return Outcome{Kind: NotHintedAuthor, ExpectedAuthor: f.hintedSegments[0].Author, ActualAuthor: op.Author}
	}
	if op.SeqNo < 0 || uint64(op.SeqNo) != f.nextSeqNo {
		return Outcome{Kind: WrongSeqNo, ExpectedSeqNo: f.nextSeqNo, ActualSeqNo: op.SeqNo}
	}
	if op.Checksum != f.nextChecksum {
		return Outcome{Kind: ChecksumMismatch, ExpectedChecksum: f.nextChecksum, ActualChecksum: op.Checksum}
	}
	change := op.Change()
	if change != codec.ChangeCreate && f.isNextFnode(op.SeqNo) {
		return Outcome{Kind: ExpectedHintedFnode, Fnode: op.SeqNo}
	}
	return f.checkChange(op, change)
}

func (f *FSM) isNextFnode(seqNo int64) bool {
	return len(f.hintedFnodes) > 0 && f.hintedFnodes[0] == seqNo
}

// checkChange asks what the change is asked, in that order (TRN-3).
func (f *FSM) checkChange(op *codec.Operation, change codec.Change) Outcome {
	switch change {
	case codec.ChangeCreate:
		if taken, is := f.taken(op.Create.Path); is {
			return taken
		}
		if f.Hinted() && !f.isNextFnode(op.SeqNo) {
			return Outcome{Kind: FnodeNotTracked, Fnode: op.SeqNo}
		}
	case codec.ChangeLink:
		if taken, is := f.taken(op.Link.Path); is {
			return taken
		}
		return f.tracked(op.Link.Fnode)
	case codec.ChangeUnlink:
		if outcome := f.tracked(op.Unlink.Fnode); outcome.Kind != Applied {
			return outcome
		}
		if _, linked := f.live[op.Unlink.Fnode].links[op.Unlink.Path]; !linked {
			return Outcome{Kind: NoSuchLink, Fnode: op.Unlink.Fnode, Path: op.Unlink.Path}
		}
	case codec.ChangeWrite:
		return f.tracked(op.Write.Fnode)
	case codec.ChangeProperty:
		return f.checkProperty(op.Property)
	}
	return Outcome{}
}

// settled tells of a property that is not pending. A pending one rejects nothing (TRN-11).
func (f *FSM) settled(path string) (content string, is bool) {
	content, is = f.properties[path]
	if is && len(f.pending) > 0 {
		_, pending := f.pending[path]
		is = !pending
	}
	return content, is
}

// taken tells whether no create or link may have the path (FSM-5, FSM-6).
func (f *FSM) taken(path string) (Outcome, bool) {
	if fnode, linked := f.links[path]; linked {
		return Outcome{Kind: LinkExists, Path: path, Fnode: fnode}, true
	}
	if content, is := f.settled(path); is {
		return Outcome{Kind: PropertyExists, Path: path, Content: content}, true
	}
	return Outcome{}, false
}

// tracked asks for a live file (FSM-7).
func (f *FSM) tracked(fnode int64) Outcome {
	if !f.IsLive(fnode) {
		return Outcome{Kind: FnodeNotTracked, Fnode: fnode}
	}
	return Outcome{}
}

func (f *FSM) checkProperty(p *codec.Property) Outcome {
	if fnode, linked := f.links[p.Path]; linked {
		return Outcome{Kind: LinkExists, Path: p.Path, Fnode: fnode}
	}
	content, is := f.settled(p.Path)
	if is && content != p.Content && !f.revision.PropertiesChange {
		return Outcome{Kind: PropertyExists, Path: p.Path, Content: content}
	}
	return Outcome{}
}

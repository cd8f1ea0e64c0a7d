package fsm

import (
	"maps"
	"slices"

	"rlog-model/adapters/go/recoverylog/codec"
	"rlog-model/adapters/go/recoverylog/hints"
)

// BuildHints gives the hints of the FSM (HNT-7 to HNT-10). It fails with a *hints.Error.
func (f *FSM) BuildHints() (*codec.Hints, error) {
	if f.arrival != nil && len(f.live) == 0 && !f.fromBeginning {
		return nil, hints.Refuse(hints.NoLiveFile)
	}
	h := &codec.Hints{Log: f.log}
	for _, fnode := range f.Fnodes() {
		h.LiveNodes = append(h.LiveNodes, codec.FnodeSegments{Fnode: fnode, Segments: slices.Clone(f.live[fnode].segments)})
	}
	f.hintArrival(h)
	f.leaveOutOwnLog(h)
	for _, path := range slices.Sorted(maps.Keys(f.properties)) {
		h.Properties = append(h.Properties, codec.Property{Path: path, Content: f.properties[path]})
	}
	if _, err := hints.Flatten(h); err != nil {
		return nil, err
	}
	return h, nil
}

// hintArrival adds the arrival to the last file, where no live file leads to where the branch goes on (HNT-8).
func (f *FSM) hintArrival(h *codec.Hints) {
	if f.arrival == nil || len(h.LiveNodes) == 0 {
		return
	}
	for _, node := range h.LiveNodes {
		if node.Segments[len(node.Segments)-1].LastSeqNo >= f.arrival.FirstSeqNo {
			return
		}
	}
	last := &h.LiveNodes[len(h.LiveNodes)-1]
	last.Segments = append(last.Segments, *f.arrival)
}

func (f *FSM) leaveOutOwnLog(h *codec.Hints) {
	for _, node := range h.LiveNodes {
		for i := range node.Segments {
			if node.Segments[i].Log == h.Log {
				node.Segments[i].Log = ""
			}
		}
	}
}

// LastingHints are the hints that recorders and players hand out (HNT-11). It fails with a *hints.Error.
func (f *FSM) LastingHints() (*codec.Hints, error) {
	if len(f.live) == 0 && !f.fromBeginning {
		return nil, hints.Refuse(hints.NoLiveFile)
	}
	return f.BuildHints()
}

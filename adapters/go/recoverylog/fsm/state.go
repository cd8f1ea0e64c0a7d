// Package fsm holds the state of one branch: what it is (TRN-1), which operation goes on with it (FSM-1 to FSM-8), what
// that changes (TRN), and the hints that come of it (HNT-7 to HNT-12).
package fsm

import (
	"maps"
	"slices"

	"rlog-model/adapters/go/recoverylog/codec"
	"rlog-model/adapters/go/recoverylog/hints"
)

// FSM is the state of TRN-1.
type FSM struct {
	revision Revision

	log          string
	nextSeqNo    uint64 // one more than an int64 holds, once the branch is full (SEQ-5)
	nextChecksum uint32

	live       map[int64]*file
	links      map[string]int64
	properties map[string]string
	pending    map[string]struct{}

	hintedSegments []codec.Segment
	hintedFnodes   []int64

	arrival       *codec.Segment
	fromBeginning bool
}

// file is a live file. It has one link at least, and one segment at least.
type file struct {
	links    map[string]struct{}
	segments []codec.Segment
}

// New begins an FSM with hints (TRN-2). It fails with a *hints.Error (HNT-5).
func New(h *codec.Hints, revision Revision) (*FSM, error) {
	flat, err := hints.Begin(h, revision.SeveralLogs)
	if err != nil {
		return nil, err
	}
	f := &FSM{
		revision:       revision,
		log:            h.Log,
		nextSeqNo:      1,
		live:           map[int64]*file{},
		links:          map[string]int64{},
		properties:     map[string]string{},
		pending:        map[string]struct{}{},
		hintedSegments: flat.Set.Segments(),
		hintedFnodes:   flat.Fnodes,
		fromBeginning:  true,
	}
	if f.Hinted() {
		first := f.hintedSegments[0]
		f.nextSeqNo, f.nextChecksum = uint64(first.FirstSeqNo), first.FirstChecksum
		f.fromBeginning = first.FirstSeqNo == 1
	}
	for _, p := range h.Properties {
		f.properties[p.Path] = p.Content
		f.pending[p.Path] = struct{}{}
	}
	return f, nil
}

// Log is the log of the last transition, or the hints' (TRN-1).
func (f *FSM) Log() string { return f.log }

// NextSeqNo is the sequence number that comes next, from 1 to 2^63 (SEQ-5).
func (f *FSM) NextSeqNo() uint64 { return f.nextSeqNo }

// NextChecksum is the checksum that comes next (TRN-1).
func (f *FSM) NextChecksum() uint32 { return f.nextChecksum }

// Hinted tells whether hinted segments remain.
func (f *FSM) Hinted() bool { return len(f.hintedSegments) > 0 }

// HintsRemain tells whether hinted segments or hinted fnodes remain (TRN-15).
func (f *FSM) HintsRemain() bool { return f.Hinted() || len(f.hintedFnodes) > 0 }

// HintedSegments are the segments of the hints that were not read yet. They are not to be changed.
func (f *FSM) HintedSegments() []codec.Segment { return f.hintedSegments }

// HintedFnodes are the fnodes of the hints that were not created yet. They are not to be changed.
func (f *FSM) HintedFnodes() []int64 { return f.hintedFnodes }

// Arrival is the first operation behind the last change of log, or nil (TRN-17).
func (f *FSM) Arrival() *codec.Segment { return f.arrival }

// FromBeginning is whether the log is taken to hold the branch from its first operation on (TRN-1).
func (f *FSM) FromBeginning() bool { return f.fromBeginning }

// Links are the paths of live files, with their fnodes. They are not to be changed.
func (f *FSM) Links() map[string]int64 { return f.links }

// Properties are all properties, pending ones too. They are not to be changed.
func (f *FSM) Properties() map[string]string { return f.properties }

// Pending are the paths of pending properties, in order (TRN-1).
func (f *FSM) Pending() []string { return slices.Sorted(maps.Keys(f.pending)) }

// Fnodes are those of the live files, rising.
func (f *FSM) Fnodes() []int64 { return slices.Sorted(maps.Keys(f.live)) }

// IsLive tells whether a live file has the fnode.
func (f *FSM) IsLive(fnode int64) bool { return f.live[fnode] != nil }

// LinksOf are the paths of a live file, in order.
func (f *FSM) LinksOf(fnode int64) []string { return slices.Sorted(maps.Keys(f.live[fnode].links)) }

// SegmentsOf are the segments of a live file. They are not to be changed.
func (f *FSM) SegmentsOf(fnode int64) []codec.Segment { return f.live[fnode].segments }

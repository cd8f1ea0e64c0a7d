// Command gazette-adapter puts Gazette's own package recoverylog to the conformance suite (spec/adapter).
package main

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/gob"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	pb "go.gazette.dev/core/broker/protocol"
	rl "go.gazette.dev/core/consumer/recoverylog"
	"rlog-model/adapters/go/kit"
)

var version = "unknown" // of Gazette, set by the linker

//go:embed rules.txt
var rules string // of the specification, each with how Gazette's error begins (spec/cases.md)

var outcomes = map[error]string{
	nil: "Applied", rl.ErrNotHintedAuthor: "NotHintedAuthor", rl.ErrWrongSeqNo: "WrongSeqNo",
	rl.ErrChecksumMismatch: "ChecksumMismatch", rl.ErrExpectedHintedFnode: "ExpectedHintedFnode",
	rl.ErrLinkExists: "LinkExists", rl.ErrPropertyExists: "PropertyExists",
	rl.ErrFnodeNotTracked: "FnodeNotTracked", rl.ErrNoSuchLink: "NoSuchLink",
}

// main claims what its arguments say, too: README.md says why codec is not claimed without.
func main() {
	claims := append([]string{"segments", "fsm", "several_logs", "properties"}, os.Args[1:]...)
	kit.Main(&kit.Adapter{Implementation: "gazette", Version: version, Revision: "2023-12", Capabilities: claims,
		DecodeOperation: decode, DecodeHints: decodeHints, NewSet: func() kit.Set { return &set{} }, NewFSM: newFSM})
}

func again(unmarshal func([]byte) error, marshal func() ([]byte, error), b []byte) ([]byte, error) {
	if unmarshal(b) != nil {
		return nil, kit.Malformed
	}
	return marshal()
}

func decode(b []byte) ([]byte, error) {
	op := rl.RecordedOp{}
	return again(op.Unmarshal, op.Marshal, b)
}

func decodeHints(b []byte) (kit.Hints, []byte, error) {
	h := rl.FSMHints{}
	encoded, err := again(h.Unmarshal, h.Marshal, b)
	return to[kit.Hints](h), encoded, err
}

// to copies fields by name, since Gazette's types have names of their own.
func to[T any](from any) (same T) {
	var b bytes.Buffer
	if err := errors.Join(gob.NewEncoder(&b).Encode(from), gob.NewDecoder(&b).Decode(&same)); err != nil {
		panic(err)
	}
	return same
}

// refusal leaves an error as it is that the table does not have: the kit tells it as the adapter's own (ADP-5).
func refusal(err error) error {
	text := strings.TrimPrefix(strings.TrimPrefix(fmt.Sprint(err), "Segment: "), "Segment.")
	for line := range strings.Lines(rules) {
		if rule, begins, _ := strings.Cut(strings.TrimSpace(line), " "); strings.HasPrefix(text, begins) {
			return kit.BrokenRule(rule)
		}
	}
	return err
}

type set struct{ rl.SegmentSet }

func (s *set) Add(segment kit.Segment) error {
	return refusal(s.SegmentSet.Add(to[rl.Segment](segment)))
}

func (s *set) Segments() []kit.Segment { return to[[]kit.Segment](s.SegmentSet) }
func (s *set) Intersect(log string, first, last int64) []kit.Segment {
	return to[[]kit.Segment](s.SegmentSet.Intersect(pb.Journal(log), first, last))
}

type fsm struct {
	*rl.FSM
	log pb.Journal // of the last transition, which BuildHints wants to be told
}

func newFSM(_ string, h kit.Hints) (kit.FSM, error) {
	f, err := rl.NewFSM(to[rl.FSMHints](h))
	return &fsm{f, pb.Journal(h.Log)}, refusal(err)
}

func (f *fsm) NextSeqNo() uint64    { return uint64(f.FSM.NextSeqNo) }
func (f *fsm) NextChecksum() uint32 { return f.FSM.NextChecksum }
func (f *fsm) Apply(offer kit.Offer) (string, error) {
	op := rl.RecordedOp{}
	if op.Unmarshal(offer.Payload) != nil {
		return "", kit.Malformed
	}
	op.Log, op.FirstOffset, op.LastOffset = pb.Journal(offer.Log), offer.FirstOffset, offer.LastOffset
	err := f.FSM.Apply(&op, offer.Payload)
	if err == nil || err == rl.ErrFnodeNotTracked {
		f.log = op.Log
	}
	return outcomeOf(err)
}

func outcomeOf(err error) (string, error) {
	if name, known := outcomes[err]; known {
		return name, nil
	}
	return "", err
}

func (f *fsm) BuildHints() (kit.Hints, error) {
	h := to[kit.Hints](f.FSM.BuildHints(f.log)) // Properties are in any order.
	slices.SortFunc(h.Properties, func(a, b kit.Property) int { return strings.Compare(a.Path, b.Path) })
	return h, nil
}

// State takes segments and properties from built hints: the type of LiveNodes' values is not exported. The operation
// that it offers is never next, and is asked for its author only while hinted segments remain.
func (f *fsm) State() kit.State {
	h, _ := f.BuildHints()
	remain := f.FSM.Apply(&rl.RecordedOp{}, nil) == rl.ErrNotHintedAuthor
	s := kit.State{Log: string(f.log), Properties: h.Properties, HintsRemain: remain}
	links := map[int64][]string{}
	for _, path := range slices.Sorted(maps.Keys(f.Links)) {
		s.Links = append(s.Links, kit.LinkTo{Path: path, Fnode: int64(f.Links[path])})
		links[int64(f.Links[path])] = append(links[int64(f.Links[path])], path)
	}
	for _, n := range h.LiveNodes {
		for i := range n.Segments {
			n.Segments[i].Log = cmp.Or(n.Segments[i].Log, s.Log)
		}
		s.Nodes = append(s.Nodes, kit.Node{Fnode: n.Fnode, Links: links[n.Fnode], Segments: n.Segments})
	}
	return s
}

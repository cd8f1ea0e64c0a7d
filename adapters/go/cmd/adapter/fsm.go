package main

import (
	"fmt"
	"maps"
	"slices"

	"rlog-model/adapters/go/kit"
	"rlog-model/adapters/go/recoverylog/codec"
	"rlog-model/adapters/go/recoverylog/fsm"
)

func revisionNamed(name string) (fsm.Revision, error) {
	for _, revision := range fsm.Revisions {
		if revision.Name == name {
			return revision, nil
		}
	}
	return fsm.Revision{}, fmt.Errorf("no revision %q", name)
}

// state is an FSM as the kit wants it.
type state struct{ *fsm.FSM }

func newFSM(name string, h kit.Hints) (kit.FSM, error) {
	revision, err := revisionNamed(name)
	if err != nil {
		return nil, err
	}
	f, err := fsm.New(fromKit(&h), revision)
	return state{f}, refusal(err)
}

func (s state) Apply(offer kit.Offer) (string, error) {
	op, err := codec.DecodeOperation(offer.Payload)
	if err != nil {
		return "", kit.Malformed
	}
	op.Log, op.FirstOffset, op.LastOffset = offer.Log, offer.FirstOffset, offer.LastOffset
	return s.FSM.Apply(&op, offer.Payload).Kind.String(), nil
}

func (s state) BuildHints() (kit.Hints, error) {
	h, err := s.FSM.BuildHints()
	if err != nil {
		return kit.Hints{}, refusal(err)
	}
	return toKit(h), nil
}

func (s state) State() kit.State {
	shown := kit.State{Log: s.Log(), HintsRemain: s.HintsRemain()}
	links := s.Links()
	for _, path := range slices.Sorted(maps.Keys(links)) {
		shown.Links = append(shown.Links, kit.LinkTo{Path: path, Fnode: links[path]})
	}
	for _, fnode := range s.Fnodes() {
		node := kit.Node{Fnode: fnode, Links: s.LinksOf(fnode), Segments: segmentsToKit(s.SegmentsOf(fnode))}
		shown.Nodes = append(shown.Nodes, node)
	}
	properties := s.Properties()
	for _, path := range slices.Sorted(maps.Keys(properties)) {
		shown.Properties = append(shown.Properties, kit.Property{Path: path, Content: properties[path]})
	}
	return shown
}

package main

import (
	"errors"

	"rlog-model/adapters/go/kit"
	"rlog-model/adapters/go/recoverylog/codec"
	"rlog-model/adapters/go/recoverylog/hints"
	"rlog-model/adapters/go/recoverylog/segments"
)

// refusal names the rule by which segments or hints were refused.
func refusal(err error) error {
	var segment *segments.Error
	var ofHints *hints.Error
	switch {
	case errors.As(err, &segment):
		return kit.BrokenRule(segment.Rule)
	case errors.As(err, &ofHints):
		return kit.BrokenRule(ofHints.Rule)
	}
	return err
}

func segmentsToKit(all []codec.Segment) []kit.Segment {
	list := make([]kit.Segment, len(all))
	for i, s := range all {
		list[i] = kit.Segment(s)
	}
	return list
}

func toKit(h *codec.Hints) kit.Hints {
	other := kit.Hints{Log: h.Log}
	for _, node := range h.LiveNodes {
		other.LiveNodes = append(other.LiveNodes, kit.FnodeSegments{Fnode: node.Fnode, Segments: segmentsToKit(node.Segments)})
	}
	for _, p := range h.Properties {
		other.Properties = append(other.Properties, kit.Property(p))
	}
	return other
}

func fromKit(h *kit.Hints) *codec.Hints {
	other := &codec.Hints{Log: h.Log}
	for _, node := range h.LiveNodes {
		own := codec.FnodeSegments{Fnode: node.Fnode}
		for _, s := range node.Segments {
			own.Segments = append(own.Segments, codec.Segment(s))
		}
		other.LiveNodes = append(other.LiveNodes, own)
	}
	for _, p := range h.Properties {
		other.Properties = append(other.Properties, codec.Property(p))
	}
	return other
}

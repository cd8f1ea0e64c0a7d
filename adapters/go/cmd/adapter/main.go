// Command adapter puts package recoverylog to the conformance suite (spec/adapter).
package main

import (
	"rlog-model/adapters/go/kit"
	"rlog-model/adapters/go/recoverylog/codec"
	"rlog-model/adapters/go/recoverylog/segments"
)

func main() { kit.Main(adapter()) }

func adapter() *kit.Adapter {
	return &kit.Adapter{
		Implementation:  "rlog-model-go",
		Version:         "0.1.0",
		Revision:        "2023-12",
		Capabilities:    []string{"codec", "segments", "fsm", "player", "several_logs", "properties"},
		DecodeOperation: decodeOperation,
		DecodeHints:     decodeHints,
		Unframe:         unframe,
		NewSet:          func() kit.Set { return &set{} },
		NewFSM:          newFSM,
		NewPlayer:       newPlayer,
	}
}

func decodeOperation(payload []byte) ([]byte, error) {
	op, err := codec.DecodeOperation(payload)
	if err != nil {
		return nil, kit.Malformed
	}
	return op.EncodeWithMeta(), nil
}

func decodeHints(b []byte) (kit.Hints, []byte, error) {
	h, err := codec.DecodeHints(b)
	if err != nil {
		return kit.Hints{}, nil, kit.Malformed
	}
	return toKit(&h), h.Encode(), nil
}

// unframe rejects no frame, so each range that was skipped is told before its frame.
func unframe(pieces [][]byte) (frames []kit.Frame) {
	reader := codec.NewReader(0)
	for _, piece := range pieces {
		reader.Feed(piece)
		for event := reader.Next(); event.Kind == codec.FoundFrame; event = reader.Next() {
			if event.SkippedFrom < event.Begin {
				frames = append(frames, kit.Frame{FirstOffset: event.SkippedFrom, LastOffset: event.Begin})
			}
			payload := append([]byte{}, event.Bytes...)
			frames = append(frames, kit.Frame{FirstOffset: event.Begin, LastOffset: event.End, Payload: payload})
		}
	}
	return frames
}

type set struct{ segments.Set }

func (s *set) Add(segment kit.Segment) error { return refusal(s.Set.Add(codec.Segment(segment))) }

func (s *set) Segments() []kit.Segment { return segmentsToKit(s.Set.Segments()) }

func (s *set) Intersect(log string, first, last int64) []kit.Segment {
	// The kit asks for no other ranges than valid ones.
	found, _ := s.Set.Intersect(log, first, last)
	return segmentsToKit(found)
}

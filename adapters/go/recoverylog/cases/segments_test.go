package cases

import (
	"encoding/json"
	"errors"
	"testing"

	"rlog-model/adapters/go/recoverylog/codec"
	"rlog-model/adapters/go/recoverylog/fsm"
	"rlog-model/adapters/go/recoverylog/hints"
	"rlog-model/adapters/go/recoverylog/segments"
)

func TestSegments(t *testing.T) {
	eachCase(t, "segments", func(t *failures, c *struct {
		Adds []struct {
			Segment         segmentJSON
			Validate, Error *string
			Set             []segmentJSON
		}
		Intersects []struct {
			Log    string
			First  int64 `json:",string"`
			Last   int64 `json:",string"`
			Result []segmentJSON
			Panic  *string
		}
	}) {
		var set segments.Set
		for _, add := range c.Adds {
			s := codec.Segment(add.Segment)
			t.rule("validate", segments.Validate(&s), add.Validate)
			t.rule("add", set.Add(s), add.Error)
			t.same("set", toJSON(set.Segments()), add.Set)
		}
		for _, ask := range c.Intersects {
			found, err := set.Intersect(ask.Log, ask.First, ask.Last)
			t.same("panic", errors.Is(err, segments.ErrInvalidRange), ask.Panic != nil)
			if ask.Panic == nil {
				t.same("result", toJSON(found), ask.Result)
			}
		}
	})
}

func TestLiveLogSegments(t *testing.T) {
	eachCase(t, "live-log-segments", func(t *failures, c *struct {
		Hints           json.RawMessage
		Validate, Error *string
		Nodes           []string
		Set             []segmentJSON
		NewFSM          struct {
			Error        *string
			NextSeqNo    uint64 `json:"next_seq_no,string"`
			NextChecksum uint32 `json:"next_checksum,string"`
		} `json:"new_fsm"`
	}) {
		h := readHints(t, c.Hints)
		t.rule("validate", hints.Validate(&h), c.Validate)
		flat, err := hints.Flatten(&h)
		t.rule("flatten", err, c.Error)
		if err == nil {
			nodes := []string{}
			for _, fnode := range flat.Fnodes {
				nodes = append(nodes, decimal(fnode))
			}
			t.same("nodes", nodes, c.Nodes)
			t.same("set", toJSON(flat.Set.Segments()), c.Set)
		}
		state, err := fsm.New(&h, fsm.Revision202312)
		t.rule("new_fsm", err, c.NewFSM.Error)
		if err == nil {
			t.same("next_seq_no", state.NextSeqNo(), c.NewFSM.NextSeqNo)
			t.same("next_checksum", state.NextChecksum(), c.NewFSM.NextChecksum)
		}
	})
}

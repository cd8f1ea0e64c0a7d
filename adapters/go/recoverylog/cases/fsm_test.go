package cases

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"rlog-model/adapters/go/recoverylog/codec"
	"rlog-model/adapters/go/recoverylog/fsm"
	"rlog-model/adapters/go/recoverylog/hints"
)

type opJSON struct {
	Payload     string
	Log         string
	FirstOffset int64 `json:"first_offset,string"`
	LastOffset  int64 `json:"last_offset,string"`
	Parent      int

	Error        *string
	NextSeqNo    uint64 `json:"next_seq_no,string"`
	NextChecksum uint32 `json:"next_checksum,string"`
}

type nodeJSON struct {
	Links    []string      `json:"links"`
	Segments []segmentJSON `json:"segments,omitempty"`
}

type finalJSON struct {
	NextSeqNo    uint64              `json:"next_seq_no,string"`
	NextChecksum uint32              `json:"next_checksum,string"`
	LastLog      string              `json:"last_log"`
	Links        map[string]string   `json:"links"`
	Nodes        map[string]nodeJSON `json:"nodes"`
	Properties   map[string]string   `json:"properties"`
	BuiltHints   json.RawMessage     `json:"built_hints,omitempty"`
}

type playJSON struct {
	Variant string
	Results []struct {
		Op           int
		Error        *string
		NextSeqNo    uint64 `json:"next_seq_no,string"`
		NextChecksum uint32 `json:"next_checksum,string"`
	}
	Final          finalJSON
	HintsRemaining bool `json:"hints_remaining"`
	Tip            *int
	Agrees         *bool
}

type hintedJSON struct {
	Hints       json.RawMessage
	Ops         []opJSON
	Plays       []playJSON
	NewFSMError *string `json:"new_fsm_error"`
	Truth       *finalJSON
	TruthTip    int `json:"truth_tip"`
}

func offer(t *failures, state *fsm.FSM, o *opJSON) fsm.Outcome {
	payload := fromHex(t, o.Payload)
	op, err := codec.DecodeOperation(payload)
	if err != nil {
		t.t.Fatal(t.id, err)
	}
	op.Log, op.FirstOffset, op.LastOffset = o.Log, o.FirstOffset, o.LastOffset
	return state.Apply(&op, payload)
}

func outcomeText(o fsm.Outcome) *string {
	if o.Kind == fsm.Applied {
		return nil
	}
	text := "Err" + o.Kind.String()
	return &text
}

func files(state *fsm.FSM, withSegments bool) (links map[string]string, nodes map[string]nodeJSON) {
	links, nodes = map[string]string{}, map[string]nodeJSON{}
	for path, fnode := range state.Links() {
		links[path] = decimal(fnode)
	}
	for _, fnode := range state.Fnodes() {
		node := nodeJSON{Links: state.LinksOf(fnode)}
		if withSegments {
			node.Segments = toJSON(state.SegmentsOf(fnode))
		}
		nodes[decimal(fnode)] = node
	}
	return links, nodes
}

func (t *failures) final(state *fsm.FSM, want *finalJSON) {
	links, nodes := files(state, true)
	t.same("next_seq_no", state.NextSeqNo(), want.NextSeqNo)
	t.same("next_checksum", state.NextChecksum(), want.NextChecksum)
	t.same("last_log", state.Log(), want.LastLog)
	t.same("links", links, want.Links)
	t.same("nodes", nodes, want.Nodes)
	t.same("properties", state.Properties(), want.Properties)
}

// knownDifferences are the hints that are built by this text, where Gazette builds others.
func knownDifferences(t *testing.T) map[string]json.RawMessage {
	text, err := os.ReadFile(filepath.Join(root(t), "tests", "vectors", "known_differences.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		Differences []struct {
			Case string
			Ours struct {
				BuiltHints json.RawMessage `json:"built_hints"`
			}
		}
	}
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	known := map[string]json.RawMessage{}
	for _, d := range list.Differences {
		known[d.Case] = d.Ours.BuiltHints
	}
	return known
}

func (t *failures) builtHints(state *fsm.FSM, want json.RawMessage, known map[string]json.RawMessage) {
	if other, is := known[t.id]; is {
		want = other
	}
	var refusal struct{ Refused *string }
	if err := json.Unmarshal(want, &refusal); err != nil {
		t.t.Fatal(err)
	}
	built, err := state.BuildHints()
	t.rule("refusal", err, refusal.Refused)
	if err == nil && refusal.Refused == nil {
		t.same("built_hints", canonical(hints.ToJSON(built)), canonical(want))
	}
}

func TestFSMPlain(t *testing.T) {
	known := knownDifferences(t)
	eachCase(t, "fsm-plain", func(t *failures, c *struct {
		Ops   []opJSON
		Final finalJSON
	}) {
		state, err := fsm.New(&codec.Hints{Log: "a/log"}, fsm.Revision202312)
		if err != nil {
			t.t.Fatal(err)
		}
		for i := range c.Ops {
			outcome := offer(t, state, &c.Ops[i])
			t.same("error", outcomeText(outcome), c.Ops[i].Error)
			t.same("next_seq_no", state.NextSeqNo(), c.Ops[i].NextSeqNo)
			t.same("next_checksum", state.NextChecksum(), c.Ops[i].NextChecksum)
		}
		t.final(state, &c.Final)
		t.builtHints(state, c.Final.BuiltHints, known)
	})
}

// offered tells whether a variant of a play offers an operation.
func offered(variant string, begin int64, state *fsm.FSM, op *opJSON) bool {
	switch variant {
	case "from-first-offset":
		return op.FirstOffset >= begin
	case "seek":
		return !state.Hinted() || op.FirstOffset >= state.HintedSegments()[0].FirstOffset
	}
	return true
}

func tip(t *failures, state *fsm.FSM, ops []opJSON) *int {
	none := -1
	if state.NextSeqNo() == 1 && state.NextChecksum() == 0 {
		return &none
	}
	for i := range ops {
		payload := fromHex(t, ops[i].Payload)
		op, err := codec.DecodeOperation(payload)
		if err == nil && uint64(op.SeqNo)+1 == state.NextSeqNo() &&
			codec.Checksum(op.Checksum, payload) == state.NextChecksum() {
			return &i
		}
	}
	return nil
}

func runHinted(t *failures, c *hintedJSON, known map[string]json.RawMessage) {
	h := readHints(t, c.Hints)
	_, err := fsm.New(&h, fsm.Revision202312)
	t.rule("new_fsm_error", err, c.NewFSMError)
	for i := range c.Plays {
		play := &c.Plays[i]
		state, err := fsm.New(&h, fsm.Revision202312)
		if err != nil {
			return
		}
		begin := int64(0)
		if state.Hinted() {
			begin = state.HintedSegments()[0].FirstOffset
		}
		next := 0
		for j := range c.Ops {
			if !offered(play.Variant, begin, state, &c.Ops[j]) {
				continue
			}
			if next >= len(play.Results) {
				t.same("number of results", next+1, len(play.Results))
				break
			}
			want := &play.Results[next]
			next++
			t.same("op", j, want.Op)
			t.same("error", outcomeText(offer(t, state, &c.Ops[j])), want.Error)
			t.same("next_seq_no", state.NextSeqNo(), want.NextSeqNo)
			t.same("next_checksum", state.NextChecksum(), want.NextChecksum)
		}
		t.same("number of results", next, len(play.Results))
		t.final(state, &play.Final)
		t.builtHints(state, play.Final.BuiltHints, known)
		t.same("hints_remaining", state.HintsRemain(), play.HintsRemaining)
		t.same("tip", tip(t, state, c.Ops), play.Tip)
		if c.Truth != nil {
			links, nodes := files(state, false)
			t.same("truth's links", links, c.Truth.Links)
			t.same("truth's nodes", nodes, c.Truth.Nodes)
			t.same("truth's properties", state.Properties(), c.Truth.Properties)
		}
	}
	if c.Truth != nil {
		runTruth(t, c, h.Log)
	}
}

// runTruth offers only the operations of the branch.
func runTruth(t *failures, c *hintedJSON, log string) {
	state, err := fsm.New(&codec.Hints{Log: log}, fsm.Revision202312)
	if err != nil {
		t.t.Fatal(err)
	}
	var branch []*opJSON
	for i := c.TruthTip; i >= 0; i = c.Ops[i].Parent {
		branch = append(branch, &c.Ops[i])
	}
	for i := len(branch) - 1; i >= 0; i-- {
		t.same("outcome in truth", outcomeText(offer(t, state, branch[i])), nil)
	}
	links, nodes := files(state, false)
	t.same("links in truth", links, c.Truth.Links)
	t.same("nodes in truth", nodes, c.Truth.Nodes)
	t.same("properties in truth", state.Properties(), c.Truth.Properties)
}

func TestFSMHinted(t *testing.T) {
	known := knownDifferences(t)
	eachCase(t, "fsm-hinted", func(t *failures, c *hintedJSON) { runHinted(t, c, known) })
}

func TestFSMTampered(t *testing.T) {
	known := knownDifferences(t)
	eachCase(t, "fsm-tampered", func(t *failures, c *hintedJSON) { runHinted(t, c, known) })
}

package kit_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"rlog-model/adapters/go/kit"
)

// counter is an FSM that only counts. The kit needs no more to be tried.
type counter struct{ n uint64 }

func (c *counter) NextSeqNo() uint64    { return c.n }
func (c *counter) NextChecksum() uint32 { return 7 }

func (c *counter) Apply(op kit.Offer) (string, error) {
	switch string(op.Payload) {
	case "bad":
		return "", kit.Malformed
	case "no":
		return "WrongSeqNo", nil
	case "far":
		c.n++
		return "FnodeNotTracked", nil
	case "panic":
		panic("of the implementation")
	}
	c.n++
	return "Applied", nil
}

func (c *counter) BuildHints() (kit.Hints, error) {
	if c.n > 2 {
		return kit.Hints{}, kit.BrokenRule("NO_LIVE_FILE")
	}
	return kit.Hints{Log: "\xff"}, nil
}

func (c *counter) State() kit.State {
	return kit.State{Log: "a/log", Links: []kit.LinkTo{{Path: "/a\"b", Fnode: 1}}}
}

func serve(t *testing.T, requests ...string) []string {
	t.Helper()
	adapter := &kit.Adapter{
		Implementation: "counter", Version: "1", Revision: "2023-12", Capabilities: []string{"fsm"},
		DecodeHints: func(b []byte) (kit.Hints, []byte, error) {
			if string(b) == "bad" {
				return kit.Hints{}, nil, kit.Malformed
			}
			return kit.Hints{Log: "a/log"}, b, nil
		},
		NewFSM: func(revision string, hints kit.Hints) (kit.FSM, error) {
			if revision != "2023-12" {
				return nil, kit.BrokenRule("LAST_OFFSETS_DISAGREE")
			}
			return &counter{1}, nil
		},
	}
	var out bytes.Buffer
	if err := kit.Serve(adapter, strings.NewReader(strings.Join(requests, "\n")), &out); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(out.String()), "\n")
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] || !json.Valid([]byte(got[i])) {
			t.Errorf("answers\n%s\nand not\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			return
		}
	}
}

func TestLoop(t *testing.T) {
	same(t, serve(t,
		`{"id": 1, "hello": {"protocol": {"least": 1, "most": 3}, "suite": "x", "later": 1}}`,
		`{"id": 2, "run": {"rlog_scenario": 1, "steps": []}}`,
		`{"id": 3, "run": {"rlog_scenario": 1, "steps": [{"do": "commit", "recorder": "r"}]}}`,
		`{"id": 4, "run": {"rlog_scenario": 1, "steps": [{"do": "decode", "payload": ""}]}}`,
		`{"id": 5, "bye": {}}`,
		`{"id": 6, "bye": {}}`,
	),
		`{"id":1,"hello":{"protocol":1,"implementation":"counter","version":"1","language":"go","revision":"2023-12","capabilities":["fsm"]}}`,
		`{"id":2,"observations":[],"snapshot":{}}`,
		`{"id":3,"unsupported":"step commit"}`,
		`{"id":4,"unsupported":"decoding of operations"}`,
		`{"id":5,"bye":{}}`,
	)
	same(t, serve(t, `{"id": 1, "hello": {"protocol": {"least": 2, "most": 3}}}`),
		`{"id":1,"unsupported":"only version 1 of the protocol"}`)
}

func TestSteps(t *testing.T) {
	x := func(text string) string { return hex.EncodeToString([]byte(text)) }
	same(t, serve(t,
		`{"id": 1, "run": {"steps": [`+
			`{"do": "new_fsm", "fsm": "f", "hints": "`+x("bad")+`"},`+
			`{"do": "apply", "fsm": "f", "payload": "", "log": "a/log"},`+
			`{"do": "new_fsm", "fsm": "f", "hints": ""},`+
			`{"do": "new_fsm", "fsm": "f", "hints": ""},`+
			`{"do": "apply", "fsm": "f", "payload": "", "log": "a/log", "first_offset": "-1"},`+
			`{"do": "build_hints", "fsm": "f"},`+
			`{"do": "apply", "fsm": "f", "payload": "`+x("bad")+`", "log": "a/log"},`+
			`{"do": "apply", "fsm": "f", "payload": "`+x("no")+`", "log": "a/log"},`+
			`{"do": "apply", "fsm": "f", "payload": "`+x("far")+`", "log": "a/log"},`+
			`{"do": "build_hints", "fsm": "f"}]}}`,
		`{"id": 2, "run": {"revision": "2020-06", "steps": [{"do": "new_fsm", "fsm": "f", "hints": ""}]}}`,
		`{"id": 3, "run": {"steps": [{"do": "new_fsm", "fsm": "f", "hints": ""},`+
			`{"do": "apply", "fsm": "f", "payload": "`+x("panic")+`"}]}}`,
	),
		`{"id":1,"observations":[{"outcome":"refused: MalformedHints"},{"outcome":"impossible"},`+
			`{"outcome":"done","next_seq_no":"1","next_checksum":"7"},{"outcome":"impossible"},`+
			`{"outcome":"done","next_seq_no":"2","next_checksum":"7"},`+
			`{"outcome":"done","next_seq_no":"2","next_checksum":"7","hints":{"log_hex":"ff","live_nodes":[],"properties":[]}},`+
			`{"outcome":"refused: MalformedOp"},{"outcome":"rejected: WrongSeqNo","next_seq_no":"2","next_checksum":"7"},`+
			`{"outcome":"untracked: FnodeNotTracked","next_seq_no":"3","next_checksum":"7"},`+
			`{"outcome":"refused: InvalidHints NO_LIVE_FILE"}],`+
			`"snapshot":{"fsms":{"f":{"next_seq_no":"3","next_checksum":"7","log":"a/log","links":[{"path":"/a\"b","fnode":"1"}],`+
			`"nodes":[],"properties":[],"hints_remain":false,"hints_refused":"refused: InvalidHints NO_LIVE_FILE"}}}}`,
		`{"id":2,"observations":[{"outcome":"refused: SegmentConflict LAST_OFFSETS_DISAGREE"}],"snapshot":{}}`,
		`{"id":3,"broke":"of the implementation"}`,
	)
}

func TestLogSteps(t *testing.T) {
	same(t, serve(t,
		`{"id": 1, "run": {"steps": [`+
			`{"do": "append_raw", "log": "a/log", "data": "6162", "times": "2"},`+
			`{"do": "roll", "log": "a/log"},`+
			`{"do": "append_raw", "log": "a/log", "data": "63"},`+
			`{"do": "prune", "log": "a/log", "before": "9"},`+
			`{"do": "read_log", "log": "a/log"},`+
			`{"do": "roll", "log": "a/log"},`+
			`{"do": "prune", "log": "a/log", "before": "5", "begin": "5"},`+
			`{"do": "read_log", "log": "a/log", "offset": "4"},`+
			`{"do": "read_log", "log": "b/log"}]}}`),
		`{"id":1,"observations":[{"outcome":"done","head":"4"},{"outcome":"done"},{"outcome":"done","head":"5"},`+
			`{"outcome":"done"},{"outcome":"done","head":"5","encoded":"63"},{"outcome":"done"},{"outcome":"done"},`+
			`{"outcome":"done","head":"5","encoded":"63"},{"outcome":"done","head":"0","encoded":""}],`+
			`"snapshot":{"logs":{"a/log":{"head":"5","sha256":"2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6"}}}}`)
}

func TestRegisters(t *testing.T) {
	var r kit.Registers
	one := map[string][]string{"author": {"1"}}
	if !r.Passes(kit.Check{Include: one}) {
		t.Error("a journal without registers passes every check")
	}
	r.Change(nil, map[string][]string{"author": {"2"}, "other": {"x", "y"}})
	anyAuthor := map[string][]string{"author": {""}}
	if r.Passes(kit.Check{Include: one}) || !r.Passes(kit.Check{Include: anyAuthor}) || r.Passes(kit.Check{Exclude: anyAuthor}) {
		t.Error("checks of an author")
	}
	r.Change(map[string][]string{"other": {"x"}}, one)
	if !r.Passes(kit.Check{Include: one, Exclude: map[string][]string{"other": {"x"}}}) {
		t.Error("a change of registers")
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"rlog-model/adapters/go/kit"
)

// The branch of the example in spec/sequencing.md, each operation framed, with its raw bytes.
var example = []string{
	"663393360d000000" + "08011d0a00000022040a022f61",
	"6633933612000000" + "080215305023581d0a0000003a0408011803" + "68690a",
	"6633933614000000" + "08031512dc84921d0a0000002a06080112022f62",
	"6633933614000000" + "08041522cc07381d0a0000003206080112022f61",
}

const exampleHints = "0a05612f6c6f67120f0801120b0d0a00000010012804306a"

func run(t *testing.T, steps ...string) (observations []string, snapshot map[string]any) {
	t.Helper()
	request := fmt.Sprintf(`{"id": 1, "run": {"rlog_scenario": 1, "revision": "2023-12", "steps": [%s]}}`, strings.Join(steps, ","))
	var out bytes.Buffer
	if err := kit.Serve(adapter(), strings.NewReader(request), &out); err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Observations []json.RawMessage
		Snapshot     map[string]any
	}
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil || len(answer.Observations) != len(steps) {
		t.Fatalf("%v: %s", err, &out)
	}
	for _, o := range answer.Observations {
		observations = append(observations, string(o))
	}
	return observations, answer.Snapshot
}

func same(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s\nand not\n%s", got, want)
	}
}

func TestPlayer(t *testing.T) {
	const progress = `"next_seq_no":"5","next_checksum":"997964709",`
	all := strings.Join(example, "")
	observations, snapshot := run(t,
		`{"do": "append_raw", "log": "a/log", "data": "`+all+`"}`,
		`{"do": "give_hints", "hints": "h", "encoded": "`+exampleHints+`"}`,
		`{"do": "play", "player": "p", "hints": "h"}`,
		`{"do": "take_player_hints", "player": "p", "hints": "i"}`,
		`{"do": "advance", "player": "p", "until": "head"}`,
		`{"do": "inject_handoff", "player": "p", "author": "7"}`,
		`{"do": "finish_at_write_head", "player": "p"}`,
		`{"do": "advance", "player": "p", "until": "append"}`,
		`{"do": "handoff_again", "player": "p"}`,
		`{"do": "advance", "player": "p"}`,
		`{"do": "handoff_again", "player": "p"}`,
		`{"do": "play", "player": "q", "log": "a/log"}`,
		`{"do": "finish_at_write_head", "player": "q"}`,
		`{"do": "advance", "player": "q"}`,
		`{"do": "play", "player": "r", "log": ""}`,
		`{"do": "play", "player": "s", "hints": "none"}`,
	)
	hints := `"hints":{"log":"a/log","live_nodes":[{"fnode":"1","segments":[{"author":"10","first_seq_no":"1",` +
		`"first_offset":"0","first_checksum":"0","last_seq_no":"4","last_offset":"106","log":""}]}],"properties":[]}`
	want := []string{
		`{"outcome":"done","head":"106"}`,
		`{"outcome":"done",` + hints + `}`,
		`{"outcome":"done","next_seq_no":"1","next_checksum":"0","status":"reading"}`,
		`{"outcome":"impossible"}`,
		`{"outcome":"done",` + progress + `"status":"tailing"}`,
		`{"outcome":"done",` + progress + `"status":"tailing"}`,
		`{"outcome":"impossible"}`,
		`{"outcome":"done",` + progress + `"status":"appending"}`,
		`{"outcome":"impossible"}`,
		`{"outcome":"done","next_seq_no":"6","next_checksum":"1688136896","status":"complete"}`,
		`{"outcome":"done","head":"146"}`,
		`{"outcome":"done","next_seq_no":"1","next_checksum":"0","status":"reading"}`,
		`{"outcome":"done","next_seq_no":"1","next_checksum":"0","status":"reading"}`,
		`{"outcome":"done","next_seq_no":"6","next_checksum":"1688136896","status":"complete"}`,
		`{"outcome":"refused: InvalidHints NO_LOG"}`,
		`{"outcome":"impossible"}`,
	}
	for i := range want {
		same(t, observations[i], want[i])
	}
	players, err := json.Marshal(snapshot["players"])
	if err != nil {
		t.Fatal(err)
	}
	files := `{"files":[{"path":"/b","sha256":"98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4","size":"3"}],` +
		`"same_file":[],"status":"complete"}`
	same(t, string(players), `{"p":`+files+`,"q":`+files+`}`)
}

func TestCodecAndSegments(t *testing.T) {
	observations, snapshot := run(t,
		`{"do": "decode", "payload": "0b"}`,
		`{"do": "decode", "payload": "08017805"}`,
		`{"do": "decode_hints", "encoded": "ff"}`,
		`{"do": "unframe", "data": "00663393360000000066339336010000007a", "piece": "2"}`,
		`{"do": "add_segment", "set": "s", "author": "0", "first_seq_no": "1", "first_offset": "0", "first_checksum": "0", `+
			`"last_seq_no": "1", "last_offset": "0", "log": "a/log"}`,
		`{"do": "intersect", "set": "s", "log": "a/log", "first_offset": "2", "last_offset": "1"}`,
		`{"do": "intersect", "set": "s", "log": "a/log", "first_offset": "1", "last_offset": "1"}`,
	)
	want := []string{
		`{"outcome":"refused: MalformedOp"}`,
		`{"outcome":"done","encoded":"0801"}`,
		`{"outcome":"refused: MalformedHints"}`,
		`{"outcome":"done","frames":[{"first_offset":"0","last_offset":"1"},{"first_offset":"1","last_offset":"9","payload":""},` +
			`{"first_offset":"9","last_offset":"18","payload":"7a"}]}`,
		`{"outcome":"refused: InvalidSegment AUTHOR"}`,
		`{"outcome":"impossible"}`,
		`{"outcome":"done","segments":[]}`,
	}
	for i := range want {
		same(t, observations[i], want[i])
	}
	if len(snapshot) != 0 {
		t.Error(snapshot)
	}
}

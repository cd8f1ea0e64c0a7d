package hints

import (
	"errors"
	"testing"

	"rlog-model/adapters/go/recoverylog/codec"
	"rlog-model/adapters/go/recoverylog/segments"
)

func of(seqNo int64, log string) codec.Segment {
	return codec.Segment{Author: 1, FirstSeqNo: seqNo, LastSeqNo: seqNo, FirstOffset: seqNo, LastOffset: seqNo + 1, Log: log}
}

func TestRefusals(t *testing.T) {
	node := func(fnode int64, all ...codec.Segment) codec.FnodeSegments {
		return codec.FnodeSegments{Fnode: fnode, Segments: all}
	}
	for _, c := range []struct {
		hints codec.Hints
		rule  segments.Rule
	}{
		{codec.Hints{}, NoLog},
		{codec.Hints{Log: "a/log"}, ""},
		{codec.Hints{Log: "x"}, ""},
		{codec.Hints{Log: "x", LiveNodes: []codec.FnodeSegments{node(1, of(1, ""))}}, segments.Log},
		{codec.Hints{Log: "a/log", LiveNodes: []codec.FnodeSegments{node(1, of(1, "a/log"))}}, ""},
		{codec.Hints{Log: "a/log", LiveNodes: []codec.FnodeSegments{node(2, of(2, "")), node(1)}}, FnodeOrder},
		{codec.Hints{Log: "a/log", LiveNodes: []codec.FnodeSegments{node(2, of(2, "")), node(2, of(2, ""))}}, FnodeOrder},
		{codec.Hints{Log: "a/log", LiveNodes: []codec.FnodeSegments{node(2)}}, FnodeCreate},
		{codec.Hints{Log: "a/log", LiveNodes: []codec.FnodeSegments{node(2, of(3, ""))}}, FnodeCreate},
		{codec.Hints{Log: "a/log", LiveNodes: []codec.FnodeSegments{node(2, of(2, "b/log"))}}, LastLog},
		{codec.Hints{Log: "a/log", LiveNodes: []codec.FnodeSegments{node(2, of(2, "b/log"), of(3, ""))}}, OneLog},
	} {
		_, err := Begin(&c.hints, false)
		var refused *Error
		if errors.As(err, &refused); refused == nil && c.rule != "" || refused != nil && refused.Rule != c.rule {
			t.Errorf("%+v: %v", c.hints, err)
		}
	}
}

func TestJSON(t *testing.T) {
	for text, want := range map[string]string{
		`{}`:                            `{"log":"","live_nodes":[],"properties":[]}`,
		` {"log" : "\ud83d\ude00\n"} `:  `{"log":"😀\n","live_nodes":[],"properties":[]}`,
		`{"logHex":"FFfe"}`:             `{"log_hex":"fffe","live_nodes":[],"properties":[]}`,
		`{"log_hex":"61","log":null}`:   "log!",
		`{"liveNodes":null,"log":null}`: `{"log":"","live_nodes":[],"properties":[]}`,
		`{"live_nodes":[{"fnode":-0,"segments":[{"author":"007","firstSeqNo":-5}]}]}`: `{"log":"","live_nodes":[{"fnode":"0",` +
			`"segments":[{"author":"7","first_seq_no":"-5","first_offset":"0","first_checksum":"0","last_seq_no":"0",` +
			`"last_offset":"0","log":""}]}],"properties":[]}`,
		`{"properties":[{"path":"/a","contentHex":"ff"}]}`: `{"log":"","live_nodes":[],"properties":[{"path":"/a","content_hex":"ff"}]}`,

		`null`:                                "!",
		`[]`:                                  "!",
		`{"log":"a"`:                          "!",
		`{"log":"a"} x`:                       "!",
		"{\"log\":\"\xff\"}":                  "!",
		"{\"log\":\"\n\"}":                    "!",
		`{"log":"\ud83d"}`:                    "log!",
		`{"log":"a","log":"a"}`:               "log!",
		`{"log":"a","logHex":"61"}`:           "logHex!",
		`{"logHex":"6"}`:                      "log_hex!",
		`{"logHex":"6g"}`:                     "log_hex!",
		`{"log":1}`:                           "log!",
		`{"lastLog":1}`:                       "lastLog!",
		`{"properties":{},"log":1,"x":2}`:     "x!",
		`{"properties":{},"live_nodes":7}`:    "live_nodes!",
		`{"properties":[null]}`:               "properties[0]!",
		`{"properties":[{"contentHex":"6"}]}`: "properties[0].content_hex!",
		`{"liveNodes":[{},{"fnode":"1.0"}]}`:  "live_nodes[1].fnode!",
		`{"liveNodes":[{"fnode":1.0}]}`:       "live_nodes[0].fnode!",
		`{"liveNodes":[{"fnode":1e3}]}`:       "live_nodes[0].fnode!",
		`{"liveNodes":[{"fnode":true}]}`:      "live_nodes[0].fnode!",
		`{"liveNodes":[{"fnode":"+1"}]}`:      "live_nodes[0].fnode!",
		`{"liveNodes":[{"fnode":" 1"}]}`:      "live_nodes[0].fnode!",
		`{"liveNodes":[{"fnode":""}]}`:        "live_nodes[0].fnode!",
		`{"liveNodes":[{"fnode":"000000000000000000001"}]}`:             "live_nodes[0].fnode!",
		`{"liveNodes":[{"fnode":"9223372036854775808"}]}`:               "live_nodes[0].fnode!",
		`{"liveNodes":[{"segments":[{"author":"-1"}]}]}`:                "live_nodes[0].segments[0].author!",
		`{"liveNodes":[{"segments":[{"author":4294967296}]}]}`:          "live_nodes[0].segments[0].author!",
		`{"liveNodes":[{"segments":[{"lastOffset":{}, "author":[]}]}]}`: "live_nodes[0].segments[0].author!",
		`{"liveNodes":[{"segments":[{"last_offest":"1"}]}]}`:            "live_nodes[0].segments[0].last_offest!",
	} {
		h, err := FromJSON([]byte(text))
		got := string(ToJSON(&h))
		var wrong *JSONError
		if errors.As(err, &wrong) {
			got = wrong.Place + "!"
		}
		if got != want {
			t.Errorf("%s: %s, and not %s", text, got, want)
		}
	}
}

func TestLogs(t *testing.T) {
	h := codec.Hints{Log: "a/log", LiveNodes: []codec.FnodeSegments{
		{Fnode: 1, Segments: []codec.Segment{of(1, "b/log"), of(2, ""), of(3, "c/log"), of(4, "b/log")}},
	}}
	if logs := Logs(&h); len(logs) != 3 || logs[0] != "b/log" || logs[1] != "a/log" || logs[2] != "c/log" {
		t.Error(logs)
	}
}

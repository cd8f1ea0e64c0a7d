package kit

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
)

// step holds the members of all steps.
type step struct {
	kind string

	Set     string
	FSM     string
	Player  string
	Payload string
	Encoded string
	Data    string
	Hints   *string
	Log     *string
	LogHex  *string `json:"log_hex"`
	Until   string

	Author        uint32 `json:",string"`
	FirstSeqNo    int64  `json:"first_seq_no,string"`
	FirstOffset   int64  `json:"first_offset,string"`
	FirstChecksum uint32 `json:"first_checksum,string"`
	LastSeqNo     int64  `json:"last_seq_no,string"`
	LastOffset    int64  `json:"last_offset,string"`
	Offset        int64  `json:",string"`
	Piece         int64  `json:",string"`
	Begin         int64  `json:",string"`
	Before        int64  `json:",string"`
	Times         *int64 `json:",string"`
}

// UnmarshalJSON reads a step. The text of the protocol does not say how a step tells which one it is. So it is read from
// the usual members, or else from whatever member has the name of a step as its value.
func (s *step) UnmarshalJSON(text []byte) error {
	type plain step
	named := struct {
		*plain
		Step, Do, Op string
	}{plain: (*plain)(s)}
	if err := json.Unmarshal(text, &named); err != nil {
		return err
	}
	if s.kind = cmp.Or(named.Step, named.Do, named.Op); s.kind != "" {
		return nil
	}
	var all map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	for _, member := range slices.Sorted(maps.Keys(all)) {
		if name, is := all[member].(string); is && steps[name] != nil {
			s.kind = name
			return nil
		}
	}
	return nil
}

// log is the name of a log, which can be no UTF-8 (HNT-14).
func (s *step) log() string {
	switch {
	case s.LogHex != nil:
		return string(fromHex(*s.LogHex))
	case s.Log != nil:
		return *s.Log
	}
	return ""
}

func (s *step) hints() string {
	if s.Hints == nil {
		return ""
	}
	return *s.Hints
}

func (s *step) times() int64 {
	if s.Times == nil {
		return 1
	}
	return *s.Times
}

// fromHex reads bytes. The harness writes no others, so anything else is an error of the run.
func fromHex(text string) []byte {
	b, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return b
}

package kit

import "encoding/hex"

// step holds the members of all steps.
type step struct {
	Kind string `json:"do"`

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

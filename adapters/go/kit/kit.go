// Package kit is what an adapter of the conformance suite needs, whatever implementation it is for: the loop over
// requests, the forms of steps and observations, and logs in memory (ADP). Whoever has an implementation in Go fills in
// an Adapter, and calls Main. README.md has an example.
package kit

// Adapter is an implementation, as the kit calls it. Functions of capabilities that are not claimed can be nil.
type Adapter struct {
	Implementation string
	Version        string
	Revision       string // of spec/revisions.md
	Capabilities   []string

	// DecodeOperation decodes a payload, and encodes the operation again, with meta-fields if it has any (ADP-12). It
	// fails with Malformed where the payload is no operation.
	DecodeOperation func(payload []byte) (encoded []byte, err error)
	// DecodeHints decodes hints, and encodes them again (ADP-13). Capabilities fsm and player need it too. It fails with
	// Malformed where the bytes are no hints.
	DecodeHints func(b []byte) (hints Hints, encoded []byte, err error)
	// Unframe finds the frames of a log, which is fed in pieces (ADP-14).
	Unframe func(pieces [][]byte) []Frame
	// NewSet makes an empty set of segments.
	NewSet func() Set
	// NewFSM begins an FSM with hints. It fails with BrokenRule where these are refused.
	NewFSM func(revision string, hints Hints) (FSM, error)
	// NewPlayer begins a player with hints. It fails as NewFSM does.
	NewPlayer func(revision string, hints Hints) (Player, error)
}

// Set is a set of segments (SEG-6).
type Set interface {
	// Add adds a segment (SEG-7). It fails with BrokenRule.
	Add(s Segment) error
	// Segments are all of the set, in order.
	Segments() []Segment
	// Intersect is asked with first <= last only (SEG-10).
	Intersect(log string, first, last int64) []Segment
}

// FSM is the state of one branch (TRN-1).
type FSM interface {
	NextSeqNo() uint64
	NextChecksum() uint32
	// Apply offers an operation (ADP-18). The outcome is a name of FSM-1 to FSM-8, or "Applied". It fails with Malformed.
	Apply(op Offer) (outcome string, err error)
	// BuildHints builds hints that need not last (HNT-7 to HNT-10). It fails with BrokenRule.
	BuildHints() (Hints, error)
	// State is all that the snapshot shows (ADP-31).
	State() State
}

// Offer is an operation that is offered to an FSM: its payload and its meta-fields.
type Offer struct {
	Payload                 []byte
	Log                     string
	FirstOffset, LastOffset int64
}

// Player plays hints as a machine that asks for one thing at a time (PLAY-18).
type Player interface {
	NextSeqNo() uint64
	NextChecksum() uint32
	// Complete, Failure and Tailing tell the status (ADP-24). Failure is the name of an error, or empty.
	Complete() bool
	Failure() string
	Tailing() bool
	// FinishAtWriteHead and HandOff tell a wish. The kit tells one at most, and none to author 0.
	FinishAtWriteHead() error
	HandOff(author uint32) error

	// Next is what the player asks for, and the others answer it.
	Next() Request
	TakeHead(head int64)
	// TakeBytes gives bytes that begin at an offset, which lies behind the one that was asked for where there is a hole.
	TakeBytes(offset int64, b []byte)
	// TakeNothing tells that there are no bytes yet.
	TakeNothing()
	// TakeAppended tells where the append ends.
	TakeAppended(end int64)

	// Hints are lasting hints (PLAY-16). It fails with BrokenRule.
	Hints() (Hints, error)
	// Files is what a complete play rebuilt: all files and properties by rising path, and the lists of links of one file.
	Files() (files []File, sameFile [][]string)
}

// RequestKind says what a player asks for.
type RequestKind int

// What a player asks for.
const (
	AskNothing RequestKind = iota
	AskHead
	AskBytes
	AskAppend
)

// Request is what a player asks for: the head of a log; bytes of it from Offset on, for which it Waits or not; or an append
// of Data, with Fence as the value of the register "author".
type Request struct {
	Kind   RequestKind
	Log    string
	Offset int64
	Waits  bool
	Data   []byte
	Fence  string
}

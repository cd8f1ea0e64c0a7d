package player

// RequestKind says what a player asks for.
type RequestKind int

// What a player asks for. Nothing is asked for by one that has ended.
const (
	AskNothing RequestKind = iota
	AskHead                // the head of a log, by a barrier
	AskBytes               // bytes of a log, from an offset on
	AskAppend              // an append to a log
)

// Request is the one thing that a player asks for (PLAY-18).
type Request struct {
	Kind RequestKind
	Log  string

	// Offset is where the bytes begin that AskBytes asks for. Waits tells that the player waits for them to come.
	Offset int64
	Waits  bool

	// Data is what AskAppend appends: one frame. Fence is the value of the register "author" that goes with it, as a
	// union and without a check (HOF-2).
	Data  []byte
	Fence string
}

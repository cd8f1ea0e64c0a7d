package player

import "rlog-model/adapters/go/recoverylog/codec"

// FailureKind is the name of the error by which a play fails.
type FailureKind string

// The errors of a play. The last one is for a handoff behind sequence number 2^63 - 1, which no operation can go on with
// (SEQ-5).
const (
	HintsBeyondHead FailureKind = "HintsBeyondHead" // PLAY-2
	UnplayableWrite FailureKind = "UnplayableWrite" // PLAY-4, PLAY-12
	HoleInLog       FailureKind = "HoleInLog"       // PLAY-5
	HintsRemain     FailureKind = "HintsRemain"     // PLAY-6
	LogEndsEarly    FailureKind = "LogEndsEarly"    // PLAY-6
	UnplayablePath  FailureKind = "UnplayablePath"  // PLAY-9
	UnplayableTree  FailureKind = "UnplayableTree"  // PLAY-9
	BranchFull      FailureKind = "BranchFull"      // SEQ-5
)

// Failure is the error by which a play has failed. Which fields are set says the clause of its kind.
type Failure struct {
	Kind FailureKind
	Log  string

	Segment      codec.Segment // HintsBeyondHead, HintsRemain
	Head         int64         // HintsBeyondHead, HintsRemain, LogEndsEarly
	Offset       int64         // UnplayableWrite: of the log; LogEndsEarly: where it ends; HoleInLog: where it begins
	End          int64         // HoleInLog
	NextSeqNo    uint64        // HoleInLog, HintsRemain
	NextChecksum uint32        // HintsRemain
	Fnode        int64         // UnplayableWrite
	FileOffset   int64         // UnplayableWrite
	Path         string        // UnplayablePath; UnplayableTree: the upper path
	LowerPath    string        // UnplayableTree
}

func (f *Failure) Error() string { return "play failed: " + string(f.Kind) }

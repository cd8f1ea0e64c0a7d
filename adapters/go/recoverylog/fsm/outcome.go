package fsm

// Kind is the outcome of an offer: that no rule is broken, or the first one that is (FSM-0 to FSM-8).
type Kind int

// The outcomes, each with the number of its rule.
const (
	Applied Kind = iota
	NotHintedAuthor
	WrongSeqNo
	ChecksumMismatch
	ExpectedHintedFnode
	LinkExists
	PropertyExists
	FnodeNotTracked
	NoSuchLink
)

var kindNames = [...]string{
	"Applied", "NotHintedAuthor", "WrongSeqNo", "ChecksumMismatch", "ExpectedHintedFnode", "LinkExists", "PropertyExists",
	"FnodeNotTracked", "NoSuchLink",
}

func (k Kind) String() string { return kindNames[k] }

// IsTransition tells whether the operation is of the branch: it was applied, or is untracked (TRN-5).
func (k Kind) IsTransition() bool { return k == Applied || k == FnodeNotTracked }

// Outcome is what an offer comes to, with the fields which the table of the rules names for its kind.
type Outcome struct {
	Kind Kind

	ExpectedAuthor, ActualAuthor     uint32 // NotHintedAuthor
	ExpectedSeqNo                    uint64 // WrongSeqNo: up to 2^63 (SEQ-5)
	ActualSeqNo                      int64  // WrongSeqNo
	ExpectedChecksum, ActualChecksum uint32 // ChecksumMismatch
	Fnode                            int64  // ExpectedHintedFnode, LinkExists, FnodeNotTracked, NoSuchLink
	Path                             string // LinkExists, PropertyExists, NoSuchLink
	Content                          string // PropertyExists
}

// Package codec holds the messages of a recovery log, their protobuf form (ENC), the frames in which they lie in a
// log (FRM) and the checksum that chains them (SEQ-2).
//
// Paths, contents and log names are Go strings. They are bytes, and need not be UTF-8 (ENC-2).
package codec

// Operation is one recorded operation (ENC-3). A member is set where its pointer is not nil; several can be.
type Operation struct {
	SeqNo    int64
	Checksum uint32
	Author   uint32

	Create   *Create
	Link     *Link
	Unlink   *Link
	Write    *Write
	Property *Property

	// FirstOffset, LastOffset and Log are meta-fields: who reads the operation attaches them (ENC-6).
	FirstOffset int64
	LastOffset  int64
	Log         string
}

// Create makes a new, empty file (ENC-3).
type Create struct{ Path string }

// Link adds a path to a file, or takes one away (ENC-3).
type Link struct {
	Fnode int64
	Path  string
}

// Write puts bytes into a file (ENC-3). The bytes follow the frame (ENC-5).
type Write struct {
	Fnode  int64
	Offset int64
	Length int64
}

// Property is the whole content of a property (ENC-3).
type Property struct {
	Path    string
	Content string
}

// Change says which member of an operation counts (ENC-4).
type Change int

// The changes, in the order in which they win over each other (ENC-4). NoOp is an operation without a member.
const (
	NoOp Change = iota
	ChangeCreate
	ChangeLink
	ChangeUnlink
	ChangeWrite
	ChangeProperty
)

// Change is the first member that is set, in the order of ENC-4.
func (op *Operation) Change() Change {
	switch {
	case op.Create != nil:
		return ChangeCreate
	case op.Link != nil:
		return ChangeLink
	case op.Unlink != nil:
		return ChangeUnlink
	case op.Write != nil:
		return ChangeWrite
	case op.Property != nil:
		return ChangeProperty
	}
	return NoOp
}

// RawLength is the number of raw bytes behind the frame (ENC-5). It asks the write member, also an ignored one.
func (op *Operation) RawLength() int64 {
	if op.Write == nil || op.Write.Length < 0 {
		return 0
	}
	return op.Write.Length
}

// Segment is a run of operations of one author in one log (ENC-7).
type Segment struct {
	Author        uint32
	FirstSeqNo    int64
	FirstOffset   int64
	FirstChecksum uint32
	LastSeqNo     int64
	LastOffset    int64
	Log           string
}

// FnodeSegments are the segments of one live file (ENC-7).
type FnodeSegments struct {
	Fnode    int64
	Segments []Segment
}

// Hints are the message FSMHints (ENC-7).
type Hints struct {
	Log        string
	LiveNodes  []FnodeSegments
	Properties []Property
}

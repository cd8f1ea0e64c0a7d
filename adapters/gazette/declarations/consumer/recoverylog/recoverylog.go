// Package recoverylog declares the part of Gazette's public API that the glue calls, so that the glue compiles without
// Gazette. It was written from the published package documentation, holds none of Gazette's code, and does nothing.
package recoverylog

import (
	"errors"

	pb "go.gazette.dev/core/broker/protocol"
)

const only = "a declaration only"

// What Apply answers.
var (
	ErrChecksumMismatch    = errors.New("checksum mismatch")
	ErrExpectedHintedFnode = errors.New("op is not create, and an Fnode was hinted")
	ErrFnodeNotTracked     = errors.New("fnode not tracked")
	ErrLinkExists          = errors.New("link exists")
	ErrNoSuchLink          = errors.New("fnode has no such link")
	ErrNotHintedAuthor     = errors.New("op author does not match the next hinted author")
	ErrPropertyExists      = errors.New("property exists")
	ErrWrongSeqNo          = errors.New("wrong sequence number")
)

// Author wrote operations.
type Author uint32

// Fnode is a file.
type Fnode int64

// FSM is the state of a branch. The type of LiveNodes' values is not exported, so the glue leaves that field alone.
type FSM struct {
	NextSeqNo    int64
	NextChecksum uint32
	Properties   map[string]string
	Links        map[string]Fnode
}

// NewFSM begins an FSM.
func NewFSM(hints FSMHints) (*FSM, error) { panic(only) }

// Apply offers an operation.
func (m *FSM) Apply(op *RecordedOp, frame []byte) error { panic(only) }

// BuildHints has its argument since May 2021.
func (m *FSM) BuildHints(log pb.Journal) FSMHints { panic(only) }

// FSMHints are hints.
type FSMHints struct {
	Log        pb.Journal
	LiveNodes  []FnodeSegments
	Properties []Property
}

// Marshal encodes.
func (m *FSMHints) Marshal() (dAtA []byte, err error) { panic(only) }

// Unmarshal decodes.
func (m *FSMHints) Unmarshal(dAtA []byte) error { panic(only) }

// FnodeSegments are the segments of a file.
type FnodeSegments struct {
	Fnode    Fnode
	Segments []Segment
}

// Property is the content of a property.
type Property struct {
	Path    string
	Content string
}

// RecordedOp is an operation. Log is there since May 2021. The members that tell its change are not declared: the glue
// only decodes and encodes.
type RecordedOp struct {
	SeqNo       int64
	Checksum    uint32
	Author      Author
	FirstOffset int64
	LastOffset  int64
	Log         pb.Journal
}

// Marshal encodes.
func (m *RecordedOp) Marshal() (dAtA []byte, err error) { panic(only) }

// Unmarshal decodes.
func (m *RecordedOp) Unmarshal(dAtA []byte) error { panic(only) }

// Segment is a segment. Log is there since May 2021.
type Segment struct {
	Author        Author
	FirstSeqNo    int64
	FirstOffset   int64
	FirstChecksum uint32
	LastSeqNo     int64
	LastOffset    int64
	Log           pb.Journal
}

// SegmentSet is a set of segments.
type SegmentSet []Segment

// Add adds a segment.
func (s *SegmentSet) Add(segment Segment) error { panic(only) }

// Intersect has its first argument since May 2021.
func (s SegmentSet) Intersect(log pb.Journal, firstOffset, lastOffset int64) SegmentSet { panic(only) }

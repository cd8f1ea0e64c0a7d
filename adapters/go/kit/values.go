package kit

// Segment is a segment (ENC-7).
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

// Property is the content of a property (ENC-7).
type Property struct {
	Path    string
	Content string
}

// Hints are hints (ENC-7).
type Hints struct {
	Log        string
	LiveNodes  []FnodeSegments
	Properties []Property
}

// Frame is a frame, or a range that was skipped: then Payload is nil (ADP-14).
type Frame struct {
	FirstOffset, LastOffset int64
	Payload                 []byte
}

// State is what the snapshot shows of an FSM, beside its hints (ADP-31). Lists have the order of ADP-31.
type State struct {
	Log         string
	Links       []LinkTo
	Nodes       []Node
	Properties  []Property
	HintsRemain bool
}

// LinkTo is a path, and the file that it names.
type LinkTo struct {
	Path  string
	Fnode int64
}

// Node is a live file.
type Node struct {
	Fnode    int64
	Links    []string
	Segments []Segment
}

// File is what the snapshot shows of a file that was played (ADP-31).
type File struct {
	Path   string
	Size   uint64
	SHA256 []byte
}

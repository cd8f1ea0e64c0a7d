package player

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"rlog-model/adapters/go/recoverylog/codec"
	"rlog-model/adapters/go/recoverylog/fsm"
	"rlog-model/adapters/go/recoverylog/internal/branch"
)

const aLog = "a/log"

// memory is a Source of logs in memory, in which ranges can be holes. It gives piece bytes at a time.
type memory struct {
	t     *testing.T
	logs  map[string][]byte
	holes map[string][][2]int64
	piece int
}

func newMemory(t *testing.T) *memory {
	return &memory{t: t, logs: map[string][]byte{}, holes: map[string][][2]int64{}, piece: 5}
}

func (m *memory) Head(log string) (int64, error) { return int64(len(m.logs[log])), nil }

func (m *memory) Read(log string, at int64) (int64, []byte, error) {
	end := int64(len(m.logs[log]))
	for _, hole := range m.holes[log] {
		if at >= hole[0] && at < hole[1] {
			at = hole[1]
		} else if at < hole[0] {
			end = min(end, hole[0])
		}
	}
	end = min(end, at+int64(m.piece))
	return at, m.logs[log][at:end], nil
}

func (m *memory) Append(log string, data []byte, fence string) (int64, error) {
	if fence == "" {
		m.t.Error("an append without a fence")
	}
	m.logs[log] = append(m.logs[log], data...)
	return int64(len(m.logs[log])), nil
}

// record appends an operation, and its raw bytes.
func (m *memory) record(log string, b *branch.Branch, author uint32, op codec.Operation, raw string) {
	frame, err := codec.AppendFrame(m.logs[log], b.Next(author, op))
	if err != nil {
		m.t.Fatal(err)
	}
	m.logs[log] = append(frame, raw...)
}

func (m *memory) player(h codec.Hints) *Player {
	m.t.Helper()
	p, err := New(&h, fsm.Revision202312)
	if err != nil {
		m.t.Fatal(err)
	}
	return p
}

// finish plays to the write head, and tells the tree, or the error.
func (m *memory) finish(h codec.Hints) string {
	m.t.Helper()
	p := m.player(h)
	if err := errors.Join(p.FinishAtWriteHead(), Drive(p, m)); err != nil {
		m.t.Fatal(err)
	}
	return tell(m.t, p)
}

func tell(t *testing.T, p *Player) string {
	t.Helper()
	if p.Failure() != nil {
		return string(p.Failure().Kind)
	}
	if !p.Complete() {
		return "not complete"
	}
	var story []string
	for _, path := range p.Tree().Paths() {
		var content bytes.Buffer
		if _, err := p.Tree().Files[path].WriteTo(&content); err != nil {
			t.Fatal(err)
		}
		story = append(story, fmt.Sprintf("%s=%s", path, &content))
	}
	return strings.Join(story, " ")
}

func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, and not %q", what, got, want)
	}
}

func TestPlays(t *testing.T) {
	m := newMemory(t)
	b := branch.New()
	m.record(aLog, &b, 1, branch.Create("/a"), "")
	m.record(aLog, &b, 1, branch.Write(1, 2, 3), "xyz")
	m.record(aLog, &b, 1, branch.Link(1, "/b"), "")
	m.record(aLog, &b, 1, branch.Property("/p", "q"), "")
	for _, m.piece = range []int{1, 3, 1000} {
		same(t, "whole", m.finish(codec.Hints{Log: aLog}), "/a=\x00\x00xyz /b=\x00\x00xyz /p=q")
	}
	// What an outsider claims hides nothing.
	other := branch.Branch{SeqNo: 77}
	m.record(aLog, &other, 9, branch.Write(1, 0, 1<<40), "")
	m.record(aLog, &b, 1, branch.Unlink(1, "/a"), "")
	same(t, "behind an outsider", m.finish(codec.Hints{Log: aLog}), "/b=\x00\x00xyz /p=q")
	m.logs[aLog] = append(m.logs[aLog], "\x66\x33\x93\x36\xff\x00\x00\x00\x08"...)
	m.record(aLog, &b, 1, branch.Unlink(1, "/b"), "")
	same(t, "behind a torn frame", m.finish(codec.Hints{Log: aLog}), "/p=q")
	// The raw bytes of this write never come.
	m.record(aLog, &b, 1, branch.Create("/c"), "")
	torn := b
	m.record(aLog, &torn, 1, branch.Write(b.SeqNo-1, 0, 1<<30), "")
	m.record(aLog, &b, 1, branch.Property("/p", "r"), "")
	same(t, "behind a torn write", m.finish(codec.Hints{Log: aLog}), "/c= /p=r")
	m.record(aLog, &b, 1, branch.Create("/p/x"), "")
	same(t, "no directory", m.finish(codec.Hints{Log: aLog}), "UnplayableTree")
	m.record(aLog, &b, 1, branch.Create("/x/../y"), "")
	same(t, "no path", m.finish(codec.Hints{Log: aLog}), "UnplayablePath")
	m.record(aLog, &b, 1, branch.Write(b.SeqNo-1, -1, 1), "x")
	same(t, "a negative offset", m.finish(codec.Hints{Log: aLog}), "UnplayableWrite")
}

// recorded is a log with two files, each in one segment that says where it ends.
func recorded(m *memory) (h codec.Hints, ends []int64) {
	b := branch.New()
	h.Log = aLog
	for _, path := range []string{"/a", "/b"} {
		s := codec.Segment{Author: 1, FirstSeqNo: b.SeqNo, FirstOffset: int64(len(m.logs[aLog])), FirstChecksum: b.Checksum}
		m.record(aLog, &b, 1, branch.Create(path), "")
		m.record(aLog, &b, 1, branch.Write(s.FirstSeqNo, 0, 2), "hi")
		s.LastSeqNo, s.LastOffset = b.SeqNo-1, int64(len(m.logs[aLog]))
		h.LiveNodes = append(h.LiveNodes, codec.FnodeSegments{Fnode: s.FirstSeqNo, Segments: []codec.Segment{s}})
		m.record(aLog, &b, 1, branch.Create("/gone"+path), "")
		m.record(aLog, &b, 1, branch.Unlink(b.SeqNo-1, "/gone"+path), "")
		ends = append(ends, s.LastOffset, int64(len(m.logs[aLog])))
	}
	return h, ends
}

func TestHints(t *testing.T) {
	m := newMemory(t)
	h, ends := recorded(m)
	same(t, "hinted", m.finish(h), "/a=hi /b=hi")
	m.holes[aLog] = [][2]int64{{ends[0], ends[1] - 3}}
	same(t, "a hole that hints skip", m.finish(h), "/a=hi /b=hi")
	m.holes[aLog] = [][2]int64{{ends[0] - 2, ends[1]}}
	same(t, "a hole in raw bytes", m.finish(h), "HoleInLog")
	m.holes[aLog] = [][2]int64{{ends[2], ends[3]}}
	same(t, "a hole behind the hints", m.finish(h), "HoleInLog")
	m.holes[aLog] = [][2]int64{{0, ends[0]}}
	same(t, "a hole with the next segment", m.finish(h), "HoleInLog")
	same(t, "a hole at the beginning", m.finish(codec.Hints{Log: aLog}), "HoleInLog")
	m.holes = map[string][][2]int64{}

	wrong := h.LiveNodes[1].Segments[0]
	h.LiveNodes[1].Segments = []codec.Segment{wrong}
	h.LiveNodes[1].Segments[0].FirstChecksum++
	same(t, "a segment that is not there", m.finish(h), "HintsRemain")
	h.LiveNodes[1].Segments[0].LastOffset = ends[3] + 1
	same(t, "beyond the head", m.finish(h), "HintsBeyondHead")
}

func TestHandoff(t *testing.T) {
	m := newMemory(t)
	b := branch.New()
	m.record(aLog, &b, 1, branch.Create("/a"), "")
	p := m.player(codec.Hints{Log: aLog})
	if !errors.Is(p.HandOff(0), ErrNoAuthor) {
		t.Error("author 0")
	}
	if err := Drive(p, m); err != nil || !p.Tailing() {
		t.Fatal("not tailing", err)
	}
	if err := p.HandOff(7); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(p.FinishAtWriteHead(), ErrWish) {
		t.Error("a second wish")
	}
	// Another recorder wins the first race, and is the former one's next operation.
	p.TakeHead(int64(len(m.logs[aLog])))
	if p.Next().Kind != AskAppend {
		t.Fatal("asks for", p.Next().Kind)
	}
	m.record(aLog, &b, 1, branch.Create("/b"), "")
	lost := p.Next()
	end, _ := m.Append(lost.Log, lost.Data, lost.Fence)
	p.TakeAppended(end)
	if err := Drive(p, m); err != nil {
		t.Fatal(err)
	}
	same(t, "handed off", tell(t, p), "/a= /b=")
	if p.FSM().NextSeqNo() != 4 {
		t.Error("next is", p.FSM().NextSeqNo())
	}
	h, err := p.Hints()
	if err != nil || len(h.LiveNodes) != 2 {
		t.Error(h, err)
	}
}

func TestMove(t *testing.T) {
	m := newMemory(t)
	b := branch.New()
	m.record(aLog, &b, 1, branch.Create("/a"), "")
	first := codec.Segment{Author: 1, FirstSeqNo: 1, LastSeqNo: 1, LastOffset: int64(len(m.logs[aLog])), Log: aLog}
	m.logs["b/log"] = []byte("what was there before")
	second := codec.Segment{
		Author: 2, FirstSeqNo: 2, LastSeqNo: 2, FirstChecksum: b.Checksum, FirstOffset: int64(len(m.logs["b/log"])),
	}
	m.record("b/log", &b, 2, codec.Operation{}, "")
	m.record("b/log", &b, 2, branch.Write(1, 0, 1), "x")
	h := codec.Hints{Log: "b/log", LiveNodes: []codec.FnodeSegments{{Fnode: 1, Segments: []codec.Segment{first, second}}}}
	same(t, "moved", m.finish(h), "/a=x")
}

func TestHoleWithUnknownEnd(t *testing.T) {
	m := newMemory(t)
	h, ends := recorded(m)
	h.LiveNodes[1].Segments[0].LastOffset = 0
	m.holes[aLog] = [][2]int64{{ends[0], ends[2]}}
	same(t, "the last segment may begin in the hole", m.finish(h), "HoleInLog")
}

func TestSegmentAtTheHead(t *testing.T) {
	m := newMemory(t)
	s := codec.Segment{Author: 1, FirstSeqNo: 1, LastSeqNo: 1}
	h := codec.Hints{Log: aLog, LiveNodes: []codec.FnodeSegments{{Fnode: 1, Segments: []codec.Segment{s}}}}
	same(t, "an empty log", m.finish(h), "HintsBeyondHead")
}

func TestClashWithTheRoot(t *testing.T) {
	m := newMemory(t)
	b := branch.New()
	m.record(aLog, &b, 1, branch.Create("/a"), "")
	m.record(aLog, &b, 1, branch.Create("/a/b/c"), "")
	same(t, "two levels below a file", m.finish(codec.Hints{Log: aLog}), "UnplayableTree")
}

func TestNoOpOfAnother(t *testing.T) {
	m := newMemory(t)
	b := branch.New()
	p := m.player(codec.Hints{Log: aLog})
	if err := p.HandOff(7); err != nil {
		t.Fatal(err)
	}
	for p.Next().Kind != AskAppend {
		p.TakeHead(0)
	}
	m.record(aLog, &b, 8, codec.Operation{}, "")
	if err := Drive(p, m); err != nil {
		t.Fatal(err)
	}
	if !p.Complete() || p.FSM().NextSeqNo() != 3 {
		t.Error("complete by the no-op of another author; next is", p.FSM().NextSeqNo())
	}
}

func TestRawBytesThatArePassedOver(t *testing.T) {
	m := newMemory(t)
	b := branch.New()
	ignored := branch.Create("/a")
	ignored.Write = &codec.Write{Length: 20}
	m.record(aLog, &b, 1, ignored, "")
	begin := int64(len(m.logs[aLog]))
	m.logs[aLog] = append(m.logs[aLog], "\x66\x33\x93\x36\x00\x00\x00\x00 a frame inside"[:20]...)
	end := int64(len(m.logs[aLog]))
	m.record(aLog, &b, 1, branch.Create("/b"), "")
	for _, hole := range [][2]int64{{begin, begin}, {begin, end}, {begin + 7, end - 1}} {
		m.holes[aLog] = [][2]int64{hole}
		same(t, "of an ignored write", m.finish(codec.Hints{Log: aLog}), "/a= /b=")
	}
	m.holes[aLog] = [][2]int64{{begin, end + 1}}
	same(t, "a longer hole", m.finish(codec.Hints{Log: aLog}), "HoleInLog")
}

func TestLongFiles(t *testing.T) {
	m := newMemory(t)
	b := branch.New()
	m.record(aLog, &b, 1, branch.Create("/a"), "")
	m.record(aLog, &b, 1, branch.Write(1, math.MaxInt64-1, 1), "x")
	same(t, "too long to be laid out", m.finish(codec.Hints{Log: aLog}), "UnplayableWrite")
	m.record(aLog, &b, 1, branch.Unlink(1, "/a"), "")
	same(t, "and removed", m.finish(codec.Hints{Log: aLog}), "")
	m.record(aLog, &b, 1, branch.Create("/b"), "")
	m.record(aLog, &b, 1, branch.Write(b.SeqNo-1, math.MaxInt64, 1), "x")
	m.record(aLog, &b, 1, branch.Unlink(b.SeqNo-2, "/b"), "")
	same(t, "longer than a file can be", m.finish(codec.Hints{Log: aLog}), "UnplayableWrite")
}

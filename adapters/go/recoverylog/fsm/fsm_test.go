package fsm

import (
	"errors"
	"math"
	"testing"

	"rlog-model/adapters/go/recoverylog/codec"
	"rlog-model/adapters/go/recoverylog/hints"
	"rlog-model/adapters/go/recoverylog/internal/branch"
	"rlog-model/adapters/go/recoverylog/segments"
)

// play offers operations, one of which is the next of the FSM's own branch, whatever it was begun with.
type play struct {
	*FSM
	t      *testing.T
	author uint32
	log    string
}

func begin(t *testing.T, h codec.Hints, revision Revision) *play {
	t.Helper()
	f, err := New(&h, revision)
	if err != nil {
		t.Fatal(err)
	}
	return &play{FSM: f, t: t, author: 1, log: "a/log"}
}

func (p *play) offer(op codec.Operation, want Kind) {
	p.t.Helper()
	next := branch.Branch{SeqNo: int64(p.NextSeqNo()), Checksum: p.NextChecksum()}
	payload := next.Next(p.author, op)
	op, err := codec.DecodeOperation(payload)
	if err != nil {
		p.t.Fatal(err)
	}
	op.Log, op.FirstOffset, op.LastOffset = p.log, op.SeqNo*10, op.SeqNo*10+10
	if got := p.Apply(&op, payload); got.Kind != want {
		p.t.Errorf("operation %d is %v, and not %v", op.SeqNo, got.Kind, want)
	}
}

func (p *play) property(path, want string) {
	p.t.Helper()
	if got, has := p.Properties()[path]; got != want || has != (want != "") {
		p.t.Errorf("property %s is %q, and not %q", path, got, want)
	}
}

// hinted are hints of files that were created by author 1, with one segment each, which has the numbers that are given.
func hinted(ranges ...[2]int64) codec.Hints {
	h := codec.Hints{Log: "a/log"}
	for _, r := range ranges {
		s := codec.Segment{Author: 1, FirstSeqNo: r[0], LastSeqNo: r[1], FirstOffset: min(r[0], 1e9) * 10}
		h.LiveNodes = append(h.LiveNodes, codec.FnodeSegments{Fnode: r[0], Segments: []codec.Segment{s}})
	}
	return h
}

func TestPendingPropertyWhileHinted(t *testing.T) {
	h := hinted([2]int64{1, 6})
	h.Properties = []codec.Property{{Path: "/p", Content: "late"}}
	p := begin(t, h, Revision202312)
	p.offer(branch.Create("/p"), Applied)
	p.property("/p", "late")
	p.offer(branch.Unlink(1, "/p"), Applied)
	p.offer(branch.Property("/p", "early"), Applied)
	p.property("/p", "late")
	if len(p.Pending()) != 0 {
		t.Error("a property that the log set is pending")
	}
	p.offer(branch.Property("/q", "first"), Applied)
	p.offer(branch.Property("/q", "second"), Applied)
	p.property("/q", "first")
	// The last hinted operation is hinted still; the one behind it is not (TRN-13).
	p.offer(branch.Property("/q", "third"), Applied)
	p.property("/q", "first")
	p.offer(branch.Property("/q", "fourth"), Applied)
	p.property("/q", "fourth")
}

func TestPendingPropertyYields(t *testing.T) {
	for path, yields := range map[string]bool{"/p": true, "/p/x": true, "/px": false, "/": false, "": false, "/p/": true} {
		h := codec.Hints{Log: "a/log", Properties: []codec.Property{{Path: "/p", Content: "x"}}}
		p := begin(t, h, Revision202006)
		p.offer(branch.Create(path), Applied)
		if _, has := p.Properties()["/p"]; has == yields {
			t.Errorf("a file at %s: the property is there: %v", path, has)
		}
	}
}

func TestHintedFnodes(t *testing.T) {
	p := begin(t, hinted([2]int64{1, 1}, [2]int64{2, 3}), Revision202312)
	p.offer(branch.Create("/a"), Applied)
	p.offer(branch.Write(1, 0, 0), ExpectedHintedFnode)
	p.offer(codec.Operation{}, ExpectedHintedFnode)
	p.offer(branch.Create("/a"), LinkExists)
	p.offer(branch.Create("/b"), Applied)
	p.offer(branch.Create("/b"), LinkExists)
	p.author = 2
	p.offer(branch.Create("/c"), NotHintedAuthor)
	p.author = 1
	p.offer(branch.Create("/c"), FnodeNotTracked)
	if p.HintsRemain() || p.IsLive(3) {
		t.Error("an untracked create ends the hinted segment, and makes no file")
	}
	p.author = 2
	p.offer(branch.Create("/c"), Applied)
}

func TestProperties(t *testing.T) {
	for _, revision := range Revisions {
		p := begin(t, codec.Hints{Log: "a/log"}, revision)
		p.offer(branch.Property("/p", "1"), Applied)
		p.offer(branch.Property("/p", "1"), Applied)
		p.offer(branch.Create("/p"), PropertyExists)
		p.offer(branch.Create("/a"), Applied)
		p.offer(branch.Link(3, "/a"), LinkExists)
		p.offer(branch.Link(3, "/p"), PropertyExists)
		p.offer(branch.Property("/a", "1"), LinkExists)
		p.offer(branch.Unlink(3, "/b"), NoSuchLink)
		p.offer(branch.Unlink(9, "/a"), FnodeNotTracked)
		want := PropertyExists
		if revision == Revision202312 {
			want = Applied
		}
		p.offer(branch.Property("/p", "2"), want)
	}
}

func refusedBy(t *testing.T, err error, want segments.Rule) {
	t.Helper()
	var refused *hints.Error
	if errors.As(err, &refused); refused == nil || refused.Rule != want {
		t.Errorf("refused by %v, and not by %s", err, want)
	}
}

func TestHintsOfMoves(t *testing.T) {
	p := begin(t, codec.Hints{Log: "a/log"}, Revision202312)
	p.offer(branch.Create("/a"), Applied)
	p.log = "b/log"
	p.offer(codec.Operation{}, Applied)
	h, err := p.BuildHints()
	if err != nil {
		t.Fatal(err)
	}
	if all := h.LiveNodes[0].Segments; h.Log != "b/log" || len(all) != 2 || all[0].Log != "a/log" || all[1].Log != "" {
		t.Errorf("%+v", h)
	}
	again := begin(t, *h, Revision202312)
	if again.Arrival() != nil || !again.FromBeginning() {
		t.Error("an FSM begins without arrival, and from the beginning where its hints do")
	}
	_, err = New(h, Revision202006)
	refusedBy(t, err, hints.OneLog)
	p.offer(branch.Unlink(1, "/a"), Applied)
	_, err = p.BuildHints()
	refusedBy(t, err, hints.NoLiveFile)
}

func TestLastingHints(t *testing.T) {
	p := begin(t, hinted([2]int64{5, 5}), Revision202312)
	p.offer(branch.Create("/a"), Applied)
	p.offer(branch.Unlink(5, "/a"), Applied)
	if _, err := p.BuildHints(); err != nil {
		t.Error(err)
	}
	_, err := p.LastingHints()
	refusedBy(t, err, hints.NoLiveFile)
}

func TestNoAuthor(t *testing.T) {
	p := begin(t, codec.Hints{Log: "a/log"}, Revision202312)
	p.author = 0
	p.offer(branch.Create("/a"), Applied)
	_, err := p.BuildHints()
	refusedBy(t, err, segments.Author)
}

func TestFullBranch(t *testing.T) {
	p := begin(t, hinted([2]int64{math.MaxInt64, math.MaxInt64}), Revision202312)
	p.offer(branch.Create("/a"), Applied)
	if p.NextSeqNo() != 1<<63 {
		t.Error("next is", p.NextSeqNo())
	}
	p.offer(codec.Operation{}, WrongSeqNo)
}

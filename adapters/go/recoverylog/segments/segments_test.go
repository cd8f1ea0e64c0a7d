package segments

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func segment(author uint32, firstSeqNo, lastSeqNo, firstOffset, lastOffset int64) Segment {
	return Segment{
		Author: author, FirstSeqNo: firstSeqNo, LastSeqNo: lastSeqNo, FirstOffset: firstOffset, LastOffset: lastOffset,
		Log: "a/log",
	}
}

// TestTableOfTheText adds the pairs of the table below SEG-5.
func TestTableOfTheText(t *testing.T) {
	for _, c := range []struct {
		there, added Segment
		want         []Segment
		rule         Rule
	}{
		{segment(1, 10, 20, 100, 200), segment(1, 21, 30, 150, 300), []Segment{segment(1, 10, 30, 100, 300)}, ""},
		{segment(1, 10, 20, 100, 200), segment(1, 15, 30, 150, 300), []Segment{segment(1, 10, 30, 100, 300)}, ""},
		{segment(1, 10, 20, 100, 200), segment(1, 15, 18, 150, 180), []Segment{segment(1, 10, 20, 100, 200)}, ""},
		{segment(1, 10, 20, 100, 200), segment(1, 15, 20, 150, 0), []Segment{segment(1, 10, 20, 100, 200)}, ""},
		{segment(1, 10, 20, 100, 200), segment(1, 15, 30, 150, 0), []Segment{segment(1, 10, 30, 100, 0)}, ""},
		{segment(1, 10, 20, 100, 200), segment(1, 10, 15, 120, 150), []Segment{segment(1, 10, 20, 120, 200)}, ""},
		{segment(1, 10, 20, 100, 0), segment(1, 10, 20, 100, 200), []Segment{segment(1, 10, 20, 100, 200)}, ""},
		{segment(1, 10, 20, 100, 0), segment(1, 15, 18, 150, 180), nil, KnownAfterUnknown},
		{segment(1, 10, 20, 100, 200), segment(1, 15, 30, 99, 300), nil, FirstOffsetsFall},
		{
			segment(1, 10, 20, 100, 200), segment(2, 21, 30, 150, 300),
			[]Segment{segment(1, 10, 20, 100, 200), segment(2, 21, 30, 150, 300)}, "",
		},
		{segment(1, 10, 20, 100, 200), segment(2, 20, 30, 150, 300), nil, AuthorsDiffer},
		{
			segment(1, 10, 20, 100, 200), segment(1, 22, 30, 150, 300),
			[]Segment{segment(1, 10, 20, 100, 200), segment(1, 22, 30, 150, 300)}, "",
		},
		{
			segment(1, 1, math.MaxInt64, 0, 9), segment(1, 5, math.MaxInt64, 1, 9),
			[]Segment{segment(1, 1, math.MaxInt64, 0, 9)}, "",
		},
	} {
		var set Set
		if err := set.Add(c.there); err != nil {
			t.Fatal(err)
		}
		err := set.Add(c.added)
		var refused *Error
		if errors.As(err, &refused); (refused == nil) != (c.rule == "") || refused != nil && refused.Rule != c.rule {
			t.Errorf("%+v and %+v: %v", c.there, c.added, err)
			continue
		}
		want := c.want
		if err != nil {
			want = []Segment{c.there}
		}
		if got := set.Segments(); len(got) != len(want) || got[0] != want[0] || got[len(got)-1] != want[len(want)-1] {
			t.Errorf("%+v and %+v: %+v", c.there, c.added, got)
		}
	}
}

func TestLogNames(t *testing.T) {
	for name, want := range map[string]bool{
		"a/log": true, "abc": false, "abcd": true, "äöüß": true, "äöü": false, "../a": true, "a/../b": false, "../..": true,
		"/abc": false, "abc/": false, "ab//c": false, "./abc": false, "a/./b": false, "ab c": false, "abc`": false,
		"abc\xff": false, "a/log;": false, "a/log;/x": false, "a/log;.": false, "a/log;x/": false, "a/log;..": true,
		"a/log;x;y": true, "abc;x": false, "a-_+/.=%!$&'()*,:@~": true, "日本語の": true, "ab½Ⅷ": true,
		strings.Repeat("a", 512): true, strings.Repeat("a", 513): false, strings.Repeat("ä", 512): true,
		"abcd;" + strings.Repeat("a", 512): true, "abcd;" + strings.Repeat("a", 513): false, "abc\u0301": false,
	} {
		if got := IsLogName(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func TestIntersectRefusesRange(t *testing.T) {
	var set Set
	if _, err := set.Intersect("a/log", 2, 1); !errors.Is(err, ErrInvalidRange) {
		t.Error(err)
	}
}

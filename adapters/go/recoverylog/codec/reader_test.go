package codec

import (
	"fmt"
	"strings"
	"testing"
)

func framed(t *testing.T, payload string) string {
	t.Helper()
	b, err := AppendFrame(nil, []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// told reads a log in pieces, and tells what comes. After each frame, judge can do with it what it wants.
func told(log string, piece int, judge func(r *Reader, payload string)) string {
	var story []string
	r := NewReader(0)
	raw := ""
	for len(log) > 0 {
		n := min(piece, len(log))
		r.Feed([]byte(log[:n]))
		log = log[n:]
		for event := r.Next(); event.Kind != NeedBytes; event = r.Next() {
			if event.Kind == FoundRaw {
				raw += string(event.Bytes)
				continue
			}
			if raw != "" {
				story = append(story, "raw "+raw)
				raw = ""
			}
			if event.SkippedFrom < event.Begin {
				story = append(story, fmt.Sprintf("skip %d-%d", event.SkippedFrom, event.Begin))
			}
			story = append(story, fmt.Sprintf("%s %d-%d", event.Bytes, event.Begin, event.End))
			if judge != nil {
				judge(r, string(event.Bytes))
			}
		}
	}
	return strings.Join(story, ", ")
}

func TestReader(t *testing.T) {
	a, b := framed(t, "aa"), framed(t, "b")
	tooLong := "\x66\x33\x93\x36\x01\x00\x10\x00"
	inner := framed(t, "x"+a+"y")
	reject := func(which string) func(*Reader, string) {
		return func(r *Reader, payload string) {
			if strings.HasPrefix(payload, which) {
				r.Reject()
			}
		}
	}
	doubt := func(r *Reader, payload string) {
		if strings.HasPrefix(payload, "x") {
			r.Doubt()
		}
	}
	raw := func(r *Reader, payload string) {
		if payload == "b" {
			r.AskRaw(3)
		}
	}
	for _, c := range []struct {
		name, log string
		judge     func(*Reader, string)
		want      string
	}{
		{"frames", a + b, nil, "aa 0-10, b 10-19"},
		{"empty frame", framed(t, "") + b, nil, " 0-8, b 8-17"},
		{"skipped bytes", "zzz" + a + "z" + b, nil, "skip 0-3, aa 3-13, skip 13-14, b 14-23"},
		{"a magic cut short", "\x66\x33\x93" + a, nil, "skip 0-3, aa 3-13"},
		{"a payload that is too long", tooLong + a, nil, "skip 0-8, aa 8-18"},
		{"rejected", a + b, reject("aa"), "aa 0-10, skip 0-10, b 10-19"},
		{"rejected behind skipped bytes", "zz" + a + b, reject("aa"), "skip 0-2, aa 2-12, skip 0-12, b 12-21"},
		{"rejected, with a frame in it", inner + b, reject("x"), strings.Join([]string{
			"x" + a + "y 0-20", "skip 0-9", "aa 9-19", "skip 19-20", "b 20-29"}, ", ")},
		{"doubted", inner + b, doubt, "x" + a + "y 0-20, aa 9-19, b 20-29"},
		{"doubted, and bytes behind it", inner + "z" + b, doubt, "x" + a + "y 0-20, aa 9-19, skip 20-21, b 21-30"},
		{"raw bytes", b + "f3\x93" + a, raw, "b 0-9, raw f3\x93, aa 12-22"},
		{"raw bytes like a frame", b + a[:3] + a, raw, "b 0-9, raw f3\x93, aa 12-22"},
	} {
		for _, piece := range []int{1, 3, 7, 1000} {
			if got := told(c.log, piece, c.judge); got != c.want {
				t.Errorf("%s, in pieces of %d: %q, and not %q", c.name, piece, got, c.want)
			}
		}
	}
}

func TestReaderRejectsUnfinished(t *testing.T) {
	r := NewReader(100)
	r.Feed([]byte("\x66\x33\x93\x36\x40\x00\x00\x00" + framed(t, "b")))
	if event := r.Next(); event.Kind != NeedBytes {
		t.Fatal("a frame that is cut off was given")
	}
	if begin, ok := r.Unfinished(); !ok || begin != 100 {
		t.Fatal("unfinished at", begin, ok)
	}
	r.RejectUnfinished()
	if event := r.Next(); event.Kind != FoundFrame || event.Begin != 108 || event.SkippedFrom != 100 {
		t.Errorf("%+v", event)
	}
	if _, ok := r.Unfinished(); ok {
		t.Error("nothing is unfinished")
	}
}

func TestReaderSkips(t *testing.T) {
	r := NewReader(0)
	r.Feed([]byte("zz" + framed(t, "a")))
	r.SkipTo(1)
	if event := r.Next(); event.SkippedFrom != 1 || event.Begin != 2 {
		t.Errorf("%+v", event)
	}
	r.SkipTo(5)
	if r.Next(); r.End() != 11 {
		t.Error("a seek went back")
	}
	r.SkipTo(50)
	r.Feed([]byte(framed(t, "b")))
	if event := r.Next(); event.Begin != 50 || event.SkippedFrom != 50 {
		t.Errorf("%+v", event)
	}
}

func TestAppendFrame(t *testing.T) {
	if _, err := AppendFrame(nil, make([]byte, MaxPayload)); err != nil {
		t.Error(err)
	}
	if _, err := AppendFrame(nil, make([]byte, MaxPayload+1)); err == nil {
		t.Error("a payload that is too long was framed")
	}
}

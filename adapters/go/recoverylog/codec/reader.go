package codec

import (
	"bytes"
	"encoding/binary"
)

// EventKind says what a Reader found.
type EventKind int

// What a Reader finds next. NeedBytes tells that nothing more can be said of the bytes at hand (FRM-4).
const (
	NeedBytes EventKind = iota
	FoundFrame
	FoundRaw
)

// Event is what a Reader found: a frame with its payload, or a part of the raw bytes that were asked for (FRM-5). Begin
// and End are offsets of the log; those of a frame include its header.
//
// Bytes [SkippedFrom, Begin) were skipped before a frame (FRM-3), if the two differ. They are told with the frame and not
// before it: where the frame is rejected, they are part of a longer range, which is told with a later frame (FRM-6).
type Event struct {
	Kind        EventKind
	Begin, End  int64
	Bytes       []byte
	SkippedFrom int64
}

// Reader finds frames in the bytes of a log, however these are split (FRM-4). A frame that it gave is taken for one,
// unless Reject or Doubt is called before the next call of Next. Payloads and raw bytes are views, which hold until
// bytes are fed.
type Reader struct {
	data []byte
	base int64 // offset of the first byte of data
	at   int64 // offset where reading goes on

	skipping bool
	skipFrom int64
	told     int64 // bytes before it were in a frame that was doubted, and are never reported (FRM-7)

	raw int64 // raw bytes that are still to come

	given      bool // a frame was given, and nothing was said of it yet
	begin, end int64
}

// NewReader begins at an offset of a log.
func NewReader(offset int64) *Reader {
	return &Reader{base: offset, at: offset}
}

// End is the offset behind the bytes at hand: that of the bytes which Feed takes next.
func (r *Reader) End() int64 { return r.base + int64(len(r.data)) }

// RawAwaited is the number of raw bytes that were asked for, and not given yet.
func (r *Reader) RawAwaited() int64 { return r.raw }

// Feed takes the next bytes of the log.
func (r *Reader) Feed(b []byte) {
	keep := r.at
	if r.given {
		keep = r.begin
	}
	r.data = append(r.data[keep-r.base:], b...)
	r.base = keep
}

// Next gives what comes next (FRM-3, FRM-5).
func (r *Reader) Next() Event {
	r.accept()
	if r.raw > 0 {
		return r.nextRaw()
	}
	for {
		rest := r.data[r.at-r.base:]
		if skip := candidate(rest); skip > 0 {
			r.skip(int64(skip))
			rest = rest[skip:]
		}
		if len(rest) < HeaderLength {
			return Event{Kind: NeedBytes}
		}
		length := binary.LittleEndian.Uint32(rest[len(magic):])
		if length > MaxPayload {
			r.skip(1)
			continue
		}
		if len(rest) < HeaderLength+int(length) {
			return Event{Kind: NeedBytes}
		}
		return r.give(rest[HeaderLength : HeaderLength+int(length)])
	}
}

func (r *Reader) nextRaw() Event {
	rest := r.data[r.at-r.base:]
	if len(rest) == 0 {
		return Event{Kind: NeedBytes}
	}
	if int64(len(rest)) > r.raw {
		rest = rest[:r.raw]
	}
	event := Event{Kind: FoundRaw, Begin: r.at, End: r.at + int64(len(rest)), Bytes: rest}
	r.at = event.End
	r.raw -= int64(len(rest))
	return event
}

func (r *Reader) give(payload []byte) Event {
	r.given, r.begin, r.end = true, r.at, r.at+HeaderLength+int64(len(payload))
	event := Event{Kind: FoundFrame, Begin: r.begin, End: r.end, Bytes: payload, SkippedFrom: r.begin}
	if r.skipping {
		event.SkippedFrom = min(max(r.skipFrom, r.told), r.begin)
	}
	return event
}

// candidate is the index at which a frame begins, or may begin if the bytes that follow say so (FRM-4).
func candidate(b []byte) int {
	if i := bytes.Index(b, magic); i >= 0 {
		return i
	}
	for n := min(len(magic)-1, len(b)); n > 0; n-- {
		if bytes.HasSuffix(b, magic[:n]) {
			return len(b) - n
		}
	}
	return len(b)
}

func (r *Reader) skip(n int64) {
	if !r.skipping {
		r.skipping, r.skipFrom = true, r.at
	}
	r.at += n
}

func (r *Reader) accept() {
	if r.given {
		r.given, r.skipping = false, false
		r.at = r.end
	}
}

// AskRaw tells that n raw bytes follow the frame that was given (FRM-5).
func (r *Reader) AskRaw(n int64) {
	r.accept()
	r.raw = max(n, 0)
}

// Reject tells that the frame which was given is none (FRM-6).
func (r *Reader) Reject() {
	if r.given {
		r.given = false
		r.skip(1)
	}
}

// Unfinished tells where a magic or a frame begins that is cut off where the bytes at hand end (FRM-4).
func (r *Reader) Unfinished() (begin int64, ok bool) {
	return r.at, !r.given && r.raw == 0 && r.at < r.End()
}

// RejectUnfinished tells that the unfinished frame is none (FRM-6).
func (r *Reader) RejectUnfinished() {
	if _, ok := r.Unfinished(); ok {
		r.skip(1)
	}
}

// Doubt tells that the frame which was given may have swallowed another one (FRM-7). A magic can't begin inside another
// one, so the search goes on behind it.
func (r *Reader) Doubt() {
	if r.given {
		r.given, r.skipping = false, false
		r.told = max(r.told, r.end)
		r.at = r.begin + int64(len(magic))
	}
}

// SkipTo is a seek: it goes on at a later offset, and does nothing for any other (FRM-8). Raw bytes that were asked for are given up.
func (r *Reader) SkipTo(offset int64) {
	r.accept()
	if offset <= r.at {
		return
	}
	r.at, r.raw, r.skipping = offset, 0, false
	if offset > r.End() {
		r.data, r.base = nil, offset
	}
}

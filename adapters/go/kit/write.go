package kit

import (
	"encoding/hex"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// writer writes JSON in the form of ADP-8 and HNT-13. It is written by hand because observations are the most of what an
// adapter does.
type writer struct{ b []byte }

func (w *writer) separate() {
	if n := len(w.b); n > 0 && w.b[n-1] != '{' && w.b[n-1] != '[' {
		w.b = append(w.b, ',')
	}
}

func (w *writer) name(name string) {
	w.separate()
	w.quote(name)
	w.b = append(w.b, ':')
}

func (w *writer) quote(text string) {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			// A string can always be written, so there is no error to look at.
			quoted, _ := json.Marshal(text)
			w.b = append(w.b, quoted...)
			return
		}
	}
	w.b = append(w.b, '"')
	w.b = append(w.b, text...)
	w.b = append(w.b, '"')
}

func (w *writer) string(name, text string) {
	w.name(name)
	w.quote(text)
}

// text writes bytes that are no UTF-8 in hex, under another name (HNT-14).
func (w *writer) text(name, text string) {
	if utf8.ValidString(text) {
		w.string(name, text)
	} else {
		w.string(name+"_hex", hex.EncodeToString([]byte(text)))
	}
}

func (w *writer) int(name string, n int64) {
	w.name(name)
	w.b = append(strconv.AppendInt(append(w.b, '"'), n, 10), '"')
}

func (w *writer) uint(name string, n uint64) {
	w.name(name)
	w.b = append(strconv.AppendUint(append(w.b, '"'), n, 10), '"')
}

func (w *writer) hex(name string, b []byte) {
	w.name(name)
	w.b = append(hex.AppendEncode(append(w.b, '"'), b), '"')
}

func (w *writer) bool(name string, value bool) {
	w.name(name)
	w.b = strconv.AppendBool(w.b, value)
}

// object writes an element of a list.
func (w *writer) object(members func()) {
	w.separate()
	w.b = append(w.b, '{')
	members()
	w.b = append(w.b, '}')
}

func (w *writer) objectAt(name string, members func()) {
	w.name(name)
	w.b = append(w.b, '{')
	members()
	w.b = append(w.b, '}')
}

func (w *writer) listAt(name string, elements func()) {
	w.name(name)
	w.list(elements)
}

func (w *writer) list(elements func()) {
	w.b = append(w.b, '[')
	elements()
	w.b = append(w.b, ']')
}

func (w *writer) segments(all []Segment) {
	w.listAt("segments", func() { w.eachSegment(all) })
}

func (w *writer) eachSegment(all []Segment) {
	for _, s := range all {
		w.object(func() {
			w.uint("author", uint64(s.Author))
			w.int("first_seq_no", s.FirstSeqNo)
			w.int("first_offset", s.FirstOffset)
			w.uint("first_checksum", uint64(s.FirstChecksum))
			w.int("last_seq_no", s.LastSeqNo)
			w.int("last_offset", s.LastOffset)
			w.text("log", s.Log)
		})
	}
}

func (w *writer) properties(all []Property) {
	w.listAt("properties", func() {
		for _, p := range all {
			w.object(func() {
				w.text("path", p.Path)
				w.text("content", p.Content)
			})
		}
	})
}

func (w *writer) hints(h *Hints) {
	w.objectAt("hints", func() {
		w.text("log", h.Log)
		w.listAt("live_nodes", func() {
			for _, node := range h.LiveNodes {
				w.object(func() {
					w.int("fnode", node.Fnode)
					w.segments(node.Segments)
				})
			}
		})
		w.properties(h.Properties)
	})
}

func (w *writer) paths(name string, paths []string) {
	w.listAt(name, func() { w.eachPath(paths) })
}

func (w *writer) eachPath(paths []string) {
	for _, path := range paths {
		w.object(func() { w.text("path", path) })
	}
}

package hints

import (
	"encoding/hex"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"rlog-model/adapters/go/recoverylog/codec"
)

// ToJSON writes hints in their JSON form (HNT-13).
func ToJSON(h *codec.Hints) []byte {
	b := appendText([]byte("{"), "log", h.Log)
	b = append(b, `,"live_nodes":[`...)
	for i := range h.LiveNodes {
		b = appendNode(separate(b, i), &h.LiveNodes[i])
	}
	b = append(b, `],"properties":[`...)
	for i, p := range h.Properties {
		b = appendText(append(separate(b, i), '{'), "path", p.Path)
		b = appendText(append(b, ','), "content", p.Content)
		b = append(b, '}')
	}
	return append(b, "]}"...)
}

func separate(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}

func appendNode(b []byte, node *codec.FnodeSegments) []byte {
	b = appendNumber(append(b, '{'), "fnode", node.Fnode)
	b = append(b, `,"segments":[`...)
	for i := range node.Segments {
		b = AppendSegmentJSON(separate(b, i), &node.Segments[i])
	}
	return append(b, "]}"...)
}

// AppendSegmentJSON writes one segment (HNT-13).
func AppendSegmentJSON(b []byte, s *codec.Segment) []byte {
	b = appendNumber(append(b, '{'), "author", int64(s.Author))
	b = appendNumber(append(b, ','), "first_seq_no", s.FirstSeqNo)
	b = appendNumber(append(b, ','), "first_offset", s.FirstOffset)
	b = appendNumber(append(b, ','), "first_checksum", int64(s.FirstChecksum))
	b = appendNumber(append(b, ','), "last_seq_no", s.LastSeqNo)
	b = appendNumber(append(b, ','), "last_offset", s.LastOffset)
	b = appendText(append(b, ','), "log", s.Log)
	return append(b, '}')
}

func appendNumber(b []byte, name string, n int64) []byte {
	b = append(b, '"')
	b = append(b, name...)
	b = append(b, `":"`...)
	b = strconv.AppendInt(b, n, 10)
	return append(b, '"')
}

// appendText writes bytes that are no UTF-8 in hex, under another name (HNT-14).
func appendText(b []byte, name, text string) []byte {
	b = append(b, '"')
	b = append(b, name...)
	if !utf8.ValidString(text) {
		b = append(b, hexSuffix...)
		text = hex.EncodeToString([]byte(text))
	}
	b = append(b, `":`...)
	// A string is always written, so there is no error to look at.
	quoted, _ := json.Marshal(text)
	return append(b, quoted...)
}

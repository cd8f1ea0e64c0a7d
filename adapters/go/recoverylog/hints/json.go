package hints

import (
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"

	"rlog-model/adapters/go/recoverylog/codec"
)

// JSONError refuses the JSON form of hints (HNT-16). Place is that of the first wrong member (HNT-17), and empty where
// the text is refused as a whole.
type JSONError struct{ Place string }

func (e *JSONError) Error() string {
	return "hints in JSON are wrong at " + strconv.Quote(e.Place)
}

// The members of each object, in the order of ENC-7. Those that hold bytes can be in hex too (HNT-14).
var (
	hintsMembers    = []jsonField{{"log", true}, {"live_nodes", false}, {"properties", false}}
	nodeMembers     = []jsonField{{"fnode", false}, {"segments", false}}
	propertyMembers = []jsonField{{"path", true}, {"content", true}}
	segmentMembers  = []jsonField{
		{"author", false}, {"first_seq_no", false}, {"first_offset", false}, {"first_checksum", false},
		{"last_seq_no", false}, {"last_offset", false}, {"log", true},
	}
)

const hexSuffix = "_hex"

type jsonField struct {
	name string
	text bool
}

// given is a member as it was given: its value, and its name in snake_case.
type given struct {
	name  string
	value *jsonValue
}

// jsonReader reads values, and keeps the first error.
type jsonReader struct{ err *JSONError }

func (r *jsonReader) fail(place string) {
	if r.err == nil {
		r.err = &JSONError{place}
	}
}

// camelCase spells a name in snake_case as protobuf's JSON does (HNT-15).
func camelCase(name string) string {
	words := strings.Split(name, "_")
	for i := 1; i < len(words); i++ {
		words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
	}
	return strings.Join(words, "")
}

// find gives the field that a member is, with its name in snake_case, under any of its spellings.
func find(fields []jsonField, name string) (index int, snake string, ok bool) {
	for i, f := range fields {
		if name == f.name || name == camelCase(f.name) {
			return i, f.name, true
		}
		if f.text && (name == f.name+hexSuffix || name == camelCase(f.name+hexSuffix)) {
			return i, f.name + hexSuffix, true
		}
	}
	return 0, "", false
}

func join(place, name string) string {
	if place == "" {
		return name
	}
	return place + "." + name
}

// object looks at the names of an object's members, in the order of the text (HNT-17), and gives them in that of fields.
func (r *jsonReader) object(v *jsonValue, place string, fields []jsonField) []given {
	members := make([]given, len(fields))
	if r.err != nil {
		return members
	}
	if v.kind != jsonObject {
		r.fail(place)
		return members
	}
	for i := range v.members {
		m := &v.members[i]
		index, snake, ok := find(fields, m.name)
		if !ok || members[index].value != nil {
			r.fail(join(place, m.name))
			return members
		}
		members[index] = given{snake, &m.value}
	}
	return members
}

// absent tells that a member has its default (HNT-15).
func (m given) absent() bool { return m.value == nil || m.value.kind == jsonNull }

func (r *jsonReader) text(m given, place string) string {
	if r.err != nil || m.absent() {
		return ""
	}
	text := m.value.text
	if m.value.kind != jsonText || m.value.lone {
		r.fail(join(place, m.name))
		return ""
	}
	if strings.HasSuffix(m.name, hexSuffix) {
		b, err := hex.DecodeString(text)
		if err != nil {
			r.fail(join(place, m.name))
		}
		return string(b)
	}
	return text
}

const maxDigits = 20

// integer tells whether a text is a number in one of the forms of HNT-15.
func integer(v *jsonValue) bool {
	digits := strings.TrimPrefix(v.text, "-")
	if v.kind == jsonText && len(digits) > maxDigits || digits == "" {
		return false
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return false
		}
	}
	return v.kind == jsonText || v.kind == jsonNumber
}

func (r *jsonReader) number(m given, place string, low, high int64) int64 {
	if r.err != nil || m.absent() {
		return 0
	}
	n, err := strconv.ParseInt(m.value.text, 10, 64)
	if !integer(m.value) || err != nil || n < low || n > high {
		r.fail(join(place, m.name))
	}
	return n
}

func (r *jsonReader) int64(m given, place string) int64 {
	return r.number(m, place, math.MinInt64, math.MaxInt64)
}

func (r *jsonReader) uint32(m given, place string) uint32 {
	return uint32(r.number(m, place, 0, math.MaxUint32))
}

// list gives each element to take, with its place.
func (r *jsonReader) list(m given, place string, take func(v *jsonValue, place string)) {
	if r.err != nil || m.absent() {
		return
	}
	place = join(place, m.name)
	if m.value.kind != jsonList {
		r.fail(place)
		return
	}
	for i := range m.value.items {
		take(&m.value.items[i], fmt.Sprintf("%s[%d]", place, i))
	}
}

func (r *jsonReader) segment(v *jsonValue, place string) codec.Segment {
	m := r.object(v, place, segmentMembers)
	return codec.Segment{
		Author:        r.uint32(m[0], place),
		FirstSeqNo:    r.int64(m[1], place),
		FirstOffset:   r.int64(m[2], place),
		FirstChecksum: r.uint32(m[3], place),
		LastSeqNo:     r.int64(m[4], place),
		LastOffset:    r.int64(m[5], place),
		Log:           r.text(m[6], place),
	}
}

func (r *jsonReader) node(v *jsonValue, place string) codec.FnodeSegments {
	m := r.object(v, place, nodeMembers)
	node := codec.FnodeSegments{Fnode: r.int64(m[0], place)}
	r.list(m[1], place, func(v *jsonValue, place string) {
		node.Segments = append(node.Segments, r.segment(v, place))
	})
	return node
}

func (r *jsonReader) property(v *jsonValue, place string) codec.Property {
	m := r.object(v, place, propertyMembers)
	return codec.Property{Path: r.text(m[0], place), Content: r.text(m[1], place)}
}

// FromJSON reads hints in their JSON form (HNT-15). It fails with a *JSONError (HNT-16).
func FromJSON(text []byte) (codec.Hints, error) {
	v, err := parseJSON(text)
	if err != nil {
		return codec.Hints{}, &JSONError{}
	}
	r := &jsonReader{}
	m := r.object(&v, "", hintsMembers)
	h := codec.Hints{Log: r.text(m[0], "")}
	r.list(m[1], "", func(v *jsonValue, place string) {
		h.LiveNodes = append(h.LiveNodes, r.node(v, place))
	})
	r.list(m[2], "", func(v *jsonValue, place string) {
		h.Properties = append(h.Properties, r.property(v, place))
	})
	if r.err != nil {
		return codec.Hints{}, r.err
	}
	return h, nil
}

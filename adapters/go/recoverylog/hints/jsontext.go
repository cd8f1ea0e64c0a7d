package hints

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The standard library hides what HNT-16 refuses: members that are given twice, and lone surrogates, for which it puts
// another character. So JSON is read here, to a tree that keeps both.

var errNoJSON = errors.New("no JSON")

type jsonKind int

const (
	jsonNull jsonKind = iota
	jsonBool
	jsonNumber
	jsonText
	jsonList
	jsonObject
)

// jsonValue is a value as it was written. text is that of a number or a string.
type jsonValue struct {
	kind    jsonKind
	text    string
	lone    bool // the string has a lone surrogate
	items   []jsonValue
	members []jsonMember
}

type jsonMember struct {
	name  string
	value jsonValue
}

type jsonParser struct {
	text string
	at   int
}

// parseJSON reads a whole text.
func parseJSON(text []byte) (jsonValue, error) {
	if !utf8.Valid(text) {
		return jsonValue{}, errNoJSON
	}
	p := &jsonParser{text: string(text)}
	v, err := p.value()
	p.space()
	if err == nil && p.at != len(p.text) {
		err = errNoJSON
	}
	return v, err
}

func (p *jsonParser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// take reads a literal, if it is there.
func (p *jsonParser) take(literal string) bool {
	if strings.HasPrefix(p.text[p.at:], literal) {
		p.at += len(literal)
		return true
	}
	return false
}

func (p *jsonParser) value() (v jsonValue, err error) {
	p.space()
	switch {
	case p.take("null"):
		return jsonValue{kind: jsonNull}, nil
	case p.take("true"), p.take("false"):
		return jsonValue{kind: jsonBool}, nil
	case p.take("{"):
		return p.object()
	case p.take("["):
		return p.list()
	case p.take(`"`):
		return p.string()
	}
	return p.number()
}

func (p *jsonParser) object() (v jsonValue, err error) {
	v.kind = jsonObject
	p.space()
	if p.take("}") {
		return v, nil
	}
	for {
		p.space()
		if !p.take(`"`) {
			return v, errNoJSON
		}
		name, err := p.string()
		if err != nil {
			return v, err
		}
		p.space()
		if !p.take(":") {
			return v, errNoJSON
		}
		value, err := p.value()
		if err != nil {
			return v, err
		}
		v.members = append(v.members, jsonMember{name.text, value})
		p.space()
		if p.take("}") {
			return v, nil
		}
		if !p.take(",") {
			return v, errNoJSON
		}
	}
}

func (p *jsonParser) list() (v jsonValue, err error) {
	v.kind = jsonList
	p.space()
	if p.take("]") {
		return v, nil
	}
	for {
		item, err := p.value()
		if err != nil {
			return v, err
		}
		v.items = append(v.items, item)
		p.space()
		if p.take("]") {
			return v, nil
		}
		if !p.take(",") {
			return v, errNoJSON
		}
	}
}

func (p *jsonParser) digits() bool {
	begin := p.at
	for p.at < len(p.text) && '0' <= p.text[p.at] && p.text[p.at] <= '9' {
		p.at++
	}
	return p.at > begin
}

func (p *jsonParser) number() (jsonValue, error) {
	begin := p.at
	p.take("-")
	if !p.take("0") && !p.digits() {
		return jsonValue{}, errNoJSON
	}
	if p.take(".") && !p.digits() {
		return jsonValue{}, errNoJSON
	}
	if p.take("e") || p.take("E") {
		if !p.take("+") {
			p.take("-")
		}
		if !p.digits() {
			return jsonValue{}, errNoJSON
		}
	}
	return jsonValue{kind: jsonNumber, text: p.text[begin:p.at]}, nil
}

// string reads what follows the opening quote.
func (p *jsonParser) string() (v jsonValue, err error) {
	v.kind = jsonText
	var b strings.Builder
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		switch {
		case c == '"':
			v.text = b.String()
			return v, nil
		case c < 0x20:
			return v, errNoJSON
		case c != '\\':
			b.WriteByte(c)
		default:
			r, err := p.escape()
			if err != nil {
				return v, err
			}
			if utf16.IsSurrogate(r) {
				v.lone = true
			}
			b.WriteRune(r)
		}
	}
	return v, errNoJSON
}

// escape reads what follows a backslash. It gives a surrogate where that has no other half.
func (p *jsonParser) escape() (rune, error) {
	if p.at >= len(p.text) {
		return 0, errNoJSON
	}
	c := p.text[p.at]
	p.at++
	if c != 'u' {
		i := strings.IndexByte(`"\/bfnrt`, c)
		if i < 0 {
			return 0, errNoJSON
		}
		return rune("\"\\/\b\f\n\r\t"[i]), nil
	}
	high, err := p.unit()
	if err != nil || !utf16.IsSurrogate(high) {
		return high, err
	}
	behind := p.at
	if p.take(`\u`) {
		low, err := p.unit()
		if err != nil {
			return 0, err
		}
		if r := utf16.DecodeRune(high, low); r != utf8.RuneError {
			return r, nil
		}
		p.at = behind
	}
	return high, nil
}

// unit reads the four hex digits of an escape.
func (p *jsonParser) unit() (rune, error) {
	if p.at+4 > len(p.text) {
		return 0, errNoJSON
	}
	n, err := strconv.ParseUint(p.text[p.at:p.at+4], 16, 16)
	if err != nil {
		return 0, errNoJSON
	}
	p.at += 4
	return rune(n), nil
}

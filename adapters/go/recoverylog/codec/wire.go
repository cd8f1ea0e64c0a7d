package codec

import (
	"encoding/binary"
	"errors"
)

// ErrMalformed tells that bytes are no message (ENC-10).
var ErrMalformed = errors.New("malformed protobuf message")

// The wire types of protobuf.
const (
	wireVarint   = 0
	wireFixed64  = 1
	wireBytes    = 2
	wireGroup    = 3
	wireEndGroup = 4
	wireFixed32  = 5
)

const (
	maxVarintBytes = 10
	maxFieldNumber = 1<<29 - 1
)

// field is one field as it was read. Number and wire type together say which of the values counts.
type field struct {
	number uint64
	wire   uint64
	varint uint64
	fixed  uint32
	bytes  []byte
}

// key joins number and wire type, as in the tag, so that one switch can ask for both: a known number with another wire
// type is passed over like an unknown one (ENC-9).
func (f *field) key() uint64 { return f.number<<3 | f.wire }

const (
	varintKey  = wireVarint
	bytesKey   = wireBytes
	fixed32Key = wireFixed32
)

// readVarint reads a number. Bits above the 64th are dropped, since the shift drops them (ENC-9).
func readVarint(b []byte) (value uint64, rest []byte, err error) {
	for i := 0; i < len(b) && i < maxVarintBytes; i++ {
		value |= uint64(b[i]&0x7f) << (7 * i)
		if b[i] < 0x80 {
			return value, b[i+1:], nil
		}
	}
	return 0, nil, ErrMalformed
}

func readTag(b []byte) (number, wire uint64, rest []byte, err error) {
	tag, rest, err := readVarint(b)
	if err != nil {
		return 0, 0, nil, err
	}
	number, wire = tag>>3, tag&7
	if number == 0 || number > maxFieldNumber || wire > wireFixed32 {
		return 0, 0, nil, ErrMalformed
	}
	return number, wire, rest, nil
}

// readField reads the next field. A group is read to its end, and nothing of it is kept: no message has one.
func readField(b []byte) (f field, rest []byte, err error) {
	f.number, f.wire, rest, err = readTag(b)
	if err != nil {
		return f, nil, err
	}
	switch f.wire {
	case wireGroup:
		rest, err = skipGroup(f.number, rest)
	case wireEndGroup:
		err = ErrMalformed
	default:
		rest, err = f.readValue(rest)
	}
	return f, rest, err
}

func (f *field) readValue(b []byte) (rest []byte, err error) {
	switch f.wire {
	case wireVarint:
		f.varint, rest, err = readVarint(b)
		return rest, err
	case wireFixed64:
		if len(b) < 8 {
			return nil, ErrMalformed
		}
		return b[8:], nil
	case wireFixed32:
		if len(b) < 4 {
			return nil, ErrMalformed
		}
		f.fixed = binary.LittleEndian.Uint32(b)
		return b[4:], nil
	default:
		length, rest, err := readVarint(b)
		if err != nil || length > uint64(len(rest)) {
			return nil, ErrMalformed
		}
		f.bytes = rest[:length]
		return rest[length:], nil
	}
}

// skipGroup reads to the end of a group. It keeps the open groups in a list, so that no depth exhausts the stack.
func skipGroup(number uint64, b []byte) (rest []byte, err error) {
	open := []uint64{number}
	for len(open) > 0 {
		var f field
		f.number, f.wire, b, err = readTag(b)
		if err != nil {
			return nil, err
		}
		switch f.wire {
		case wireGroup:
			open = append(open, f.number)
		case wireEndGroup:
			if open[len(open)-1] != f.number {
				return nil, ErrMalformed
			}
			open = open[:len(open)-1]
		default:
			if b, err = f.readValue(b); err != nil {
				return nil, err
			}
		}
	}
	return b, nil
}

// eachField calls take for every field of a message. What take does not know, it passes over (ENC-9).
func eachField(b []byte, take func(f *field) error) error {
	for len(b) > 0 {
		f, rest, err := readField(b)
		if err != nil {
			return err
		}
		if err := take(&f); err != nil {
			return err
		}
		b = rest
	}
	return nil
}

// The writers leave out what has its default (ENC-8).

func appendTag(b []byte, number, wire uint64) []byte {
	return binary.AppendUvarint(b, number<<3|wire)
}

// appendInt64 writes a negative number as a varint of ten bytes (ENC-8).
func appendInt64(b []byte, number uint64, value int64) []byte {
	if value == 0 {
		return b
	}
	return binary.AppendUvarint(appendTag(b, number, wireVarint), uint64(value))
}

func appendFixed32(b []byte, number uint64, value uint32) []byte {
	if value == 0 {
		return b
	}
	return binary.LittleEndian.AppendUint32(appendTag(b, number, wireFixed32), value)
}

func appendString(b []byte, number uint64, value string) []byte {
	if value == "" {
		return b
	}
	b = binary.AppendUvarint(appendTag(b, number, wireBytes), uint64(len(value)))
	return append(b, value...)
}

// appendMessage writes a message also where nothing is in it (ENC-8).
func appendMessage(b []byte, number uint64, message []byte) []byte {
	b = binary.AppendUvarint(appendTag(b, number, wireBytes), uint64(len(message)))
	return append(b, message...)
}

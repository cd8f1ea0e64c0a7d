package cases

import (
	"encoding/binary"
	"errors"
)

var errSnappy = errors.New("no snappy")

// unsnap reads the framing format of snappy. The standard library has none, and one sample needs it. The SHA-1 of the
// fragment vouches for the bytes, so the checksums of chunks are not looked at.
func unsnap(b []byte) (all []byte, err error) {
	for len(b) > 0 {
		if len(b) < 4 {
			return nil, errSnappy
		}
		kind, length := b[0], int(b[1])|int(b[2])<<8|int(b[3])<<16
		if length > len(b)-4 {
			return nil, errSnappy
		}
		chunk := b[4 : 4+length]
		b = b[4+length:]
		switch {
		case kind > 1:
			continue
		case length < 4:
			return nil, errSnappy
		case kind == 1:
			all = append(all, chunk[4:]...)
		default:
			block, err := unsnapBlock(chunk[4:])
			if err != nil {
				return nil, err
			}
			all = append(all, block...)
		}
	}
	return all, nil
}

func unsnapBlock(b []byte) (all []byte, err error) {
	_, n := binary.Uvarint(b)
	if n <= 0 {
		return nil, errSnappy
	}
	b = b[n:]
	for len(b) > 0 {
		tag := b[0]
		b = b[1:]
		extra := [4]int{0, 1, 2, 4}[tag&3]
		length, offset := int(tag>>2)+1, 0
		if tag&3 == 0 && length > 60 {
			extra = length - 60
		}
		if extra > len(b) {
			return nil, errSnappy
		}
		number := 0
		for i := extra - 1; i >= 0; i-- {
			number = number<<8 | int(b[i])
		}
		b = b[extra:]
		switch tag & 3 {
		case 0:
			if extra > 0 {
				length = number + 1
			}
			if length > len(b) {
				return nil, errSnappy
			}
			all = append(all, b[:length]...)
			b = b[length:]
			continue
		case 1:
			length, offset = int(tag>>2&7)+4, int(tag>>5)<<8|number
		default:
			offset = number
		}
		if offset <= 0 || offset > len(all) {
			return nil, errSnappy
		}
		for ; length > 0; length-- {
			all = append(all, all[len(all)-offset])
		}
	}
	return all, nil
}

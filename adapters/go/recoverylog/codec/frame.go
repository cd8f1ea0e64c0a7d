package codec

import (
	"encoding/binary"
	"errors"
)

const (
	// HeaderLength is the number of bytes before a payload: magic and length (FRM-1).
	HeaderLength = 8
	// MaxPayload is the number of bytes that a payload has at most (FRM-2).
	MaxPayload = 1 << 20
)

// magic begins every frame (FRM-1).
var magic = []byte{0x66, 0x33, 0x93, 0x36}

// ErrPayloadTooLong is what a writer answers to a payload of more than MaxPayload bytes (FRM-2).
var ErrPayloadTooLong = errors.New("payload is longer than a frame can be")

// AppendFrame appends a payload, framed (FRM-1).
func AppendFrame(b, payload []byte) ([]byte, error) {
	if len(payload) > MaxPayload {
		return b, ErrPayloadTooLong
	}
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(payload)))
	return append(b, payload...), nil
}

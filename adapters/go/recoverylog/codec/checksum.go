package codec

import "hash/crc32"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Checksum is the running checksum behind a payload, given the one before it (SEQ-2, SEQ-3).
func Checksum(previous uint32, payload []byte) uint32 {
	return crc32.Update(previous, castagnoli, payload)
}

package codec

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestDecodeOperation tries what no recorded case has: fields that are unknown, merged, repeated or malformed (ENC-9,
// ENC-10). What is decoded is compared by its encoding.
func TestDecodeOperation(t *testing.T) {
	const malformed = "malformed"
	for _, c := range []struct{ name, payload, encoded string }{
		{"nothing", "", ""},
		{"the last scalar counts", "0801 0802", "0802"},
		{"members are merged", "2a020801 2a0412022f62", "2a0608011202 2f62"},
		{"an unknown field is passed over", "7805 0801", "0801"},
		{"a known field of another wire type is passed over", "0d01000000 0801 12020a0b", "0801"},
		{"a fixed64 is passed over", "0900000000000000ff 0801", "0801"},
		{"a group is passed over", "7b 0805 7b 7c 7c 0801", "0801"},
		{"a known field in a group is not looked at", "0b 0807 0c", ""},
		{"an int64 of ten bytes", "08ffffffffffffffffff01", "08ffffffffffffffffff01"},
		{"bits above the 64th are dropped", "08ffffffffffffffffff7f", "08ffffffffffffffffff01"},
		{"bits above the 64th of a tag are dropped", "88808080808080808002 05", "0805"},
		{"a varint of eleven bytes", "08ffffffffffffffffffff01", malformed},
		{"a varint that is cut off", "08ff", malformed},
		{"a tag alone", "08", malformed},
		{"a fixed32 that is cut off", "15010203", malformed},
		{"a fixed64 that is cut off", "7901020304050607", malformed},
		{"bytes that are cut off", "22020a", malformed},
		{"a length beyond all", "22ffffffffffffffffff01", malformed},
		{"a field number of 0", "0001", malformed},
		{"the greatest field number", "f8ffffff0f 01", ""},
		{"a field number that is too great", "808080801001", malformed},
		{"wire type 6", "0e01", malformed},
		{"wire type 7", "0f01", malformed},
		{"a group that does not end", "7b 0805", malformed},
		{"a group that ends as another one", "7b 74", malformed},
		{"groups that cross", "7b 73 7c 74", malformed},
		{"the end of no group", "7c", malformed},
		{"a message within is malformed", "2203 0a02 2f", malformed},
	} {
		op, err := DecodeOperation(unhex(t, c.payload))
		switch {
		case errors.Is(err, ErrMalformed):
			if c.encoded != malformed {
				t.Errorf("%s: malformed", c.name)
			}
		case err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.encoded == malformed:
			t.Errorf("%s: not malformed", c.name)
		case !bytes.Equal(op.EncodeWithMeta(), unhex(t, c.encoded)):
			t.Errorf("%s: %x", c.name, op.EncodeWithMeta())
		}
	}
}

func TestHintsExample(t *testing.T) {
	b := unhex(t, "0a05612f6c6f67 120f 0801 120b 0d0a000000 1001 2804 306a")
	h, err := DecodeHints(b)
	if err != nil || !bytes.Equal(h.Encode(), b) {
		t.Errorf("%+v, %v", h, err)
	}
	if _, err := DecodeHints(unhex(t, "1202 0880")); !errors.Is(err, ErrMalformed) {
		t.Errorf("malformed hints give %v", err)
	}
	// Segments of a file that occurs twice are elements of two files: only messages that are no elements are merged.
	if h, err = DecodeHints(unhex(t, "12020801 12020801")); err != nil || len(h.LiveNodes) != 2 {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestFence(t *testing.T) {
	for author, fence := range map[uint32]string{0: "", 1: "1", 31: "v", 32: "10", 974118297: "t0vncp", 1<<32 - 1: "3vvvvvv"} {
		if got := Fence(author); got != fence {
			t.Errorf("fence of %d is %q, and not %q", author, got, fence)
		}
	}
}

func TestChecksum(t *testing.T) {
	whole := Checksum(0, []byte("123456789"))
	if whole != 0xe3069283 || Checksum(Checksum(0, []byte("1234")), []byte("56789")) != whole {
		t.Errorf("checksum is %x", whole)
	}
}

func TestChangeOfSeveralMembers(t *testing.T) {
	op := Operation{Property: &Property{}, Write: &Write{Length: 5}}
	if op.Change() != ChangeWrite {
		t.Error("a write wins over a property")
	}
	op.Create = &Create{}
	if op.Change() != ChangeCreate || op.RawLength() != 5 {
		t.Error("an ignored write still has raw bytes")
	}
	op.Write.Length = -5
	if op.RawLength() != 0 {
		t.Error("a negative length is no raw bytes")
	}
}

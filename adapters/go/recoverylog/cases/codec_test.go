package cases

import (
	"encoding/hex"
	"encoding/json"
	"strconv"
	"testing"
	"unicode/utf8"

	"rlog-model/adapters/go/recoverylog/codec"
	"rlog-model/adapters/go/recoverylog/hints"
)

type object = map[string]any

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

func putText(o object, name, text string) {
	if utf8.ValidString(text) {
		o[name] = text
	} else {
		o[name+"_hex"] = hex.EncodeToString([]byte(text))
	}
}

// operationJSON is an operation as the cases write it.
func operationJSON(op *codec.Operation) object {
	o := object{"seq_no": decimal(op.SeqNo), "checksum": decimal(int64(op.Checksum)), "author": decimal(int64(op.Author))}
	if op.Create != nil {
		m := object{}
		putText(m, "path", op.Create.Path)
		o["create"] = m
	}
	for name, link := range map[string]*codec.Link{"link": op.Link, "unlink": op.Unlink} {
		if link != nil {
			m := object{"fnode": decimal(link.Fnode)}
			putText(m, "path", link.Path)
			o[name] = m
		}
	}
	if w := op.Write; w != nil {
		o["write"] = object{"fnode": decimal(w.Fnode), "offset": decimal(w.Offset), "length": decimal(w.Length)}
	}
	if op.Property != nil {
		m := object{}
		putText(m, "path", op.Property.Path)
		putText(m, "content", op.Property.Content)
		o["property"] = m
	}
	if op.FirstOffset != 0 {
		o["first_offset"] = decimal(op.FirstOffset)
	}
	if op.LastOffset != 0 {
		o["last_offset"] = decimal(op.LastOffset)
	}
	if op.Log != "" {
		putText(o, "log", op.Log)
	}
	return o
}

func TestCodec(t *testing.T) {
	eachCase(t, "codec", func(t *failures, c *struct {
		Kind  string
		Op    any
		Frame string
	}) {
		reader := codec.NewReader(0)
		reader.Feed(fromHex(t, c.Frame))
		event := reader.Next()
		op, err := codec.DecodeOperation(event.Bytes)
		t.rule("decoding", err, nil)
		t.same("op", operationJSON(&op), c.Op)
		payload := op.Encode()
		if c.Kind == "meta" {
			payload = op.EncodeWithMeta()
		}
		frame, err := codec.AppendFrame(nil, payload)
		t.rule("framing", err, nil)
		t.same("frame", hex.EncodeToString(frame), c.Frame)
	})
}

func TestCodecHints(t *testing.T) {
	eachCase(t, "codec-hints", func(t *failures, c *struct {
		Hints    json.RawMessage
		Bytes    string
		Validate *string
	}) {
		decoded, err := codec.DecodeHints(fromHex(t, c.Bytes))
		t.rule("decoding", err, nil)
		t.same("hints", canonical(hints.ToJSON(&decoded)), canonical(c.Hints))
		read := readHints(t, c.Hints)
		t.same("bytes", hex.EncodeToString(read.Encode()), c.Bytes)
		t.rule("validate", hints.Validate(&read), c.Validate)
	})
}

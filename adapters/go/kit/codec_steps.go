package kit

// decode is ADP-12.
func (v *world) decode(w *writer, s *step) {
	need(v.adapter.DecodeOperation != nil, "decoding of operations")
	encoded, err := v.adapter.DecodeOperation(fromHex(s.Payload))
	if outcome(w, outcomeOf(err, "MalformedOp")) {
		w.hex("encoded", encoded)
	}
}

func (v *world) decodedHints(b []byte) (Hints, []byte, error) {
	need(v.adapter.DecodeHints != nil, "decoding of hints")
	return v.adapter.DecodeHints(b)
}

// decodeHints is ADP-13.
func (v *world) decodeHints(w *writer, s *step) {
	hints, encoded, err := v.decodedHints(fromHex(s.Encoded))
	if outcome(w, outcomeOf(err, "MalformedHints")) {
		w.hints(&hints)
		w.hex("encoded", encoded)
	}
}

// unframe is ADP-14.
func (v *world) unframe(w *writer, s *step) {
	need(v.adapter.Unframe != nil, "unframing")
	data := fromHex(s.Data)
	pieces := [][]byte{data}
	if s.Piece > 0 {
		pieces = nil
		for len(data) > 0 {
			n := min(s.Piece, int64(len(data)))
			pieces = append(pieces, data[:n])
			data = data[n:]
		}
	}
	frames := v.adapter.Unframe(pieces)
	outcome(w, done)
	w.listAt("frames", func() {
		for _, f := range frames {
			w.object(func() {
				w.int("first_offset", f.FirstOffset)
				w.int("last_offset", f.LastOffset)
				if f.Payload != nil {
					w.hex("payload", f.Payload)
				}
			})
		}
	})
}

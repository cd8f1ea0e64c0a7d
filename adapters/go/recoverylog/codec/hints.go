package codec

// DecodeHints reads the message FSMHints (ENC-7, ENC-9). It fails with ErrMalformed (ENC-10).
func DecodeHints(b []byte) (hints Hints, err error) {
	err = eachField(b, func(f *field) error {
		switch f.key() {
		case 1<<3 | bytesKey:
			hints.Log = string(f.bytes)
		case 2<<3 | bytesKey:
			node, err := decodeFnodeSegments(f.bytes)
			hints.LiveNodes = append(hints.LiveNodes, node)
			return err
		case 3<<3 | bytesKey:
			var property Property
			err := property.merge(f.bytes)
			hints.Properties = append(hints.Properties, property)
			return err
		}
		return nil
	})
	if err != nil {
		return Hints{}, err
	}
	return hints, nil
}

func decodeFnodeSegments(b []byte) (node FnodeSegments, err error) {
	err = eachField(b, func(f *field) error {
		switch f.key() {
		case 1<<3 | varintKey:
			node.Fnode = int64(f.varint)
		case 2<<3 | bytesKey:
			segment, err := DecodeSegment(f.bytes)
			node.Segments = append(node.Segments, segment)
			return err
		}
		return nil
	})
	return node, err
}

// DecodeSegment reads the message Segment (ENC-7).
func DecodeSegment(b []byte) (s Segment, err error) {
	err = eachField(b, func(f *field) error {
		switch f.key() {
		case 1<<3 | fixed32Key:
			s.Author = f.fixed
		case 2<<3 | varintKey:
			s.FirstSeqNo = int64(f.varint)
		case 3<<3 | varintKey:
			s.FirstOffset = int64(f.varint)
		case 4<<3 | fixed32Key:
			s.FirstChecksum = f.fixed
		case 5<<3 | varintKey:
			s.LastSeqNo = int64(f.varint)
		case 6<<3 | varintKey:
			s.LastOffset = int64(f.varint)
		case 7<<3 | bytesKey:
			s.Log = string(f.bytes)
		}
		return nil
	})
	return s, err
}

// Encode gives the bytes of the hints (ENC-7, ENC-8).
func (h *Hints) Encode() []byte {
	b := appendString(nil, 1, h.Log)
	for i := range h.LiveNodes {
		node := appendInt64(nil, 1, h.LiveNodes[i].Fnode)
		for j := range h.LiveNodes[i].Segments {
			node = appendMessage(node, 2, h.LiveNodes[i].Segments[j].Encode())
		}
		b = appendMessage(b, 2, node)
	}
	for i := range h.Properties {
		b = appendMessage(b, 3, h.Properties[i].encode())
	}
	return b
}

// Encode gives the bytes of the segment (ENC-7, ENC-8).
func (s *Segment) Encode() []byte {
	b := appendFixed32(nil, 1, s.Author)
	b = appendInt64(b, 2, s.FirstSeqNo)
	b = appendInt64(b, 3, s.FirstOffset)
	b = appendFixed32(b, 4, s.FirstChecksum)
	b = appendInt64(b, 5, s.LastSeqNo)
	b = appendInt64(b, 6, s.LastOffset)
	return appendString(b, 7, s.Log)
}

package codec

// DecodeOperation reads the payload of a frame (ENC-9). It attaches nothing (ENC-6), and fails with ErrMalformed
// (ENC-10).
func DecodeOperation(payload []byte) (op Operation, err error) {
	for b := payload; len(b) > 0; {
		var f field
		if f, b, err = readField(b); err != nil {
			return Operation{}, err
		}
		switch f.key() {
		case 1<<3 | varintKey:
			op.SeqNo = int64(f.varint)
		case 2<<3 | fixed32Key:
			op.Checksum = f.fixed
		case 3<<3 | fixed32Key:
			op.Author = f.fixed
		case 4<<3 | bytesKey:
			op.Create = orNew(op.Create)
			err = op.Create.merge(f.bytes)
		case 5<<3 | bytesKey:
			op.Link = orNew(op.Link)
			err = op.Link.merge(f.bytes)
		case 6<<3 | bytesKey:
			op.Unlink = orNew(op.Unlink)
			err = op.Unlink.merge(f.bytes)
		case 7<<3 | bytesKey:
			op.Write = orNew(op.Write)
			err = op.Write.merge(f.bytes)
		case 8<<3 | bytesKey:
			op.Property = orNew(op.Property)
			err = op.Property.merge(f.bytes)
		case 9<<3 | varintKey:
			op.FirstOffset = int64(f.varint)
		case 10<<3 | varintKey:
			op.LastOffset = int64(f.varint)
		case 11<<3 | bytesKey:
			op.Log = string(f.bytes)
		}
		if err != nil {
			return Operation{}, err
		}
	}
	return op, nil
}

// orNew keeps a member that is set already: a message that occurs twice is merged (ENC-9).
func orNew[T any](member *T) *T {
	if member == nil {
		return new(T)
	}
	return member
}

func (c *Create) merge(b []byte) error {
	return eachField(b, func(f *field) error {
		if f.key() == 1<<3|bytesKey {
			c.Path = string(f.bytes)
		}
		return nil
	})
}

func (l *Link) merge(b []byte) error {
	return eachField(b, func(f *field) error {
		switch f.key() {
		case 1<<3 | varintKey:
			l.Fnode = int64(f.varint)
		case 2<<3 | bytesKey:
			l.Path = string(f.bytes)
		}
		return nil
	})
}

func (w *Write) merge(b []byte) error {
	return eachField(b, func(f *field) error {
		switch f.key() {
		case 1<<3 | varintKey:
			w.Fnode = int64(f.varint)
		case 2<<3 | varintKey:
			w.Offset = int64(f.varint)
		case 3<<3 | varintKey:
			w.Length = int64(f.varint)
		}
		return nil
	})
}

func (p *Property) merge(b []byte) error {
	return eachField(b, func(f *field) error {
		switch f.key() {
		case 1<<3 | bytesKey:
			p.Path = string(f.bytes)
		case 2<<3 | bytesKey:
			p.Content = string(f.bytes)
		}
		return nil
	})
}

// Encode gives the payload of the operation without its meta-fields, which no log has (ENC-6, ENC-8).
func (op *Operation) Encode() []byte {
	b := appendInt64(nil, 1, op.SeqNo)
	b = appendFixed32(b, 2, op.Checksum)
	b = appendFixed32(b, 3, op.Author)
	if op.Create != nil {
		b = appendMessage(b, 4, appendString(nil, 1, op.Create.Path))
	}
	if op.Link != nil {
		b = appendMessage(b, 5, op.Link.encode())
	}
	if op.Unlink != nil {
		b = appendMessage(b, 6, op.Unlink.encode())
	}
	if op.Write != nil {
		message := appendInt64(nil, 1, op.Write.Fnode)
		message = appendInt64(message, 2, op.Write.Offset)
		b = appendMessage(b, 7, appendInt64(message, 3, op.Write.Length))
	}
	if op.Property != nil {
		b = appendMessage(b, 8, op.Property.encode())
	}
	return b
}

// EncodeWithMeta is Encode, and the three meta-fields (ENC-6). It is for comparing messages, never for a log.
func (op *Operation) EncodeWithMeta() []byte {
	b := appendInt64(op.Encode(), 9, op.FirstOffset)
	b = appendInt64(b, 10, op.LastOffset)
	return appendString(b, 11, op.Log)
}

func (l *Link) encode() []byte {
	return appendString(appendInt64(nil, 1, l.Fnode), 2, l.Path)
}

func (p *Property) encode() []byte {
	return appendString(appendString(nil, 1, p.Path), 2, p.Content)
}

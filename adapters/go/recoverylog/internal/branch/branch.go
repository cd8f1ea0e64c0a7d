// Package branch makes operations for tests: each the next of its branch.
package branch

import "rlog-model/adapters/go/recoverylog/codec"

// Branch is the end of a branch (SEQ-1). Begin one by New.
type Branch struct {
	SeqNo    int64
	Checksum uint32
}

// New is a branch without operations.
func New() Branch { return Branch{SeqNo: 1} }

// Next completes an operation, and gives its payload. The branch goes on behind it.
func (b *Branch) Next(author uint32, op codec.Operation) []byte {
	op.SeqNo, op.Checksum, op.Author = b.SeqNo, b.Checksum, author
	payload := op.Encode()
	b.SeqNo++
	b.Checksum = codec.Checksum(b.Checksum, payload)
	return payload
}

// Create is the operation that creates a file.
func Create(path string) codec.Operation {
	return codec.Operation{Create: &codec.Create{Path: path}}
}

// Link is the operation that links a file.
func Link(fnode int64, path string) codec.Operation {
	return codec.Operation{Link: &codec.Link{Fnode: fnode, Path: path}}
}

// Unlink is the operation that unlinks a file.
func Unlink(fnode int64, path string) codec.Operation {
	return codec.Operation{Unlink: &codec.Link{Fnode: fnode, Path: path}}
}

// Write is the operation that writes to a file.
func Write(fnode, offset, length int64) codec.Operation {
	return codec.Operation{Write: &codec.Write{Fnode: fnode, Offset: offset, Length: length}}
}

// Property is the operation that sets a property.
func Property(path, content string) codec.Operation {
	return codec.Operation{Property: &codec.Property{Path: path, Content: content}}
}

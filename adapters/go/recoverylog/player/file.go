package player

import "io"

const pageSize = 4096

// maxFile is the size of the longest file that a play lays out: all bytes of it have to be given, zeros too. While the
// play goes on a file can be longer, as it may be unlinked yet (PLAY-12).
const maxFile = 1 << 32

// File is the content of one file. It holds only those pages that were written, since a write may lie far behind the end
// of its file (PLAY-12).
type File struct {
	size  uint64
	pages map[uint64]*[pageSize]byte
}

// Size is the number of bytes of the file.
func (f *File) Size() uint64 { return f.size }

// write puts bytes at an offset.
func (f *File) write(b []byte, offset uint64) {
	if len(b) > 0 {
		f.size = max(f.size, offset+uint64(len(b)))
	}
	if f.pages == nil {
		f.pages = map[uint64]*[pageSize]byte{}
	}
	for len(b) > 0 {
		page := f.pages[offset/pageSize]
		if page == nil {
			page = new([pageSize]byte)
			f.pages[offset/pageSize] = page
		}
		n := copy(page[offset%pageSize:], b)
		b, offset = b[n:], offset+uint64(n)
	}
}

// WriteTo writes all bytes of the file, and zeros where nothing was written.
func (f *File) WriteTo(w io.Writer) (written int64, err error) {
	var zeros [pageSize]byte
	for at := uint64(0); at < f.size; at += pageSize {
		page := f.pages[at/pageSize]
		if page == nil {
			page = &zeros
		}
		n, err := w.Write(page[:min(pageSize, f.size-at)])
		written += int64(n)
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

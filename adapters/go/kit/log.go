package kit

// Log is a log in memory: a row of fragments, of which the last one is open (ADP-20), and its registers (JRN-4).
type Log struct {
	Registers Registers

	head      int64
	fragments []fragment // those that were not deleted
	open      bool       // the last of them is open
}

// fragment holds bytes of a log, from an offset on.
type fragment struct {
	begin int64
	bytes []byte
}

func (f *fragment) end() int64 { return f.begin + int64(len(f.bytes)) }

// Head is the offset behind the last byte.
func (l *Log) Head() int64 { return l.head }

// Append appends bytes to the open fragment (JRN-1), and gives the head behind them.
func (l *Log) Append(b []byte) int64 {
	if len(b) == 0 {
		return l.head
	}
	if !l.open {
		l.fragments = append(l.fragments, fragment{begin: l.head})
		l.open = true
	}
	last := &l.fragments[len(l.fragments)-1]
	last.bytes = append(last.bytes, b...)
	l.head = last.end()
	return l.head
}

// Roll closes the open fragment. It holds something, or there is none.
func (l *Log) Roll() { l.open = false }

// Prune deletes the closed fragments in [begin, before).
func (l *Log) Prune(begin, before int64) {
	var kept []fragment
	for i, f := range l.fragments {
		closed := !l.open || i < len(l.fragments)-1
		if !closed || f.begin < begin || f.end() > before {
			kept = append(kept, f)
		}
	}
	l.fragments = kept
}

// Read gives bytes at an offset, or at the next one that has any (JRN-7). There are none at the head.
func (l *Log) Read(offset int64) (at int64, b []byte) {
	for i := range l.fragments {
		if f := &l.fragments[i]; offset < f.end() {
			at = max(offset, f.begin)
			return at, f.bytes[at-f.begin:]
		}
	}
	return max(offset, l.head), nil
}

// Rest gives all bytes from an offset on, without holes (ADP-21).
func (l *Log) Rest(offset int64) []byte {
	all := []byte{}
	for {
		at, b := l.Read(offset)
		if len(b) == 0 {
			return all
		}
		all = append(all, b...)
		offset = at + int64(len(b))
	}
}

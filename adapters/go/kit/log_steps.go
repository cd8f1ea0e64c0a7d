package kit

import "bytes"

// appendRaw is ADP-20.
func (v *world) appendRaw(w *writer, s *step) {
	head := v.log(s.log()).Append(bytes.Repeat(fromHex(s.Data), int(max(s.times(), 0))))
	outcome(w, done)
	w.int("head", head)
}

// roll is ADP-20.
func (v *world) roll(w *writer, s *step) {
	v.log(s.log()).Roll()
	outcome(w, done)
}

// prune is ADP-20.
func (v *world) prune(w *writer, s *step) {
	v.log(s.log()).Prune(s.Begin, s.Before)
	outcome(w, done)
}

// readLog is ADP-21.
func (v *world) readLog(w *writer, s *step) {
	log := v.log(s.log())
	outcome(w, done)
	w.int("head", log.Head())
	w.hex("encoded", log.Rest(s.Offset))
}

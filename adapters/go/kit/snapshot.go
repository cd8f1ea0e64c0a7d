package kit

import (
	"crypto/sha256"
	"maps"
	"slices"
)

// named writes an object of all things of a sort by name, if there are any (ADP-31).
func named[T any](w *writer, member string, things map[string]T, show func(name string, thing T)) {
	if len(things) == 0 {
		return
	}
	w.objectAt(member, func() {
		for _, name := range slices.Sorted(maps.Keys(things)) {
			show(name, things[name])
		}
	})
}

// snapshot is ADP-31.
func (v *world) snapshot(w *writer) {
	held := maps.Clone(v.sets)
	maps.DeleteFunc(held, func(_ string, set Set) bool { return len(set.Segments()) == 0 })
	named(w, "sets", held, func(name string, set Set) {
		w.listAt(name, func() { w.eachSegment(set.Segments()) })
	})
	named(w, "fsms", v.fsms, func(name string, fsm FSM) {
		w.objectAt(name, func() { showFSM(w, fsm) })
	})
	named(w, "players", v.players, func(name string, p *playing) {
		w.objectAt(name, func() { p.showFiles(w) })
	})
	filled := maps.Clone(v.logs)
	maps.DeleteFunc(filled, func(_ string, log *Log) bool { return log.Head() == 0 })
	named(w, "logs", filled, func(name string, log *Log) {
		w.objectAt(name, func() {
			digest := sha256.Sum256(log.Rest(0))
			w.int("head", log.Head())
			w.hex("sha256", digest[:])
		})
	})
}

func showFSM(w *writer, fsm FSM) {
	state := fsm.State()
	showProgress(w, fsm)
	w.text("log", state.Log)
	w.listAt("links", func() {
		for _, link := range state.Links {
			w.object(func() {
				w.text("path", link.Path)
				w.int("fnode", link.Fnode)
			})
		}
	})
	w.listAt("nodes", func() {
		for _, node := range state.Nodes {
			w.object(func() {
				w.int("fnode", node.Fnode)
				w.paths("links", node.Links)
				w.segments(node.Segments)
			})
		}
	})
	w.properties(state.Properties)
	w.bool("hints_remain", state.HintsRemain)
	if hints, err := fsm.BuildHints(); err != nil {
		w.string("hints_refused", outcomeOf(err, ""))
	} else {
		w.hints(&hints)
	}
}

func (p *playing) showFiles(w *writer) {
	w.string("status", p.status())
	if !p.Complete() {
		return
	}
	files, sameFile := p.Files()
	w.listAt("files", func() {
		for _, f := range files {
			w.object(func() {
				w.text("path", f.Path)
				w.uint("size", f.Size)
				w.hex("sha256", f.SHA256)
			})
		}
	})
	w.listAt("same_file", func() {
		for _, links := range sameFile {
			w.separate()
			w.list(func() { w.eachPath(links) })
		}
	})
}

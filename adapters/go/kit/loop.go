package kit

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// version is the one of the protocol (ADP-3).
const version = 1

type request struct {
	ID    json.RawMessage
	Hello *struct {
		Protocol struct{ Least, Most int }
	}
	Run *scenario
	Bye *struct{}
}

type scenario struct {
	Revision string
	Steps    []step
}

// Main answers requests from standard input until the last one (ADP-6), and ends the process.
func Main(a *Adapter) {
	if err := Serve(a, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Serve answers requests, a line each (ADP-1, ADP-2).
func Serve(a *Adapter, in io.Reader, out io.Writer) error {
	lines := bufio.NewReaderSize(in, 1<<16)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF && len(line) == 0 {
			return nil
		}
		if err != nil && err != io.EOF {
			return err
		}
		answer, last := a.answer(line)
		if _, err := out.Write(append(answer, '\n')); err != nil {
			return err
		}
		if last {
			return nil
		}
	}
}

// answer gives the answer to a request, and whether it is the last one.
func (a *Adapter) answer(line []byte) (answer []byte, last bool) {
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		if r.ID == nil {
			r.ID = json.RawMessage("0")
		}
		return reply(r.ID, func(w *writer) { w.string("broke", err.Error()) }), false
	}
	switch {
	case r.Hello != nil:
		if r.Hello.Protocol.Least > version || r.Hello.Protocol.Most < version {
			return reply(r.ID, func(w *writer) { w.string("unsupported", "only version 1 of the protocol") }), true
		}
		return reply(r.ID, a.hello), false
	case r.Run != nil:
		return a.run(&r), false
	case r.Bye != nil:
		return reply(r.ID, func(w *writer) { w.objectAt("bye", func() {}) }), true
	}
	return reply(r.ID, func(w *writer) { w.string("unsupported", "no hello, run or bye") }), false
}

func reply(id json.RawMessage, members func(w *writer)) []byte {
	w := &writer{}
	w.object(func() {
		w.name("id")
		w.b = append(w.b, id...)
		members(w)
	})
	return w.b
}

func (a *Adapter) hello(w *writer) {
	w.objectAt("hello", func() {
		w.name("protocol")
		w.b = append(w.b, '0'+version)
		w.string("implementation", a.Implementation)
		w.string("version", a.Version)
		w.string("language", "go")
		w.string("revision", a.Revision)
		w.listAt("capabilities", func() {
			for _, capability := range a.Capabilities {
				w.separate()
				w.quote(capability)
			}
		})
	})
}

// unsupported is panicked by a step that the implementation lacks (ADP-5).
type unsupported string

// run executes a scenario. Whatever panics is an error of the adapter, which goes on (ADP-5).
func (a *Adapter) run(r *request) (answer []byte) {
	defer func() {
		if cause := recover(); cause != nil {
			answer = reply(r.ID, func(w *writer) {
				if lack, is := cause.(unsupported); is {
					w.string("unsupported", string(lack))
				} else {
					w.string("broke", fmt.Sprint(cause))
				}
			})
		}
	}()
	world := newWorld(a, r.Run.Revision)
	return reply(r.ID, func(w *writer) {
		w.listAt("observations", func() {
			for i := range r.Run.Steps {
				world.execute(w, &r.Run.Steps[i])
			}
		})
		w.objectAt("snapshot", func() { world.snapshot(w) })
	})
}

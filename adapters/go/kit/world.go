package kit

// world is what the steps of one run have made (ADP-4).
type world struct {
	adapter  *Adapter
	revision string

	sets    map[string]Set
	fsms    map[string]FSM
	players map[string]*playing
	hints   map[string]Hints
	logs    map[string]*Log
}

// playing is a player, and what the kit has to remember of it.
type playing struct {
	Player
	wished   bool
	appended *Request // what was appended last
}

func newWorld(a *Adapter, revision string) *world {
	if revision == "" {
		revision = a.Revision
	}
	return &world{
		adapter:  a,
		revision: revision,
		sets:     map[string]Set{},
		fsms:     map[string]FSM{},
		players:  map[string]*playing{},
		hints:    map[string]Hints{},
		logs:     map[string]*Log{},
	}
}

// log is there as soon as it is named (ADP-20).
func (v *world) log(name string) *Log {
	if v.logs[name] == nil {
		v.logs[name] = &Log{}
	}
	return v.logs[name]
}

// steps are all that the kit can execute. Each writes the members of its observation.
var steps = map[string]func(v *world, w *writer, s *step){
	"decode":               (*world).decode,
	"decode_hints":         (*world).decodeHints,
	"unframe":              (*world).unframe,
	"add_segment":          (*world).addSegment,
	"intersect":            (*world).intersect,
	"new_fsm":              (*world).newFSM,
	"apply":                (*world).apply,
	"build_hints":          (*world).buildHints,
	"append_raw":           (*world).appendRaw,
	"roll":                 (*world).roll,
	"prune":                (*world).prune,
	"read_log":             (*world).readLog,
	"give_hints":           (*world).giveHints,
	"play":                 (*world).play,
	"finish_at_write_head": (*world).finishAtWriteHead,
	"inject_handoff":       (*world).injectHandoff,
	"advance":              (*world).advance,
	"handoff_again":        (*world).handoffAgain,
	"take_player_hints":    (*world).takePlayerHints,
}

func (v *world) execute(w *writer, s *step) {
	do := steps[s.Kind]
	if do == nil {
		panic(unsupported("step " + s.Kind))
	}
	w.object(func() { do(v, w, s) })
}

// outcome writes the outcome, and tells whether the step was done.
func outcome(w *writer, text string) bool {
	w.string("outcome", text)
	return text == done
}

// progress is a branch, as far as it has come.
type progress interface {
	NextSeqNo() uint64
	NextChecksum() uint32
}

func showProgress(w *writer, p progress) {
	w.uint("next_seq_no", p.NextSeqNo())
	w.uint("next_checksum", uint64(p.NextChecksum()))
}

// need panics where a step needs a function that the glue does not have (ADP-5).
func need(is bool, what string) {
	if !is {
		panic(unsupported(what))
	}
}

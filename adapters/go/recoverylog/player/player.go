// Package player rebuilds files from logs (PLAY), and takes a log over from its recorder (HOF). A Player does nothing by
// itself: it asks for one thing at a time, and is given the answer. Drive answers it from a Source.
package player

import (
	"errors"

	"rlog-model/adapters/go/recoverylog/codec"
	"rlog-model/adapters/go/recoverylog/fsm"
	"rlog-model/adapters/go/recoverylog/hints"
)

// The refusals of a player, which change nothing.
var (
	ErrWish           = errors.New("the player has a wish already, or has ended")        // PLAY-14
	ErrNoAuthor       = errors.New("author 0 can't take over a log")                     // HOF-5
	ErrHintsNotPlayed = errors.New("the player failed, or has not played its hints yet") // PLAY-16
)

type wish int

const (
	noWish wish = iota
	finishAtHead
	handOff
)

// Player plays one set of hints.
type Player struct {
	fsm  *fsm.FSM
	own  string // the hints' log
	logs []string

	heads  map[string]int64
	log    string // the log that is read
	reader *codec.Reader
	files  map[int64]*File
	// tooLong are the failures that come if these files are laid out (PLAY-12).
	tooLong map[int64]*Failure

	writing *File  // the file that awaits raw bytes, or nil
	writeAt uint64 // where they go
	held    *held

	wish      wish
	goal      int64 // the head to which the wish goes
	goalKnown bool

	author   uint32
	appended bool
	noOpSeq  int64

	question Request
	complete bool
	failure  *Failure
	tree     *Tree
}

// held is an operation that may end beyond the head, which is asked for (PLAY-11).
type held struct {
	op      codec.Operation
	payload []byte
	end     uint64
}

// New makes a player of hints. It fails with a *hints.Error (HNT-5).
func New(h *codec.Hints, revision fsm.Revision) (*Player, error) {
	state, err := fsm.New(h, revision)
	if err != nil {
		return nil, err
	}
	p := &Player{
		fsm:    state,
		own:    h.Log,
		logs:   hints.Logs(h),
		heads:  map[string]int64{},
		log:    h.Log,
		reader: codec.NewReader(0),
		files:  map[int64]*File{},

		tooLong: map[int64]*Failure{},
	}
	p.aim()
	p.settle()
	return p, nil
}

// FSM is the state that the play has come to. It is not to be changed while the player plays.
func (p *Player) FSM() *fsm.FSM { return p.fsm }

// Next is what the player asks for. It stays the same until it is answered, or a wish is told.
func (p *Player) Next() Request { return p.question }

// Complete tells whether the play is complete.
func (p *Player) Complete() bool { return p.complete }

// Failure is the error by which the play has failed, or nil.
func (p *Player) Failure() *Failure { return p.failure }

// Ended tells whether the play is complete or failed.
func (p *Player) Ended() bool { return p.complete || p.failure != nil }

// Tree is what was rebuilt, of a play that is complete (PLAY-15).
func (p *Player) Tree() *Tree { return p.tree }

// Tailing tells whether the player has read to the head that it knows, with no hints left (PLAY-13).
func (p *Player) Tailing() bool {
	head, known := p.heads[p.own]
	return p.headsKnown() && !p.fsm.Hinted() && !p.Ended() && known && p.reader.End() >= head
}

func (p *Player) headsKnown() bool { return len(p.heads) == len(p.logs) }

// FinishAtWriteHead wishes to finish at the write head (PLAY-7).
func (p *Player) FinishAtWriteHead() error { return p.tell(finishAtHead) }

// HandOff wishes to hand the log off to an author (PLAY-8, HOF-5).
func (p *Player) HandOff(author uint32) error {
	if author == 0 {
		return ErrNoAuthor
	}
	if err := p.tell(handOff); err != nil {
		return err
	}
	p.author = author
	return nil
}

// tell takes a wish. The player asks anew, so an answer to the former question is not looked at (PLAY-18).
func (p *Player) tell(w wish) error {
	if p.wish != noWish || p.Ended() {
		return ErrWish
	}
	p.wish = w
	p.settle()
	return nil
}

// Hints are lasting hints of what was played (PLAY-16). Beside ErrHintsNotPlayed it fails with a *hints.Error.
func (p *Player) Hints() (*codec.Hints, error) {
	if p.failure != nil || p.fsm.Hinted() || !p.headsKnown() {
		return nil, ErrHintsNotPlayed
	}
	return p.fsm.LastingHints()
}

func (p *Player) fail(f *Failure) {
	f.Log = p.log
	p.failure = f
}

// aim goes to the next hinted segment (PLAY-3). In the log that is read it only goes forward.
func (p *Player) aim() {
	if !p.fsm.Hinted() {
		return
	}
	next := &p.fsm.HintedSegments()[0]
	if next.Log != p.log {
		p.log, p.reader = next.Log, codec.NewReader(next.FirstOffset)
		return
	}
	p.reader.SkipTo(next.FirstOffset)
}

package main

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	rl "go.gazette.dev/core/consumer/recoverylog"
	"rlog-model/adapters/go/kit"
)

// said is a case, of which only the errors are read.
type said struct {
	ID          string
	Error       *string
	Validate    *string
	NewFSM      struct{ Error *string } `json:"new_fsm"`
	NewFSMError *string                 `json:"new_fsm_error"`
	Adds        []struct{ Validate, Error *string }
	Ops         []struct{ Error *string }
	Plays       []struct {
		Results []struct{ Error *string }
	}
}

func cases(t *testing.T, family string) (all []said) {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "tests", "data", "gazette", "cases", family+".jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	for decoder := json.NewDecoder(lines); ; {
		var c said
		if err := decoder.Decode(&c); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
}

// beginnings are the table of spec/cases.md, read from its text: so the table of the glue is not tried by itself.
func beginnings(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "spec", "cases.md"))
	if err != nil {
		t.Fatal(err)
	}
	table := map[string]string{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !strings.HasPrefix(cells[1], " `") || !strings.HasPrefix(cells[3], " `") {
			continue
		}
		table[strings.Trim(cells[3], " `")] = strings.Trim(cells[1], " `")
	}
	if len(table) != 17 {
		t.Fatalf("the table has %d rules", len(table))
	}
	return table
}

func TestRules(t *testing.T) {
	table, met := beginnings(t), map[string]bool{}
	for _, family := range []string{"segments", "codec-hints", "live-log-segments", "fsm-tampered"} {
		for _, c := range cases(t, family) {
			texts := []*string{c.Validate, c.NewFSM.Error, c.NewFSMError, c.Error}
			for _, add := range c.Adds {
				texts = append(texts, add.Validate, add.Error)
			}
			for _, text := range texts {
				if text == nil {
					continue
				}
				bare := strings.TrimPrefix(strings.TrimPrefix(*text, "Segment: "), "Segment.")
				var fit []string
				for begins, rule := range table {
					if strings.HasPrefix(bare, begins) {
						fit = append(fit, rule)
					}
				}
				if len(fit) != 1 {
					t.Fatalf("%s: %q fits %v", c.ID, *text, fit)
				}
				if got := refusal(errors.New(*text)); got != kit.BrokenRule(fit[0]) {
					t.Errorf("%s: %q is %v, and not %s", c.ID, *text, got, fit[0])
				}
				met[fit[0]] = true
			}
		}
	}
	for _, rule := range table {
		if !met[rule] {
			t.Errorf("no case has %s", rule)
		}
	}
}

func TestNoRule(t *testing.T) {
	if refusal(nil) != nil {
		t.Error("no error is no refusal")
	}
	other := errors.New("of a later release")
	if refusal(other) != other {
		t.Error("an error that is not known is given on")
	}
}

func TestOutcomes(t *testing.T) {
	variables := map[string]error{
		"ErrChecksumMismatch": rl.ErrChecksumMismatch, "ErrExpectedHintedFnode": rl.ErrExpectedHintedFnode,
		"ErrFnodeNotTracked": rl.ErrFnodeNotTracked, "ErrLinkExists": rl.ErrLinkExists, "ErrNoSuchLink": rl.ErrNoSuchLink,
		"ErrNotHintedAuthor": rl.ErrNotHintedAuthor, "ErrPropertyExists": rl.ErrPropertyExists, "ErrWrongSeqNo": rl.ErrWrongSeqNo,
	}
	met := map[string]bool{}
	look := func(id string, name *string) {
		var err error
		want := "Applied"
		if name != nil {
			met[*name] = true
			want = strings.TrimPrefix(*name, "Err")
			if err = variables[*name]; err == nil {
				t.Fatalf("%s: %s is no variable of the API", id, *name)
			}
		}
		if got, err := outcomeOf(err); got != want || err != nil {
			t.Fatalf("%s: %q, %v, and not %s", id, got, err, want)
		}
	}
	for _, family := range []string{"fsm-plain", "fsm-hinted", "fsm-tampered"} {
		for _, c := range cases(t, family) {
			for _, op := range c.Ops {
				look(c.ID, op.Error)
			}
			for _, play := range c.Plays {
				for _, result := range play.Results {
					look(c.ID, result.Error)
				}
			}
		}
	}
	if len(met) != len(variables) {
		t.Errorf("only %v are in cases", met)
	}
	if _, err := outcomeOf(errors.New("of a later release")); err == nil {
		t.Error("an error that is not known is given on")
	}
}

func TestFields(t *testing.T) {
	// Zeros, empty lists and bytes that are no UTF-8 are kept.
	for _, h := range []kit.Hints{{}, {
		Log: "a/\xff",
		LiveNodes: []kit.FnodeSegments{
			{Fnode: -1},
			{Fnode: 2, Segments: []kit.Segment{{}, {Author: 1 << 31, FirstSeqNo: 2, FirstChecksum: 1 << 31, LastOffset: 6, Log: "b/log"}}},
		},
		Properties: []kit.Property{{}, {Path: "/p", Content: "\xfe"}},
	}} {
		want, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(to[kit.Hints](to[rl.FSMHints](h)))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s, and not %s", got, want)
		}
	}
	if got := to[[]kit.Segment](rl.SegmentSet(nil)); len(got) != 0 {
		t.Error(got)
	}
}

package cases

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"rlog-model/adapters/go/recoverylog/codec"
	"rlog-model/adapters/go/recoverylog/hints"
	"rlog-model/adapters/go/recoverylog/segments"
)

// root is the repository, which is found from where this file lies.
func root(t *testing.T) string {
	t.Helper()
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("no source file")
	}
	for dir := filepath.Dir(file); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "tests", "data", "gazette")); err == nil {
			return dir
		}
	}
	t.Fatal("no repository above this file")
	return ""
}

// eachCase runs a family of cases, and tells how many of them agreed.
func eachCase[C any](t *testing.T, family string, run func(t *failures, c *C)) {
	path := filepath.Join(root(t), "tests", "data", "gazette", "cases", family+".jsonl.gz")
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReaderSize(unzipped, 1<<20)
	total, passed := 0, 0
	for {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var c C
			var head struct{ ID string }
			if err := errors.Join(json.Unmarshal(line, &c), json.Unmarshal(line, &head)); err != nil {
				t.Fatal(err)
			}
			found := &failures{t: t, id: head.ID}
			run(found, &c)
			total++
			if found.n == 0 {
				passed++
			}
		}
		if err != nil {
			break
		}
	}
	t.Logf("%s: %d of %d cases agree", family, passed, total)
	if total == 0 {
		t.Fatal("no cases")
	}
}

// failures tells what a case does not agree in.
type failures struct {
	t  *testing.T
	id string
	n  int
}

// same compares by the JSON form, which orders the members of maps.
func (f *failures) same(what string, got, want any) {
	a, errA := json.Marshal(got)
	b, errB := json.Marshal(want)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		f.n++
		f.t.Errorf("%s: %s is %s, and not %s", f.id, what, a, b)
	}
}

// rule compares a refusal with the text of Gazette's error.
func (f *failures) rule(what string, got error, want *string) {
	name := ""
	var segment *segments.Error
	var refusal *hints.Error
	if errors.As(got, &segment) {
		name = string(segment.Rule)
	} else if errors.As(got, &refusal) {
		name = string(refusal.Rule)
	} else if got != nil {
		name = got.Error()
	}
	f.same(what, name, ruleOf(want))
}

func ruleOf(text *string) string {
	if text == nil {
		return ""
	}
	short := strings.TrimPrefix(strings.TrimPrefix(*text, "Segment: "), "Segment.")
	for _, r := range ruleTexts {
		if strings.HasPrefix(short, r.text) {
			return r.rule
		}
	}
	return "no rule: " + *text
}

// ruleTexts has longer texts before those which they begin with.
var ruleTexts = []struct{ text, rule string }{
	{"Author is zero", "AUTHOR"},
	{"FirstSeqNo <= 0", "FIRST_SEQ_NO"},
	{"FirstOffset < 0", "FIRST_OFFSET"},
	{"LastSeqNo < segment.FirstSeqNo", "LAST_SEQ_NO"},
	{"LastOffset <= segment.FirstOffset", "LAST_OFFSET"},
	{"Log", "LOG"},
	{"expected monotonic FirstOffset", "FIRST_OFFSETS_FALL"},
	{"expected preceding Segment to also include LastOffset", "KNOWN_AFTER_UNKNOWN"},
	{"Segment cannot use a different log where preceding Segment.LastOffset is zero", "OTHER_LOG_AFTER_UNKNOWN"},
	{"expected monotonic LastOffset", "LAST_OFFSETS_DISAGREE"},
	{"expected FirstChecksum equality", "FIRST_CHECKSUMS_DIFFER"},
	{"expected Segment Author equality", "AUTHORS_DIFFER"},
	{"expected Segment Log equality", "LOGS_DIFFER"},
	{"contained segment.Log duplicates FSMHints.Log", "OWN_LOG_NAMED"},
	{"expected monotonic Fnode ordering", "FNODE_ORDER"},
	{"expected Fnode to match Segment FirstSeqNo", "FNODE_CREATE"},
	{"hinted log not provided", "NO_LOG"},
	{"no file is live", "NO_LIVE_FILE"},
}

// segmentJSON is a segment of the cases.
type segmentJSON struct {
	Author        uint32 `json:"author,string"`
	FirstSeqNo    int64  `json:"first_seq_no,string"`
	FirstOffset   int64  `json:"first_offset,string"`
	FirstChecksum uint32 `json:"first_checksum,string"`
	LastSeqNo     int64  `json:"last_seq_no,string"`
	LastOffset    int64  `json:"last_offset,string"`
	Log           string `json:"log"`
}

func toJSON(all []codec.Segment) []segmentJSON {
	list := []segmentJSON{}
	for _, s := range all {
		list = append(list, segmentJSON(s))
	}
	return list
}

func fromHex(t *failures, text string) []byte {
	b, err := hex.DecodeString(text)
	if err != nil {
		t.t.Fatal(err)
	}
	return b
}

func readHints(t *failures, text json.RawMessage) codec.Hints {
	h, err := hints.FromJSON(text)
	if err != nil {
		t.t.Fatal(t.id, err)
	}
	return h
}

// canonical gives JSON of hints without spaces, with the members in order.
func canonical(text []byte) any {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return err.Error()
	}
	return v
}

package cases

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rlog-model/adapters/go/recoverylog/codec"
	"rlog-model/adapters/go/recoverylog/fsm"
	"rlog-model/adapters/go/recoverylog/hints"
	"rlog-model/adapters/go/recoverylog/player"
)

// fragment is a range of a log that is there.
type fragment struct {
	begin int64
	bytes []byte
}

// store holds the logs of a sample. It gives bytes in pieces, which must not matter (PLAY-17).
type store struct {
	heads     map[string]int64
	fragments map[string][]fragment
	piece     int
}

func (s *store) Head(log string) (int64, error) { return s.heads[log], nil }

func (s *store) Read(log string, offset int64) (int64, []byte, error) {
	for _, f := range s.fragments[log] {
		if offset < f.begin+int64(len(f.bytes)) {
			at := max(offset, f.begin)
			b := f.bytes[at-f.begin:]
			return at, b[:min(s.piece, len(b))], nil
		}
	}
	return max(offset, s.heads[log]), nil, nil
}

// Append lands behind all fragments, also where the last ones were deleted.
func (s *store) Append(log string, data []byte, _ string) (int64, error) {
	s.fragments[log] = append(s.fragments[log], fragment{s.heads[log], data})
	s.heads[log] += int64(len(data))
	return s.heads[log], nil
}

func uncompress(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	switch filepath.Ext(path) {
	case ".raw":
		return b
	case ".sz":
		b, err = unsnap(b)
	case ".zst":
		tool, lookErr := exec.LookPath("zstd")
		if lookErr != nil {
			t.Skip("no zstd to uncompress the sample with")
		}
		b, err = exec.Command(tool, "-dcq", path).Output()
	default:
		var unzipped *gzip.Reader
		if unzipped, err = gzip.NewReader(bytes.NewReader(b)); err == nil {
			b, err = io.ReadAll(unzipped)
		}
	}
	if err != nil {
		t.Fatal(path, err)
	}
	return b
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		t.Fatal(path, err)
	}
}

func loadStore(t *testing.T, dir string, piece int) *store {
	var description struct {
		Journals []struct {
			Name      string
			WriteHead int64 `json:"write_head,string"`
			Fragments []struct {
				Begin int64 `json:",string"`
				SHA1  string
				File  string
			}
		}
	}
	readJSON(t, filepath.Join(dir, "log.json"), &description)
	s := &store{heads: map[string]int64{}, fragments: map[string][]fragment{}, piece: piece}
	for _, journal := range description.Journals {
		s.heads[journal.Name] = journal.WriteHead
		for _, f := range journal.Fragments {
			b := uncompress(t, filepath.Join(dir, f.File))
			if sum := sha1.Sum(b); hex.EncodeToString(sum[:]) != f.SHA1 {
				t.Fatal("other bytes than the name says", f.File)
			}
			s.fragments[journal.Name] = append(s.fragments[journal.Name], fragment{f.Begin, b})
		}
	}
	return s
}

// treeJSON is a tree of the samples.
type treeJSON struct {
	Files map[string]struct {
		Size   string `json:"size"`
		SHA256 string `json:"sha256"`
		Hex    string `json:"-"`
	} `json:"files"`
	SameInode [][]string `json:"same_inode"`
}

func describe(t *testing.T, tree *player.Tree) *treeJSON {
	d := &treeJSON{SameInode: [][]string{}}
	text := map[string]map[string]string{}
	for path, file := range tree.Files {
		digest := sha256.New()
		if _, err := file.WriteTo(digest); err != nil {
			t.Fatal(err)
		}
		text[path] = map[string]string{
			"size": strconv.FormatUint(file.Size(), 10), "sha256": hex.EncodeToString(digest.Sum(nil)),
		}
	}
	b, _ := json.Marshal(map[string]any{"files": text})
	if err := json.Unmarshal(b, d); err != nil {
		t.Fatal(err)
	}
	d.SameInode = append(d.SameInode, tree.SameFile...)
	return d
}

func TestSamples(t *testing.T) {
	samples := filepath.Join(root(t), "tests", "data", "gazette", "samples")
	list, err := filepath.Glob(filepath.Join(samples, "*", "played.json"))
	if err != nil || len(list) == 0 {
		t.Fatal("no samples", err)
	}
	for _, path := range list {
		dir := filepath.Dir(path)
		t.Run(filepath.Base(dir), func(t *testing.T) { playSample(t, dir) })
	}
}

func playSample(t *testing.T, dir string) {
	var played []struct {
		Hints, Truth string
		Store        *struct {
			NextSeqNo    string `json:"next_seq_no"`
			NextChecksum string `json:"next_checksum"`
			EqualsTruth  bool   `json:"equals_truth"`
		}
	}
	readJSON(t, filepath.Join(dir, "played.json"), &played)
	for _, play := range played {
		text, err := os.ReadFile(filepath.Join(dir, play.Hints))
		if err != nil {
			t.Fatal(err)
		}
		h, err := hints.FromJSON(text)
		if err != nil {
			t.Fatal(err)
		}
		f := &failures{t: t, id: filepath.Base(dir) + " " + play.Hints}
		sameBytes(t, f, dir, play.Hints, &h)
		var want treeJSON
		readJSON(t, filepath.Join(dir, play.Truth), &want)
		for _, piece := range []int{1 << 30, 1000} {
			p, err := player.New(&h, fsm.Revision202312)
			if err != nil {
				t.Fatal(err)
			}
			if err := p.FinishAtWriteHead(); err != nil {
				t.Fatal(err)
			}
			if err := player.Drive(p, loadStore(t, dir, piece)); err != nil {
				t.Fatal(err)
			}
			if !p.Complete() {
				t.Fatalf("%s: not complete: %+v", f.id, p.Failure())
			}
			f.same("tree", describe(t, p.Tree()), sorted(&want))
			if play.Store != nil {
				f.same("next_seq_no", strconv.FormatUint(p.FSM().NextSeqNo(), 10), play.Store.NextSeqNo)
				f.same("next_checksum", strconv.FormatUint(uint64(p.FSM().NextChecksum()), 10), play.Store.NextChecksum)
			}
			playItsHints(t, f, dir, p, &want)
		}
	}
}

// playItsHints plays the hints of a player, which must lead to the same tree (THM-1), and hands off (HOF-3).
func playItsHints(t *testing.T, f *failures, dir string, former *player.Player, want *treeJSON) {
	h, err := former.Hints()
	if err != nil {
		t.Fatal(f.id, err)
	}
	p, err := player.New(h, fsm.Revision202312)
	if err != nil {
		t.Fatal(f.id, err)
	}
	if err := p.HandOff(7); err != nil {
		t.Fatal(err)
	}
	if err := player.Drive(p, loadStore(t, dir, 4096)); err != nil {
		t.Fatal(err)
	}
	if !p.Complete() {
		t.Fatalf("%s: its hints do not play: %+v", f.id, p.Failure())
	}
	f.same("tree of its hints", describe(t, p.Tree()), sorted(want))
	f.same("next_seq_no of its hints", p.FSM().NextSeqNo(), former.FSM().NextSeqNo()+1)
}

func sameBytes(t *testing.T, f *failures, dir, name string, h *codec.Hints) {
	text, err := os.ReadFile(filepath.Join(dir, strings.TrimSuffix(name, ".json")+".pb.hex"))
	if err != nil {
		t.Fatal(err)
	}
	b := fromHex(f, strings.TrimSpace(string(text)))
	decoded, err := codec.DecodeHints(b)
	if err != nil {
		t.Fatal(f.id, err)
	}
	f.same("hints", canonical(hints.ToJSON(&decoded)), canonical(hints.ToJSON(h)))
}

func sorted(tree *treeJSON) *treeJSON {
	for _, links := range tree.SameInode {
		slices.Sort(links)
	}
	slices.SortFunc(tree.SameInode, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return tree
}

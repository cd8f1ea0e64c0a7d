package player

import (
	"maps"
	"slices"
	"strings"

	"rlog-model/adapters/go/recoverylog/fsm"
)

// Tree is what a play has rebuilt: files by path, and the lists of paths that are links of one file (PLAY-15). A property
// is a file of its own.
type Tree struct {
	Files    map[string]*File
	SameFile [][]string
}

// Paths are all paths of the tree, in order.
func (t *Tree) Paths() []string { return slices.Sorted(maps.Keys(t.Files)) }

// layOut makes the tree of what the FSM has, or says why no directory can be that (PLAY-9).
func layOut(state *fsm.FSM, files map[int64]*File) (*Tree, *Failure) {
	t := &Tree{Files: map[string]*File{}}
	twice := map[string]bool{}
	for path, content := range state.Properties() {
		file := &File{}
		file.write([]byte(content), 0)
		t.Files[path] = file
	}
	for path, fnode := range state.Links() {
		twice[path] = t.Files[path] != nil
		t.Files[path] = files[fnode]
	}
	paths := t.Paths()
	for _, path := range paths {
		if !isClean(path) {
			return nil, &Failure{Kind: UnplayablePath, Path: path}
		}
	}
	for _, path := range paths {
		if twice[path] {
			return nil, &Failure{Kind: UnplayableTree, Path: path, LowerPath: path}
		}
		for upper := parent(path); upper != ""; upper = parent(upper) {
			if t.Files[upper] != nil {
				return nil, &Failure{Kind: UnplayableTree, Path: upper, LowerPath: path}
			}
		}
	}
	for _, fnode := range state.Fnodes() {
		if links := state.LinksOf(fnode); len(links) > 1 {
			t.SameFile = append(t.SameFile, links)
		}
	}
	slices.SortFunc(t.SameFile, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return t, nil
}

// parent is the path of the directory that a path is in, and empty for the root.
func parent(path string) string { return path[:strings.LastIndexByte(path, '/')] }

// isClean tells whether a directory can hold the path (REC-1).
func isClean(path string) bool {
	if !strings.HasPrefix(path, "/") || strings.IndexByte(path, 0) >= 0 {
		return false
	}
	for _, name := range strings.Split(path[1:], "/") {
		if name == "" || name == "." || name == ".." {
			return false
		}
	}
	return true
}

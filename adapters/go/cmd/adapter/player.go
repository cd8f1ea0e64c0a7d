package main

import (
	"crypto/sha256"

	"rlog-model/adapters/go/kit"
	"rlog-model/adapters/go/recoverylog/player"
)

// machine is a player as the kit wants it.
type machine struct{ *player.Player }

func newPlayer(name string, h kit.Hints) (kit.Player, error) {
	revision, err := revisionNamed(name)
	if err != nil {
		return nil, err
	}
	p, err := player.New(fromKit(&h), revision)
	return machine{p}, refusal(err)
}

func (m machine) NextSeqNo() uint64 { return m.FSM().NextSeqNo() }

func (m machine) NextChecksum() uint32 { return m.FSM().NextChecksum() }

func (m machine) Failure() string {
	if failure := m.Player.Failure(); failure != nil {
		return string(failure.Kind)
	}
	return ""
}

func (m machine) Next() kit.Request {
	r := m.Player.Next()
	// The kinds of both have one order.
	return kit.Request{
		Kind: kit.RequestKind(r.Kind), Log: r.Log, Offset: r.Offset, Waits: r.Waits, Data: r.Data, Fence: r.Fence,
	}
}

func (m machine) Hints() (kit.Hints, error) {
	h, err := m.Player.Hints()
	if err != nil {
		return kit.Hints{}, refusal(err)
	}
	return toKit(h), nil
}

func (m machine) Files() (files []kit.File, sameFile [][]string) {
	tree := m.Tree()
	for _, path := range tree.Paths() {
		digest := sha256.New()
		// A digest takes all bytes, so there is no error to look at.
		_, _ = tree.Files[path].WriteTo(digest)
		files = append(files, kit.File{Path: path, Size: tree.Files[path].Size(), SHA256: digest.Sum(nil)})
	}
	return files, tree.SameFile
}

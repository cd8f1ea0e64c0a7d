package segments

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	minPath     = 4
	minMetadata = 1
	maxPart     = 512
)

// nameSymbols are the characters of a log name that are no letters and no numbers (LOG-1).
const nameSymbols = "-_+/.=%!$&'()*,:;@~"

// IsLogName tells whether a name is that of a log: a path, and optionally metadata behind the first semicolon (LOG-1).
func IsLogName(name string) bool {
	path, metadata, found := strings.Cut(name, ";")
	return isNamePart(path, minPath) && (!found || isNamePart(metadata, minMetadata))
}

func isNamePart(part string, shortest int) bool {
	if !utf8.ValidString(part) {
		return false
	}
	if n := utf8.RuneCountInString(part); n < shortest || n > maxPart {
		return false
	}
	for _, c := range part {
		if !unicode.IsLetter(c) && !unicode.IsNumber(c) && !strings.ContainsRune(nameSymbols, c) {
			return false
		}
	}
	return isClean(part)
}

// isClean refuses a leading slash too: it leaves an empty piece.
func isClean(part string) bool {
	leading := true
	for _, piece := range strings.Split(part, "/") {
		switch {
		case piece == "" || piece == ".":
			return false
		case piece != "..":
			leading = false
		case !leading:
			return false
		}
	}
	return true
}

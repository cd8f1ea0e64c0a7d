package codec

import "strconv"

// Fence is the value of the journal register "author" that stands for an author (AUT-2). Author 0 has none.
func Fence(author uint32) string {
	if author == 0 {
		return ""
	}
	return strconv.FormatUint(uint64(author), 32)
}

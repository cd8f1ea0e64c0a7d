// Package protocol declares what the glue needs of Gazette's package of that name.
package protocol

// Journal is the name of a journal.
type Journal string

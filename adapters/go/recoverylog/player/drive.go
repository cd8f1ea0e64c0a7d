package player

// Source holds the logs that a player reads.
type Source interface {
	// Head is the offset behind the last byte of a log.
	Head(log string) (int64, error)
	// Read gives bytes at an offset, or at the next one that has any. It gives none where there are none yet.
	Read(log string, offset int64) (at int64, b []byte, err error)
	// Append appends data, sets the register "author" to a fence, and gives the offset behind the data.
	Append(log string, data []byte, fence string) (end int64, err error)
}

// Drive does what a player asks for, until the play has ended, or the player waits for bytes that are not there.
func Drive(p *Player, source Source) error {
	for {
		question := p.Next()
		switch question.Kind {
		case AskNothing:
			return nil
		case AskHead:
			head, err := source.Head(question.Log)
			if err != nil {
				return err
			}
			p.TakeHead(head)
		case AskBytes:
			at, b, err := source.Read(question.Log, question.Offset)
			if err != nil {
				return err
			}
			if at > question.Offset || len(b) > 0 {
				p.TakeBytes(at, b)
				continue
			}
			if question.Waits {
				return nil
			}
			p.TakeNothing()
		case AskAppend:
			end, err := source.Append(question.Log, question.Data, question.Fence)
			if err != nil {
				return err
			}
			p.TakeAppended(end)
		}
	}
}

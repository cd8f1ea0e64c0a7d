"""Reading one log for a survey, from its first byte to its head, in pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from rlog_model.journal.fragment import FragmentFile
from rlog_model.journal.protocol import CorruptFragment, Journal, OffsetNotYetAvailable
from rlog_model.player import READ_SIZE
from rlog_model.survey import Sight, Survey, Why


def survey_log(
    journal: Journal, survey: Survey, watch: Callable[[int], None]
) -> Iterator[list[Sight]]:
    """Read all that the survey wants, and give what it sees, a piece of the log at a time.

    ``watch`` is told how far it came. A damaged fragment is told as a gap, and passed over: who
    looks at a log that doesn't play wants to see the rest of it.

    Raises:
        CorruptFragment: it is the open fragment, which has no known end.
    """
    while (at := survey.wants) < survey.head:
        try:
            chunk = journal.read(at, limit=READ_SIZE)
        except OffsetNotYetAvailable:
            yield list(survey.miss(survey.head, Why.HOLE, "the log became shorter"))
            break
        except CorruptFragment as error:
            damaged = FragmentFile.parse(Path(error.file).name)
            if damaged is None:
                raise
            last = min(damaged.end, survey.head)
            yield list(survey.miss(last, Why.DAMAGED, f"{damaged.name}: {error.reason}"))
            continue
        if chunk.offset > at:
            yield list(survey.miss(min(chunk.offset, survey.head), Why.HOLE))
        yield list(survey.feed(chunk.content[: survey.head - chunk.offset]))
        watch(survey.wants)
    yield list(survey.finish())

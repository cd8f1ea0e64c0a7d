"""Files of closed fragments: their names, and which of them a read uses.

Rules
-----
* The name is ``<begin>-<end>-<sha1><suffix>``: offsets as 16 lower-case hex digits, the end
  exclusive; the SHA-1 of the uncompressed content as 40; a suffix of ``codec``. A file whose name
  is anything else, or whose range is empty, is no fragment and is left alone.
* Files can overlap. A read walks from the least offset upwards, and at each point takes the file
  that reaches furthest (of equal ones, a raw file first), up to that file's end. A file that is
  never taken is never opened: it is redundant.
* A range that no file covers is a hole: a read that falls into it jumps to its end.
"""

from __future__ import annotations

import os
import re
import time
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from attrs import field, frozen

from .codec import CODEC_OF_SUFFIX, Codec
from .protocol import FragmentRange

_NAME: Final = re.compile(r"([0-9a-f]{16})-([0-9a-f]{16})-([0-9a-f]{40})((?:\.[a-z]+)?)")
_MAX_OFFSET: Final = (1 << 63) - 1
_RESOLUTION: Final = 2_000_000_000  # ns; no filesystem in use has coarser times than 2 s


@frozen
class FragmentFile:
    """What the name of a fragment's file says. Spec: JRN-9."""

    begin: int
    """Offset of the first byte."""

    end: int
    """Offset after the last byte; greater than ``begin``."""

    sha1: str
    """SHA-1 of the uncompressed content, as 40 lower-case hex digits."""

    suffix: str
    """One of ``CODEC_OF_SUFFIX``."""

    @classmethod
    def parse(cls, name: str) -> FragmentFile | None:
        """What ``name`` says; None, when it is no fragment's."""
        match = _NAME.fullmatch(name)
        if match is None or match[4] not in CODEC_OF_SUFFIX:
            return None
        begin, end = int(match[1], 16), int(match[2], 16)
        return cls(begin, end, match[3], match[4]) if begin < end <= _MAX_OFFSET else None

    @property
    def name(self) -> str:
        """The name of the file."""
        return f"{self.begin:016x}-{self.end:016x}-{self.sha1}{self.suffix}"

    @property
    def codec(self) -> Codec:
        """How the file holds the content."""
        return CODEC_OF_SUFFIX[self.suffix]

    @property
    def range(self) -> FragmentRange:
        """The range of the fragment."""
        return FragmentRange(self.begin, self.end)


@frozen
class Span:
    """A range, and the file that a read of it uses."""

    begin: int
    end: int
    file: FragmentFile


def choose_spans(files: Iterable[FragmentFile]) -> tuple[Span, ...]:
    """The spans of ``files``: rising, without overlap, each as the rules of this module say."""
    waiting = deque(sorted(files, key=_preference))
    spans: list[Span] = []
    reach = 0
    while waiting:
        reach = max(reach, waiting[0].begin)  # over a hole
        best = waiting[0]
        while waiting and waiting[0].begin <= reach:
            file = waiting.popleft()
            if file.end > best.end:
                best = file
        if best.end > reach:
            spans.append(Span(reach, best.end, best))
            reach = best.end
    return tuple(spans)


def _preference(file: FragmentFile) -> tuple[int, int, bool, str]:
    return file.begin, -file.end, file.codec is not Codec.RAW, file.suffix


@frozen
class Listing:
    """The fragments that a directory had when it was looked at."""

    files: tuple[FragmentFile, ...] = ()
    """All of them, by rising offset."""

    spans: tuple[Span, ...] = field(init=False)
    """What reads use."""

    stamp: int | None = None
    """Time of the directory's last change, in ns; None where it may change once more within the
    resolution of that time, and where there is no directory."""

    @spans.default
    def _choose_spans(self) -> tuple[Span, ...]:
        return choose_spans(self.files)

    @classmethod
    def scan(cls, directory: Path) -> Listing:
        """Look at a directory; one that does not exist has no fragments."""
        now = time.time_ns()
        try:
            stamp = os.stat(directory).st_mtime_ns
            with os.scandir(directory) as entries:
                parsed = (FragmentFile.parse(e.name) for e in entries if e.is_file())
                files = sorted((file for file in parsed if file is not None), key=_preference)
        except FileNotFoundError:
            return cls()
        return cls(tuple(files), stamp=stamp if now - stamp > _RESOLUTION else None)

    def is_current(self, directory: Path) -> bool:
        """Whether the directory certainly did not change since."""
        try:
            return self.stamp is not None and os.stat(directory).st_mtime_ns == self.stamp
        except FileNotFoundError:
            return False

    @property
    def begin(self) -> int:
        """The least offset in a fragment; 0, when there is none."""
        return self.spans[0].begin if self.spans else 0

    @property
    def end(self) -> int:
        """The end of the last span; 0, when there is none."""
        return self.spans[-1].end if self.spans else 0

    def at_or_after(self, offset: int) -> Span | None:
        """The span that holds ``offset``, else the next one above it."""
        index = bisect_right(self.spans, offset, key=_span_end)
        return self.spans[index] if index < len(self.spans) else None

    def covers(self, begin: int, end: int) -> bool:
        """Whether one file has all of a range."""
        return any(file.begin <= begin and end <= file.end for file in self.files)


def _span_end(span: Span) -> int:
    return span.end

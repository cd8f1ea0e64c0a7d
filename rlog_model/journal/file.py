"""Journals in a directory, laid out as a fragment store of Gazette is.

What is there
-------------
``<store>/<journal>/`` holds, beside the directories of journals whose names go on from there:

* ``<begin>-<end>-<sha1><suffix>``: a closed fragment (see ``fragment``). Complete, durable and
  never changed from the moment it has this name, until it is pruned.
* ``.open#``: the *spool*: the open fragment and the registers (see ``record`` for its format).
* ``.lock#``: the lock, and in it the *mark*: how far the spool is durable (see ``mark``). Its
  content may be lost at any time.
* ``.open#.new``, ``.fragment#.new``: what a dead writer was about to rename. Overwritten when next
  needed.

A name with ``#`` is neither a fragment's nor part of a journal's. Anything else (``.test``,
``.partial-...``) is left alone.

A broker of Gazette that has this directory as its fragment store sees the closed fragments, and
nothing else: neither what the open one holds, nor registers. ``roll`` closes the open one. A
directory that a broker wrote can be read as it is, without permission to write, and be appended to:
the first append lands at the end of the last fragment, and finds no registers. A broker and this
module must not append to one journal at the same time: they know nothing of each other's heads.

To copy a journal that is in use, leave out ``.lock#``, and take ``.open#`` before the fragments.
A name with a part ``..`` is refused: it could lead out of the store. Names that differ only by
case, or by the normal form of their letters, are one journal where the filesystem has it so. A part
of a name cannot be longer than the filesystem allows for a file's (255 bytes, mostly): ``OSError``.

Why it is safe
--------------
One writer: all that changes a journal's files holds an exclusive ``flock`` of ``.lock#``, but for
what makes ``.lock#`` and the directory. Before it changes anything it looks at what others left.

An append is one record at the end of the spool, with its own checksum, written and made durable
(``fdatasync``) before it is acknowledged. After a crash at any moment the spool is a number of
whole records, with all that were acknowledged among them, and perhaps a torn tail, which whoever
comes next cuts off. So an append is there as a whole or not at all, registers included. One that
was whole but not acknowledged stays. A record that had been durable and does not hold is never
taken for a torn tail: that is ``CorruptFragment``.

Names are made durable (``fsync`` of the directory, and of those above it when a journal begins)
before an append that needs them is acknowledged.

Closing: (1) the content is written to ``.fragment#.new``, made durable, and renamed to its name;
(2) the directory is made durable; (3) a new spool that begins at the end of the fragment, with the
registers, is written to ``.open#.new``, made durable, and renamed over the old one; (4) the
directory is made durable. After a crash before the rename of (1) nothing has happened. After that,
and before the rename of (3), content is both in the fragment and in the spool; the next writer
finds a fragment that has all of the spool, and goes on with (2). Appends wait until (4) is done, so
what is acknowledged is never in a spool whose name can be lost.

Pruning removes names only. A journal of which all fragments are pruned has a spool, made durable
before the first one goes: it says where the head is.

A reader without the lock opens the spool first and lists fragments next: content moves from the
spool to a fragment, so it misses nothing. It reads records up to the mark, which is set after they
are durable: it sees nothing that a crash could take back. (Where it may not write, and so cannot
hold the lock, it takes all whole records for durable.) The first look of each process holds the
lock if it can, since after a crash the mark may be behind.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Final, final

from ..identity import InvalidLogName
from .codec import Codec
from .file_log import FileLog
from .handle import Handle
from .protocol import DEFAULT_FRAGMENT_SIZE
from .store import Store


@final
class FileJournal(Handle):
    """A journal in a directory, as ``FileStore.open`` gives it."""


@final
class FileStore(Store[FileLog, FileJournal]):
    """A store of journals in a directory. Several processes can use one at the same time.

    A process that was forked opens a store of its own.
    """

    def __init__(
        self,
        directory: str | PathLike[str],
        *,
        fragment_size: int = DEFAULT_FRAGMENT_SIZE,
        codec: Codec = Codec.RAW,
    ) -> None:
        """Nothing is opened or made yet.

        Args:
            directory: where the journals are. If it is missing, the first append makes it, in a
                directory that must exist.
            fragment_size: bytes of content at which the open fragment is closed.
            codec: how fragments are written when they are closed. Those of all codecs are read.
        """
        super().__init__()
        self._directory: Final = Path(directory).absolute()
        self._fragment_size: Final = fragment_size
        self._codec: Final = codec

    def open(self, name: str) -> FileJournal:
        """See ``JournalStore.open``. A name with a part ``..`` is refused with the others."""
        if ".." in name.split("/"):
            raise InvalidLogName(name, "it leads out of the directory of the store")
        return super().open(name)

    def _make_log(self, name: str) -> FileLog:
        return FileLog(name, self._directory, self._fragment_size, self._codec)

    def _make_handle(self, name: str, log: FileLog) -> FileJournal:
        return FileJournal(name, log, self._on_close)

    def _unused(self, name: str) -> None:
        self._logs.pop(name).close()

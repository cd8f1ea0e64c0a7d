"""Journals in a directory, laid out as a fragment store of Gazette is.

What is there
-------------
``<store>/<journal>/`` holds, beside the directories of journals whose names go on from there:

* ``<begin>-<end>-<sha1><suffix>``: a closed fragment (see ``fragment``). Complete, durable and
  never changed from the moment it has this name, until it is pruned.
* ``.open#``: the *spool*: records of what is in the open fragment, and the registers (see
  ``record`` for its format).
* ``.open#<nonce>``: the content of the open fragment, and nothing else. 16 hex digits, which the
  spool has too.
* ``.lock#``: the lock, and in it the *mark*: how far the spool is durable (see ``mark``). Its
  content may be lost at any time.
* ``.open#.new``, ``.fragment#.new``: what a dead writer was about to rename. Overwritten when next
  needed. ``.open#<nonce>`` with a nonce that is not the spool's: likewise. Deleted by the next
  writer.

A name with ``#`` is neither a fragment's nor part of a journal's. Anything else (``.test``,
``.partial-...``) is left alone.

A broker of Gazette that has this directory as its fragment store sees the closed fragments, and
nothing else: neither what the open one holds, nor registers. ``roll`` closes the open one. A
directory that a broker wrote can be read as it is, without permission to write, and be appended to:
the first append lands at the end of the last fragment, and finds no registers. A broker and this
module must not append to one journal at the same time: they know nothing of each other's heads.

To copy a journal that is in use, leave out ``.lock#``, and take ``.open#`` first, ``.open#<nonce>``
next, and then the fragments, listed anew. If the content was gone when its turn came, a fragment
has it, and the copy is as good.

A name with a part ``..`` is refused: it could lead out of the store. Names that differ only by
case, or by the normal form of their letters, are one journal where the filesystem has it so. A part
of a name cannot be longer than the filesystem allows for a file's (255 bytes, mostly): ``OSError``.

Why it is safe
--------------
One writer: all that changes a journal's files holds an exclusive ``flock`` of ``.lock#``, but for
what makes ``.lock#`` and the directory. Before it changes anything it looks at what others left.

An append is its bytes at the end of the content, and one record at the end of the spool, with a
checksum of its own and a digest of the content up to there. Both files are made durable
(``fdatasync``) before it is acknowledged. A record counts only with its content, so it does not
matter in which order they reach the disk. After a crash at any moment the spool is a number of
whole records, with all that were acknowledged among them, and perhaps a torn tail in either file,
which whoever comes next cuts off. So an append is there as a whole or not at all, registers
included. One that was whole but not acknowledged stays. A record that had been durable and does not
hold, or content that is not what it was, is never taken for a torn tail: that is
``CorruptFragment``.

Names are made durable (``fsync`` of the directory, and of those above it when a journal begins)
before an append that needs them is acknowledged.

A new spool: (1) its content is made, under a name that no other has, and the spool itself as
``.open#.new``, both durable; (2) the directory is made durable; (3) the spool is renamed over the
old one; (4) the directory is made durable. So a spool that has its name has its content, unless
that was closed since. After a crash before (3) the content is a leftover, and nobody looks for it.

Closing: the content, of which no tail is left, is made durable once more; it is renamed to the name
of the fragment, with the SHA-1 of what was appended; and a new spool begins at the end of the
fragment, with the registers. (With another codec than ``RAW`` the content stays where it is:
what it encodes to is written to ``.fragment#.new``, made durable, and renamed; the content is
checked while it is read, and deleted when the new spool has its name.) Until (2) either name of the
content may come back after a crash, and both have all of it. From the rename to (3) the spool is
*closed*: it has records, and a fragment has the content. It is read from there; a writer begins the
next spool before it does anything else. One that had the content open before looks whether that
still has its name: what it writes must not get into a fragment. Appends wait until (4) is done, so
what is acknowledged is never in a spool whose name can be lost.

A spool without content of which no fragment has all is damage: the fragment was closed and has been
deleted, which pruning never does, or the content was.

The bytes of a fragment that was closed by renaming are not read again then: its name says what was
appended. If the disk has made something else of it, the first read tells, as for all fragments.

Pruning removes names only. A journal of which all fragments are pruned has a spool, made durable
before the first one goes: it says where the head is. One that is closed is replaced before.

A reader without the lock opens the spool first, its content next, and then lists fragments: content
moves from the spool to a fragment, so it misses nothing; and it goes on reading what it has open,
whatever name that has. It reads records up to the mark, which is set after they are durable: it
sees nothing that a crash could take back. (Where it may not write, and so cannot hold the lock, it
takes all whole records for durable.) The first look of each process holds the lock if it can, since
after a crash the mark may be behind.
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

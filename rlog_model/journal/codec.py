"""Compression of fragment files: content out of a file, and into one, with bounded memory.

Rules
-----
* The suffix of a fragment's file names its codec. No suffix, or ``.gzod``, is gzip too: a store may
  then serve the file as it is, with ``Content-Encoding: gzip``.
* A gzip file may hold several members, a zstd file several frames, with or without content sizes.
* ``.sz`` is the framing format of snappy: a stream identifier, then chunks of 64 KiB of content at
  most, each with a checksum.
* A file of no bytes has no content, in all of them.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import BinaryIO, Final

import cramjam
import zstandard

BLOCK: Final = 1 << 20
"""Bytes of content that a step of reading gives at most."""


class Codec(Enum):
    """How a fragment's file holds its content. Values are the names that Gazette has for them."""

    RAW = "NONE"
    GZIP = "GZIP"
    ZSTANDARD = "ZSTANDARD"
    SNAPPY = "SNAPPY"
    GZIP_OFFLOAD = "GZIP_OFFLOAD_DECOMPRESSION"

    @property
    def suffix(self) -> str:
        """The suffix of files written with this codec."""
        return _SUFFIXES[self]


_SUFFIXES: Final = {
    Codec.RAW: ".raw",
    Codec.GZIP: ".gz",
    Codec.ZSTANDARD: ".zst",
    Codec.SNAPPY: ".sz",
    Codec.GZIP_OFFLOAD: "",
}

CODEC_OF_SUFFIX: Final = {suffix: codec for codec, suffix in _SUFFIXES.items()} | {
    ".gzod": Codec.GZIP_OFFLOAD
}
"""The codec that each suffix stands for."""


class UndecodableContent(Exception):
    """A file is not what its codec writes. The text says in which way."""


def decode(codec: Codec, file: BinaryIO) -> Iterator[bytes]:
    """The content of ``file`` from where it stands, in pieces of ``BLOCK`` bytes at most.

    A file that was cut off may give fewer bytes, and no error: who reads knows the length.

    Raises:
        UndecodableContent: the file breaks the format.
    """
    try:
        match codec:
            case Codec.RAW:
                yield from _pieces(file)
            case Codec.GZIP | Codec.GZIP_OFFLOAD:
                with gzip.GzipFile(fileobj=file, mode="rb") as members:
                    while piece := members.read(BLOCK):
                        yield piece
            case Codec.ZSTANDARD:
                frames = zstandard.ZstdDecompressor().stream_reader(
                    file, read_across_frames=True, closefd=False
                )
                while piece := frames.read(BLOCK):
                    yield piece
            case Codec.SNAPPY:
                yield from _decode_snappy(file)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UndecodableContent(f"it is no whole gzip file ({error})") from error
    except zstandard.ZstdError as error:
        raise UndecodableContent(f"it is no zstd file ({error})") from error


def encode(codec: Codec, pieces: Iterable[bytes], file: BinaryIO) -> None:
    """Write ``pieces``, one after the other, to ``file``."""
    match codec:
        case Codec.RAW:
            for piece in pieces:
                file.write(piece)
        case Codec.GZIP | Codec.GZIP_OFFLOAD:
            # No time in the header: the same content makes the same file.
            with gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as member:
                for piece in pieces:
                    member.write(piece)
        case Codec.ZSTANDARD:
            with zstandard.ZstdCompressor().stream_writer(file, closefd=False) as frame:
                for piece in pieces:
                    frame.write(piece)
        case Codec.SNAPPY:
            chunks = cramjam.snappy.Compressor()
            for piece in pieces:
                chunks.compress(piece)
                file.write(bytes(chunks.flush()))
            file.write(bytes(chunks.finish()))


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(BLOCK):
        yield piece


def _decode_snappy(file: BinaryIO) -> Iterator[bytes]:
    """Cut the file into chunks, and let the library decode a few of them at a time."""
    if file.read(len(_SNAPPY_STREAM)) not in (_SNAPPY_STREAM, b""):
        raise UndecodableContent("it is no snappy file (no stream identifier)")
    chunks: list[bytes] = []
    while header := file.read(_SNAPPY_HEADER):
        length = int.from_bytes(header[1:], "little")
        body = file.read(length)
        if len(header) < _SNAPPY_HEADER or len(body) < length:
            raise UndecodableContent("it is no whole snappy file (it ends within a chunk)")
        chunks += (header, body)
        if len(chunks) == 2 * _SNAPPY_CHUNKS:
            yield _decode_chunks(chunks)
            chunks.clear()
    yield _decode_chunks(chunks)


def _decode_chunks(chunks: list[bytes]) -> bytes:
    try:
        return bytes(cramjam.snappy.decompress(b"".join((_SNAPPY_STREAM, *chunks))))
    except (cramjam.DecompressionError, OSError) as error:
        raise UndecodableContent(f"it is no snappy file ({error})") from error


_SNAPPY_STREAM: Final = b"\xff\x06\x00\x00sNaPpY"
_SNAPPY_HEADER: Final = 4  # the type of a chunk, and its length in three bytes
_SNAPPY_CHUNKS: Final = BLOCK // (64 << 10)  # chunks that make a block, at 64 KiB of content each

"""What this project uses of crcmod, which has no types of its own."""

from typing import Protocol

class _CrcFunction(Protocol):
    def __call__(self, data: bytes, crc: int = ..., /) -> int: ...

def mkCrcFun(crc_name: str) -> _CrcFunction: ...

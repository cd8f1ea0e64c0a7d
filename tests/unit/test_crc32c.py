"""The running checksum."""

from __future__ import annotations

import pytest

from rlog_model import crc32c


@pytest.mark.clause("SEQ-2")
@pytest.mark.parametrize(
    ("content", "checksum"),
    [
        (b"", 0),
        (b"123456789", 0xE3069283),
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
    ],
)
def test_crc32c(content: bytes, checksum: int) -> None:
    """The values of RFC 3720, B.4, and the usual check value."""
    assert crc32c.update(crc32c.INITIAL, content) == checksum


@pytest.mark.clause("SEQ-2")
def test_crc32c_goes_on() -> None:
    assert crc32c.update(crc32c.update(0, b"1234"), b"56789") == 0xE3069283

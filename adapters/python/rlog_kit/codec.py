"""The tier *codec*: ADP-12 to ADP-14."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable

from rlog_kit.values import DONE, Frame, HintsLike, Json, hints_json


class Codec(ABC):
    """Your code for operations and hints as bytes, and for frames."""

    @abstractmethod
    def decode(self, payload: bytes) -> bytes:
        """Decode an operation, and encode it again, with the meta-fields that it has.

        Raises:
            Refused: ``MalformedOp``.
        """

    @abstractmethod
    def decode_hints(self, encoded: bytes) -> tuple[HintsLike, bytes]:
        """Decode hints, and encode them again.

        Raises:
            Refused: ``MalformedHints``.
        """

    @abstractmethod
    def unframe(self, data: bytes, piece: int) -> Iterable[Frame]:
        """The frames of a log that holds ``data`` from offset 0 on, and the ranges that are none.
        Your reader is given ``piece`` bytes at a time, or all at once where that is 0 or less."""


class CodecSteps:
    """The steps of the tier."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self.steps: dict[str, Callable[[Json], Json]] = {
            "decode": self._decode,
            "decode_hints": self._decode_hints,
            "unframe": self._unframe,
        }

    def snapshot(self) -> Json:
        """Nothing is made."""
        return {}

    def _decode(self, step: Json) -> Json:
        encoded = self._codec.decode(bytes.fromhex(step["payload"]))
        return {"outcome": DONE, "encoded": encoded.hex()}

    def _decode_hints(self, step: Json) -> Json:
        hints, encoded = self._codec.decode_hints(bytes.fromhex(step["encoded"]))
        return {"outcome": DONE, "hints": hints_json(hints), "encoded": encoded.hex()}

    def _unframe(self, step: Json) -> Json:
        frames = self._codec.unframe(bytes.fromhex(step["data"]), int(step.get("piece", 0)))
        return {"outcome": DONE, "frames": [_frame_json(frame) for frame in frames]}


def _frame_json(frame: Frame) -> Json:
    shown = {"first_offset": str(frame.first_offset), "last_offset": str(frame.last_offset)}
    if frame.payload is not None:
        shown["payload"] = frame.payload.hex()
    return shown

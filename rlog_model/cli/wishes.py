"""When a play ends: at once at the write head, by a handoff, or when its user says so."""

from __future__ import annotations

import signal
from types import FrameType
from typing import Final

from rlog_model.fsm import FSM
from rlog_model.identity import Author
from rlog_model.player import WISH_INTERVAL, Player
from rlog_model.recorder import random_author

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def handoff_author(handoff: bool, number: int | None) -> Author | None:
    """The author to hand off to: the one that was named, or a random one; none without a handoff.

    Raises:
        ValueError: the number is no author's, or there is no handoff: to name an author must not be
            enough to fence others off.
    """
    if not handoff:
        if number is not None:
            raise ValueError("an author is handed off to: give --handoff, too")
        return None
    if number is None:
        return random_author()
    author = Author(number)
    author.fence()
    return author


def play_until(player: Player, follow: bool, author: Author | None) -> FSM:
    """Play until the write head or, with an author, until the handoff to it. With ``follow``, go on
    until a first SIGINT or SIGTERM before that; a second one cancels.

    Raises:
        PlayCancelled: it was cancelled.
        PlayError, ...: as ``Player.play``.
    """
    signals = 0

    def count(number: int, frame: FrameType | None) -> None:
        nonlocal signals
        signals += 1

    def wish() -> None:
        if author is None:
            player.finish_at_write_head()
        else:
            player.inject_handoff(author)

    if not follow:
        wish()
        return player.play()
    former = {number: signal.signal(number, count) for number in _SIGNALS}
    wished = False
    try:
        while not player.done.done():
            if signals and not wished:
                wished = True
                wish()
            if signals > 1:
                player.cancel()
            player.step(WISH_INTERVAL)
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
    return player.done.result()

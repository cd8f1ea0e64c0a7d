"""Few vectors which together kill every mutant that any of them kills."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def cover(kills: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """Vectors, sorted, such that each subject is killed by one of them at least.

    ``kills`` tells for each subject the vectors that kill it. None of those given can be left out;
    that there is no smaller set at all is not said.
    """
    wanted = {subject: frozenset(by) for subject, by in kills.items() if by}
    left, chosen = set(wanted), list[str]()
    while left:
        count: dict[str, int] = {}
        for subject in left:
            for vector in wanted[subject]:
                count[vector] = count.get(vector, 0) + 1
        best = min(count, key=lambda vector: (-count[vector], vector))
        chosen.append(best)
        left = {subject for subject in left if best not in wanted[subject]}
    for vector in sorted(chosen):
        others = [other for other in chosen if other != vector]
        if all(by.intersection(others) for by in wanted.values()):
            chosen = others
    return tuple(sorted(chosen))

"""What the processes of ``fuzz`` tell each other.

Rules
-----
* A worker tells what it does before it does it: so that one that dies, or hangs, can be told with
  the machine and the seed.
* The coordinator answers only a worker that has just told something: so nothing waits in the pipe
  of one that hangs.
"""

from __future__ import annotations

from attrs import frozen

from rlog_model.conformance.features import Features
from rlog_model.scenario import Scenario


@frozen
class Job:
    """What a worker is to do."""

    machines: tuple[str, ...]
    """In turn; see ``fuzz_sources`` for the names."""

    first_seed: int
    """Of the first batch of the first worker."""

    worker: int
    """Number of the worker, from 0."""

    workers: int

    batch: int
    """Number of its first batch, from 0."""

    batch_seconds: float
    """After which a batch that has found nothing ends."""

    database: str | None
    """Where the example database is: see ``example_database``."""

    scratch: str
    """A directory for what it writes, and leaves if it dies."""

    replay: tuple[tuple[str, Scenario], ...]
    """Scenario files, with their scenarios, which are executed before anything else."""

    def machine_of(self, batch: int) -> str:
        """The machine of a batch."""
        return self.machines[(self.worker + batch) % len(self.machines)]

    def seed_of(self, batch: int) -> int:
        """The seed of a batch: no other batch of any worker has it."""
        return self.first_seed + self.worker + batch * self.workers


# From a worker


@frozen
class Begins:
    """It begins a batch, or to replay a file."""

    machine: str
    seed: int | None
    """None: ``machine`` is the file that is replayed."""

    batch: int


@frozen
class Beat:
    """It is alive, and has executed this much since it last told."""

    scenarios: int
    steps: int


@frozen
class Reached:
    """A scenario passed, and has features that the worker did not know."""

    scenario: Scenario
    features: Features
    how: str


@frozen
class Replayed:
    """A file was replayed."""

    file: str
    features: Features | None
    """None: it failed, or broke, as was told right before."""


@frozen
class Found:
    """A scenario failed."""

    signature: str
    scenario: Scenario
    reason: str
    machine: str
    how: str

    times: int
    """1 when it was met; 0 when it is told again as it has become smaller."""


@frozen
class Again:
    """Failures of a signature that was known."""

    signature: str
    times: int


@frozen
class Broke:
    """A batch, or the replay of a file, ended by an exception that is no failure of a scenario."""

    machine: str
    """Or the file."""

    seed: int | None
    what: str


@frozen
class DatabaseLost:
    """The example database can't be used, and the worker goes on without."""

    reason: str


@frozen
class Ended:
    """The worker has ended as it was told to."""


Report = Begins | Beat | Reached | Replayed | Found | Again | Broke | DatabaseLost | Ended


# To a worker


@frozen
class News:
    """What others have found since the worker last heard."""

    signatures: frozenset[str]
    features: Features


@frozen
class Stop:
    """It is to end: ``at_once``, or when what it has found is made small."""

    at_once: bool

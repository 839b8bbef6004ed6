"""The list of benchmarks (bench/sweep.list) and the points of a sweep's CSV.

The CSV has above the rows of each run of the sweep lines "# key: value"
(bench/describe.sh); one header line; then one row a point:

    date            when the point began, UTC
    bench, kind, variant, harts, repeat
    status          ok, failed or hung
    oversubscribed  1: more harts than the host has cores, says nothing about
                    scaling
    cores, load     of the host; the load just before the point
    commit          +checksum if the tree had changes on top
    mem, args       of the guest; the command
    values          key=value, separated by blanks: all keys of the RESULT
                    line, and lock.CLASS.COLUMN for kind locks.  For modelled
                    points without the keys that are in host time, and with
                    those of raw.figures()

No field has a comma: where one would be, there is a semicolon.
"""

import re
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Iterator, Optional

from .shell import Failure

MODEL = "model-"  # begins the kind of a modelled point; the profile follows


def is_modelled(kind: str) -> bool:
    return kind.startswith(MODEL)


def profile_of(kind: str) -> str:
    return kind[len(MODEL):]


def no_commas(text: str) -> str:
    return text.replace(",", ";")


# --- the list

@dataclass(frozen=True)
class Benchmark:
    """A line of the list; its head says what the fields mean."""
    name: str
    variants: str
    harts: str
    seconds: str
    mem: str
    kinds: str
    rate: str
    operations: str
    modelled: str
    command: str

    @property
    def unit(self) -> str:
        """What it does, as "forks"."""
        return "operations" if self.operations == "-" else self.operations

    @property
    def one(self) -> str:
        """One of them: "fork"."""
        return self.unit[:-1] if self.unit.endswith("s") else self.unit

    def wants(self, variant: str, harts: int) -> bool:
        return (self.variants == "*" or variant in self.variants.split()) and \
            (self.harts == "*" or str(harts) in self.harts.split())

    def as_modelled(self, profile: str, seconds: str) -> "Benchmark":
        """One without a modelled command has no kind of points."""
        if self.modelled == "-":
            return replace(self, kinds="")
        mem, command = self.modelled.split(None, 1)
        return replace(self, seconds=seconds, mem=mem, command=command,
                       kinds=MODEL + profile, rate="model_ops_per_s")

    def program(self, kind: str) -> str:
        """The name in the RESULT line."""
        return self.name if kind == "boot" else self.command.split()[0]

    def command_for(self, variant: str, harts: int) -> str:
        """N:M/harts is N shared out over the harts, M in eager and baseline,
        but 2 at least."""
        def share(word: re.Match[str]) -> str:
            few = variant in ("eager", "baseline")
            return str(max(2, int(word[2 if few else 1]) // harts))

        return re.sub(r"(?<!\S)(\d+):(\d+)/harts(?!\S)", share, self.command)


def read_list(path: Path) -> list[Benchmark]:
    benches = []
    for line in path.read_text().splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        # The last field, a command, may contain bars.
        parts = re.split(r" +\| +", line, maxsplit=9)
        if len(parts) != 10:
            raise Failure(f"{path}: not 10 fields: {line}")
        benches.append(Benchmark(*parts))
    return benches


# --- the CSV

@dataclass(frozen=True)
class Point:
    date: str
    bench: str
    kind: str
    variant: str
    harts: int
    repeat: int
    status: str
    oversubscribed: int
    cores: str
    load: str
    commit: str
    mem: str
    args: str
    values: str

    @property
    def identity(self) -> tuple[object, ...]:
        """What of it is measured only once at a commit."""
        return (self.bench, self.kind, self.variant, self.harts, self.repeat,
                self.mem, self.args)

    def row(self) -> str:
        return ",".join(str(getattr(self, field.name))
                        for field in fields(Point))


HEADER = ",".join(field.name for field in fields(Point))


def parse_row(line: str) -> Optional[Point]:
    part = line.split(",")
    if len(part) != len(fields(Point)) or line == HEADER:
        return None
    try:
        return Point(part[0], part[1], part[2], part[3], int(part[4]),
                     int(part[5]), part[6], int(part[7]), part[8], part[9],
                     part[10], part[11], part[12], part[13])
    except ValueError:
        return None


def parse_values(text: str) -> dict[str, str]:
    """Of "key=value key=value"."""
    pairs = (word.split("=", 1) for word in text.split() if "=" in word)
    return {key: value for key, value in pairs if key}


@dataclass
class SweepFile:
    """A CSV: its rows, and of what its lines "# key: value" say the last."""
    points: list[Point]
    said: dict[str, str]
    has_header: bool

    def good(self) -> Iterator[Point]:
        return (point for point in self.points if point.status == "ok")


def read_csv(path: Path) -> SweepFile:
    found = SweepFile([], {}, False)
    for line in path.read_text().splitlines():
        description = re.match(r"# ([a-z]+): (.*)", line)
        point = parse_row(line)
        if description:
            found.said[description[1]] = description[2]
        elif point:
            found.points.append(point)
        found.has_header = found.has_header or line == HEADER
    return found

"""What a sweep found: for each key of each point the median and the range over
the repeats that are "ok", and what there is of benchmarks, variants, harts.

Of each benchmark, kind and variant only those rows count that agree with its
last one in commit, memory and command: what was measured with an older kernel
is not mixed in.  Three more keys for each benchmark that has them in the list:
"rate", the benchmark's own rate, or if it is modelled model_ops_per_s;
"operations"; and for each counter that adds up KEY/op, KEY divided by
operations in the same run, or if the model counted it by those that the model
saw.
"""

import re
import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, Iterator, Optional

from .points import (Benchmark, Point, SweepFile, is_modelled, parse_values,
                     profile_of)

_NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?$")

# Counters of a run, so that a share of an operation makes sense; not rates,
# parameters, maxima or ratios.
_ADDS_UP = re.compile(
    r"lock\.(?!.*_max_us$)|(contended|contended_all|spins|cow_copies|"
    r"cow_upgrades|zero_fills|depot_swaps|list_steals|tlb_flushes)$")
_OF_THE_MODEL = re.compile(r"cost\.|model_transfers$")

Where = tuple[str, str, str, int]  # benchmark, kind, variant, harts


@dataclass(frozen=True)
class Figure:
    n: int
    median: float
    least: float
    most: float


def _summary(samples: list[float]) -> Figure:
    return Figure(len(samples), statistics.median(samples), min(samples),
                  max(samples))


def figures_of(point: Point, bench: Optional[Benchmark]) \
        -> Iterator[tuple[str, float]]:
    """The point's own keys and those made of them."""
    value = {key: float(text) for key, text
             in parse_values(point.values).items() if _NUMBER.match(text)}
    yield from value.items()
    rate = "model_ops_per_s" if is_modelled(point.kind) else \
        bench.rate if bench else "-"
    if rate in value:
        yield "rate", value[rate]
    ops = value.get("model_ops", 0)
    if ops > 0:
        yield from ((f"{key}/op", value[key] / ops) for key in value
                    if _OF_THE_MODEL.match(key))
    ops = value.get(bench.operations, 0) if bench else 0
    if ops > 0:
        yield "operations", ops
        yield from ((f"{key}/op", value[key] / ops) for key in value
                    if _ADDS_UP.match(key))


def points_that_count(points: Iterable[Point]) -> list[Point]:
    """Without what was measured again (RETRY=1), or with another kernel."""
    last: dict[tuple[str, ...], tuple[str, ...]] = {}
    newest: dict[tuple[object, ...], Point] = {}
    for point in points:
        made = (point.commit, point.mem, point.args)
        last[point.bench, point.kind, point.variant] = made
        again = (*point.identity, point.commit)
        newest.pop(again, None)
        newest[again] = point
    return [point for point in newest.values()
            if last[point.bench, point.kind, point.variant] ==
            (point.commit, point.mem, point.args)]


@dataclass(frozen=True)
class HotLine:
    """A row of the file of hottest lines, behind those of its point; figures
    are per operation."""
    rank: int
    object: str
    class_: str
    transfers: float
    cycles: float
    queue: float
    sharers: int
    taker: str
    holder: str


def in_order(variants: Iterable[str]) -> list[str]:
    """The order of the ladder, whatever the order of the measurements."""
    ladder = ["eager", "baseline", "scalable", "lazy"]

    def place(variant: str) -> int:
        if variant in ladder:
            return ladder.index(variant)
        return len(ladder) + is_linux(variant)

    return sorted(dict.fromkeys(variants), key=place)


def is_linux(variant: str) -> bool:
    return variant.startswith("linux")


class Stats:
    """All figures, by where and key, and the lists of what they are of."""

    def __init__(self, benches: list[Benchmark], csv: SweepFile) -> None:
        self.benches = benches
        self.said = csv.said
        good = list(csv.good())
        self.date = good[-1].date[:10] if good else ""
        self.commits = list(dict.fromkeys(point.commit for point in good))
        self._commit_of = {(p.bench, p.kind, p.variant): p.commit
                           for p in good}
        points = points_that_count(csv.points)
        self._figures = self._summaries(points)
        self.failed = Counter(
            (p.bench, p.kind, p.variant, p.harts) for p in points
            if p.status != "ok")
        timed = [p for p in points if not is_modelled(p.kind)]
        modelled = [p for p in points if is_modelled(p.kind)]
        self.variants = in_order(p.variant for p in timed)
        self.harts = sorted({p.harts for p in timed})
        self.crowded = {p.harts for p in timed if p.oversubscribed}
        self.profiles = list(dict.fromkeys(
            profile_of(p.kind) for p in modelled))
        self.model_variants = in_order(p.variant for p in modelled)
        self.model_harts = sorted({p.harts for p in modelled})
        self.hot: dict[Where, list[HotLine]] = {}

    def _summaries(self, points: list[Point]) \
            -> dict[Where, dict[str, Figure]]:
        named = {bench.name: bench for bench in self.benches}
        samples: dict[Where, dict[str, list[float]]] = {}
        for p in points:
            if p.status != "ok":
                continue
            at = samples.setdefault((p.bench, p.kind, p.variant, p.harts),
                                    defaultdict(list))
            for key, value in figures_of(p, named.get(p.bench)):
                at[key].append(value)
        return {where: {key: _summary(found) for key, found in keys.items()}
                for where, keys in samples.items()}

    @property
    def cores(self) -> int:
        return int(self.said.get("cores", "0"))

    def series(self, bench: str, kind: str) -> "Series":
        return Series(self, bench, kind)

    def keys(self, bench: str, kind: str) -> Iterator[str]:
        """All keys of a benchmark's points, without repeats."""
        return iter(dict.fromkeys(
            key for where, keys in self._figures.items()
            if where[:2] == (bench, kind) for key in keys))

    def at(self, where: Where) -> dict[str, Figure]:
        return self._figures.get(where, {})

    def read_hot(self, path: Path) -> None:
        """The lines of the last commit that a series was measured at."""
        for text in path.read_text().splitlines()[1:]:
            row = text.split(",")
            if len(row) != 15 or \
                    self._commit_of.get((row[1], row[2], row[3])) != row[0]:
                continue
            lines = self.hot.setdefault((row[1], row[2], row[3], int(row[4])),
                                        [])
            lines.append(HotLine(
                int(row[6]), row[7], row[8], float(row[9]), float(row[10]),
                float(row[11]), int(row[12]), row[13], row[14]))


class Series:
    """The figures of one benchmark in one kind."""

    def __init__(self, stats: Stats, bench: str, kind: str) -> None:
        self.stats, self.bench, self.kind = stats, bench, kind

    def figure(self, variant: str, harts: int, key: str) -> Optional[Figure]:
        return self.stats.at((self.bench, self.kind, variant, harts)).get(key)

    def median(self, variant: str, harts: int, key: str) -> Optional[float]:
        figure = self.figure(variant, harts, key)
        return figure.median if figure else None

    def rate(self, variant: str, harts: int) -> Optional[float]:
        return self.median(variant, harts, "rate")

    def linear(self, variant: str, harts: int) -> Optional[float]:
        """What part of linear growth from one hart the rate is."""
        one, here = self.rate(variant, 1), self.rate(variant, harts)
        return here / harts / one if here is not None and one else None

    def broken(self, variant: str, harts: int) -> float:
        """Breaks of the model's watchdog in any repeat: if any, its figures
        are not to be trusted."""
        breaks = self.figure(variant, harts, "model_breaks")
        return breaks.most if breaks else 0

    def over(self, variant: str, other: str, harts: int,
             key: str = "rate") -> Optional[float]:
        """The ratio of two variants' medians."""
        mine = self.median(variant, harts, key)
        theirs = self.median(other, harts, key)
        return mine / theirs if mine is not None and theirs else None

    def anywhere(self, key: str) -> bool:
        return key in self.stats.keys(self.bench, self.kind)

    # --- waiting, by lock class

    def classes(self) -> list[str]:
        """Lock classes whose waiting was measured."""
        keys = (re.match(r"lock\.([^./]+)\.wait_us/op$", key)
                for key in self.stats.keys(self.bench, self.kind))
        return [key[1] for key in keys if key]

    def wait(self, variant: str, harts: int, class_: str) -> float:
        """Microseconds per operation."""
        return self.median(variant, harts, wait_key(class_)) or 0

    def waits(self, variant: str, harts: int) -> dict[str, float]:
        return {class_: self.wait(variant, harts, class_)
                for class_ in self.classes()}

    def ranked_classes(self, most: int) -> list[str]:
        """Those waited for longest, in all variants and hart counts."""
        total = {class_: sum(self.wait(variant, harts, class_)
                             for variant in self.stats.variants
                             for harts in self.stats.harts)
                 for class_ in self.classes()}
        waited = [class_ for class_ in total if total[class_] > 0]
        return sorted(waited, key=lambda c: -total[c])[:most]


def wait_key(class_: str) -> str:
    return f"lock.{class_}.wait_us/op"

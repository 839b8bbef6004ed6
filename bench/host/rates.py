"""Parts of the report: rates against harts, contention, and where the waiting
is."""

from typing import Iterator, Optional, Sequence

from .points import Benchmark
from .stats import Series, Stats
from .words import (NOTHING, bullets, code, maybe, n_harts, num, table, times)

# A variant scales up to a number of harts if it has at least this much of the
# linear growth from its one-hart rate.
SCALES_FROM = 0.8


class Rates:
    """What can be said of one benchmark's rates, and of what it waits for."""

    def __init__(self, stats: Stats, bench: Benchmark) -> None:
        self.stats, self.bench = stats, bench
        self.time = stats.series(bench.name, "time")
        self.locks = stats.series(bench.name, "locks")

    def within_cores(self) -> list[int]:
        """Hart counts for which the host has cores, with a rate."""
        return [harts for harts in self.stats.harts
                if harts not in self.stats.crowded and any(
                    self.time.rate(v, harts) is not None
                    for v in self.stats.variants)]

    def stops_at(self, variant: str) -> Optional[int]:
        """The first hart count at which it falls short of linear; 0 if none
        does, None if nothing can be said."""
        known = [(harts, part) for harts in self.within_cores() if harts > 1
                 for part in [self.time.linear(variant, harts)]
                 if part is not None]
        if not known:
            return None
        return next((harts for harts, part in known if part < SCALES_FROM), 0)

    def growth(self, variant: str, harts: int) -> str:
        linear = self.time.linear(variant, harts) or 0
        return f"{times(linear * harts)} times its one-hart rate, " \
            f"{100 * linear:.0f} % of linear"

    def against_baseline(self, variant: str, harts: int) -> str:
        ratio = self.time.over(variant, "baseline", harts)
        if variant == "baseline" or ratio is None:
            return ""
        return f" ({times(ratio)} × baseline)"

    def why(self, variant: str, harts: int) -> str:
        """Where it waits, if lock statistics of that benchmark exist."""
        if self.locks.figure(variant, harts, "operations") is None:
            return ""
        waits = self.locks.waits(variant, harts)
        total = sum(waits.values())
        if total <= 0:
            return " No waiting for locks was seen there."
        return f" It waits {num(total)} µs for locks per {self.bench.one}, " \
            f"{top_class(waits)}."

    def verdict(self, variant: str, to: str) -> Optional[str]:
        """Does it scale?  to: what is added to "scales to N harts"."""
        stop = self.stops_at(variant)
        most = max(self.within_cores(), default=0)
        if stop:
            return f"{code(variant)} stops scaling at {n_harts(stop)}: " \
                f"{self.growth(variant, stop)}.{self.why(variant, stop)}"
        if stop is None or self.time.rate(variant, most) is None:
            return None
        return f"{code(variant)} scales to {to % n_harts(most)}: " \
            f"{self.growth(variant, most)}."


def top_class(waits: dict[str, float]) -> str:
    best = max(waits, key=lambda class_: waits[class_])
    return f"{100 * waits[best] / sum(waits.values()):.0f} % of it for the " \
        f"lock class {code(best)}"


def in_short(stats: Stats, bench: Benchmark) -> list[str]:
    """The first things to say, of parfork."""
    rates = Rates(stats, bench)
    most = max(rates.within_cores(), default=0)
    if not most:
        return []
    lines = [f"With {n_harts(most)}, {code(v)} does {num(rate)} {bench.unit} "
             f"per second{rates.against_baseline(v, most)}."
             for v in stats.variants
             for rate in [rates.time.rate(v, most)] if rate is not None]
    verdict = rates.verdict("baseline", "the %s that this host has cores for")
    if verdict and rates.stops_at("baseline") == 0:
        verdict += rates.why("baseline", most)
    return lines + [verdict or
                    "Whether `baseline` scales was not measured."]


def rates_section(stats: Stats, bench: Benchmark,
                  picture: Sequence[str]) -> Iterator[str]:
    rates = Rates(stats, bench)
    if all(rates.time.rate(v, h) is None for v in stats.variants
           for h in stats.harts):
        if bench.operations != "-":
            yield f"{bench.name} was not measured."
        return
    yield f"### {bench.name}: {bench.unit} per second"
    yield from picture
    if bench.name == "parwrite":
        yield "A write is one by a child to a page that it shares. In " \
            "`eager`, fork has made all copies before, which this rate " \
            "leaves out."

    def cell(variant: str, harts: int) -> str:
        rate = rates.time.rate(variant, harts)
        return NOTHING if rate is None else \
            num(rate) + rates.against_baseline(variant, harts)

    yield from table(
        [f"{bench.unit} per second", *map(code, stats.variants)],
        [[n_harts(h), *(cell(v, h) for v in stats.variants)]
         for h in stats.harts if h not in stats.crowded])
    verdicts = (rates.verdict(v, "%s") for v in stats.variants)
    yield from bullets(filter(None, verdicts))


# --- contention

def starred(stats: Stats, harts: int) -> str:
    return f"{harts} *" if harts in stats.crowded else str(harts)


def contention_section(stats: Stats, bench: Benchmark,
                       picture: Sequence[str]) -> Iterator[str]:
    series = stats.series(bench.name, "time")
    known = {v: [h for h in stats.harts
                 if series.figure(v, h, "contended/op")]
             for v in stats.variants}
    variants = [v for v in stats.variants if known[v]]
    yield f"## Contention per {bench.one}"
    if not variants:
        yield f"No contention was recorded for {bench.name}."
        return
    yield from picture
    yield "Contended acquisitions of the memory manager's locks, and spins " \
        f"on them, per {bench.one} of {bench.name}. This says something for " \
        "any number of harts; * marks more harts than host cores."

    def cell(v: str, harts: int) -> str:
        if harts not in known[v]:
            return NOTHING
        return f"{maybe(series.median(v, harts, 'contended/op'))}, " \
            f"{maybe(series.median(v, harts, 'spins/op'))}"

    yield from table(
        ["harts", *(f"{code(v)}: contended, spins" for v in variants)],
        [[starred(stats, h), *(cell(v, h) for v in variants)]
         for h in stats.harts])
    yield from bullets(
        f"With {n_harts(most)}, {code(v)} finds a lock of the memory manager "
        f"taken {maybe(series.median(v, most, 'contended/op'))} times per "
        f"{bench.one}." for v in variants for most in [known[v][-1]])


# --- waiting

def waiting_section(stats: Stats, bench: Benchmark,
                    picture: Sequence[str]) -> Iterator[str]:
    series = stats.series(bench.name, "locks")
    lines = list(_waiting_lines(stats, series, bench))
    if lines:
        yield f"### {bench.name}"
        yield from picture
        yield from bullets(lines)


def _waiting_lines(stats: Stats, series: Series,
                   bench: Benchmark) -> Iterator[str]:
    for variant in stats.variants:
        known = [h for h in stats.harts
                 if series.figure(variant, h, "operations")]
        if not known:
            continue
        waits = series.waits(variant, known[-1])
        total = sum(waits.values())
        crowded = known[-1] in stats.crowded
        yield f"{code(variant)} with {n_harts(known[-1])}" \
            f"{' (more than host cores)' if crowded else ''}: {num(total)} " \
            f"µs waited per {bench.one}" \
            f"{', ' + top_class(waits) if total > 0 else ''}."

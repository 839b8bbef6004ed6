"""Parts of the report: what the coherence model says.  All of it says of which
machine it is; no table mixes it with host time but the one that compares the
two, which says so.
"""

from collections import defaultdict
from typing import Iterator, Optional, Sequence

from .costs import BESIDE_OTHERS
from .plots import TARGETS, costs_of
from .points import Benchmark
from .stats import HotLine, Series, Stats
from .words import (NOTHING, bullets, code, count, join, maybe, n_harts, num,
                    percent, table, times)

# Where an efficiency is called the end of scaling.
STOPS_BELOW = 0.5

_HOT_LINES = 8  # shown of a point

Pictures = dict[str, list[str]]


def profile_word(profile: str) -> str:
    return f"profile {code(profile)}"


class Modelled:
    """One benchmark on one profile's machine."""

    def __init__(self, stats: Stats, bench: Benchmark, profile: str) -> None:
        self.stats, self.bench, self.profile = stats, bench, profile
        self.series = stats.series(bench.name, "model-" + profile)

    def counts(self, variant: str) -> list[int]:
        """Hart counts with a rate."""
        return [harts for harts in self.stats.model_harts
                if self.series.rate(variant, harts) is not None]

    def there(self) -> bool:
        return any(map(self.counts, self.stats.model_variants))

    def warning(self, variant: str, harts: int) -> str:
        """Where the figures are not to be trusted."""
        return " !" if self.series.broken(variant, harts) else ""

    def efficiency(self, variant: str, harts: int) -> Optional[str]:
        part = self.series.linear(variant, harts)
        return None if part is None else percent(100 * part)

    def ahead(self, harts: int) -> Optional[float]:
        return self.series.over("scalable", "baseline", harts)

    # --- efficiency

    def efficiency_table(self) -> list[str]:
        variants = self.stats.model_variants
        head = ["harts", *(f"{code(v)}: rate, efficiency" for v in variants),
                "`scalable` over `baseline`", "target for `scalable`"]
        rows = []
        for harts in self.stats.model_harts:
            ahead = self.ahead(harts)
            rows.append([str(harts), *(self.cell(v, harts) for v in variants),
                         NOTHING if ahead is None else times(ahead),
                         self.verdict(harts)])
        return table(head, rows)

    def cell(self, variant: str, harts: int) -> str:
        rate = self.series.rate(variant, harts)
        if rate is None:
            return NOTHING
        efficiency = self.efficiency(variant, harts)
        return num(rate) + (f", {efficiency}" if efficiency else "") + \
            self.warning(variant, harts)

    def verdict(self, harts: int) -> str:
        target = TARGETS.get((self.bench.name, harts))
        if target is None:
            return NOTHING
        part = self.series.linear("scalable", harts)
        return f"{target} %" + ("" if part is None else ", met"
                                if 100 * part >= target else ", missed")

    # --- where it stops

    def stop_sentence(self, variant: str) -> Optional[str]:
        known = [harts for harts in self.counts(variant)
                 if harts > 1 and self.efficiency(variant, harts)]
        if not known:
            return None
        stop = next((harts for harts in known if
                     (self.series.linear(variant, harts) or 0) < STOPS_BELOW),
                    None)
        verb = f"stops at {n_harts(stop)}" if stop else \
            f"does not stop up to {n_harts(known[-1])}"
        at = stop or known[-1]
        return f"{code(variant)} {verb}: efficiency " \
            f"{self.efficiency(variant, at)}{self.warning(variant, at)}." \
            f"{self.lost_to(variant, at)}"

    def lost_to(self, variant: str, harts: int) -> str:
        """Where the cycles go, and the line that costs most."""
        cost = costs_of(self.series, variant, harts)
        total = sum(cost.values())
        if not total:
            return ""
        moved = cost["transfer"] + cost["queue"]
        return f" Of all cycles there, {percent(100 * cost['spin'] / total)}" \
            f" are spent spinning and {percent(100 * moved / total)} on " \
            "lines that other harts have" \
            f"{self.hottest_class(variant, harts, total)}."

    def hottest_class(self, variant: str, harts: int, total: float) -> str:
        cycles: dict[str, list[float]] = defaultdict(list)
        for line in self.hot(variant, harts):
            cycles[line.class_].append(line.cycles)
        if not cycles:
            return ""
        best = max(cycles, key=lambda class_: sum(cycles[class_]))
        several = f"on {len(cycles[best])} of the hottest lines alone " \
            if len(cycles[best]) > 1 else ""
        return f"; the hottest is {code(best)}, {several}" \
            f"{percent(100 * sum(cycles[best]) / total)} of all cycles"

    def hot(self, variant: str, harts: int) -> list[HotLine]:
        return self.stats.hot.get((self.bench.name, self.series.kind, variant,
                                   harts), [])

    def ahead_sentence(self) -> Optional[str]:
        found = [f"{times(ahead)} times at {n_harts(harts)}"
                 for harts in (8, 16, 32, 64)
                 for ahead in [self.ahead(harts)] if ahead is not None]
        return f"`scalable` is ahead of `baseline` by {join(found)}." \
            if found else None

    def spread_sentence(self) -> Optional[str]:
        spreads = {}
        for variant in self.stats.model_variants:
            for harts in self.counts(variant):
                rate = self.series.figure(variant, harts, "rate")
                if rate and rate.n > 1:
                    where = f"{code(variant)} at {n_harts(harts)}, " \
                        f"{rate.n} times"
                    spreads[where] = (rate.most - rate.least) / rate.median
        if not spreads:
            return None
        worst = max(spreads.values())
        where = [w for w in spreads if spreads[w] == worst][-1]
        return f"Repeated points differ by at most {100 * worst:.2f} % from " \
            f"the least to the most ({where})."

    # --- the hottest lines

    def hot_table(self, variant: str) -> Iterator[str]:
        harts = max(self.counts(variant), default=0)
        rows = [[code(_plain(line.object)), num(line.transfers),
                 num(line.cycles), num(line.queue), str(line.sharers),
                 f"{code(line.taker)} after {code(line.holder)}"]
                for line in self.hot(variant, harts)[:_HOT_LINES]]
        if not rows:
            return
        yield f"Hottest lines of {code(variant)} with {n_harts(harts)}" \
            f"{self.warning(variant, harts)}, per {self.bench.one}:"
        yield from table(["line", "transfers", "cycles", "of these queueing",
                          "harts", "who takes it, after whom"], rows)

    def section(self, pictures: Pictures) -> Iterator[str]:
        variants = self.stats.model_variants

        def picture(name: str) -> list[str]:
            return pictures.get(
                f"model-{self.profile}-{name}-{self.bench.name}", [])

        yield f"### {self.bench.name}: {self.bench.unit} per second at " \
            f"1 GHz, modelled ({profile_word(self.profile)})"
        yield from picture("speedup") + picture("efficiency")
        yield from self.efficiency_table()
        sentences = [*map(self.stop_sentence, variants),
                     self.ahead_sentence(), self.spread_sentence()]
        yield from bullets(filter(None, sentences))
        yield from picture("cycles")
        for variant in variants:
            yield from self.hot_table(variant)


def _plain(text: str) -> str:
    return text.replace(";", ",").replace("|", " ").replace("`", " ")


# --- sections

def in_short(stats: Stats, bench: Benchmark) -> Iterator[str]:
    """For the report's beginning."""
    for profile in stats.profiles:
        modelled = Modelled(stats, bench, profile)
        most = max(modelled.counts("scalable"), default=0)
        efficiency = modelled.efficiency("scalable", most)
        if most < 2 or not efficiency:
            continue
        ahead = modelled.ahead(most)
        yield f"Modelled ({profile_word(profile)}), `scalable` has " \
            f"{efficiency} of linear growth at {n_harts(most)}" \
            f"{modelled.warning('scalable', most)}" \
            f"{'' if ahead is None else f', {times(ahead)} × baseline'}."


def section(stats: Stats, parfork: Benchmark, pictures: Pictures) \
        -> Iterator[str]:
    yield "## Modelled scaling"
    if not stats.profiles:
        yield "Nothing was modelled (`make sweep MODEL=1`)."
        return
    yield "These figures are not of the host's clock: the coherence model " \
        "of `bench/model` counts the cycles that harts of the machine in a " \
        "profile would take, each on a core of its own, so they go on " \
        "beyond the host's cores. Efficiency is the rate at N harts over N " \
        "times that at one."
    all_of_it = [Modelled(stats, bench, profile)
                 for profile in stats.profiles for bench in stats.benches]
    for modelled in all_of_it:
        if modelled.there():
            yield from modelled.section(pictures)
    for profile in stats.profiles:
        yield from _events(stats, profile)
    for profile in stats.profiles:
        yield from _beside_the_clock(Modelled(stats, parfork, profile))
    yield "### What is modelled and what is not"
    yield from bullets(_LIMITS)
    yield from _breaks(all_of_it)


def _events(stats: Stats, profile: str) -> Iterator[str]:
    """forklat's quantities, in cycles."""
    series = stats.series("forklat", "model-" + profile)
    rows = []
    for harts in stats.model_harts:
        for key, name in BESIDE_OTHERS.items():
            cells = [maybe(series.median(v, harts, f"{key}_cycles"))
                     for v in stats.model_variants]
            if any(cell != NOTHING for cell in cells):
                rows.append([f"{name}, {n_harts(harts)}", *cells])
    if rows:
        yield "### Single events in cycles, modelled " \
            f"({profile_word(profile)})"
        yield from table(["what", *map(code, stats.model_variants)], rows)


# --- beside the clock

def _two_over_one(series: Series, variant: str) -> Optional[float]:
    part = series.linear(variant, 2)
    return part * 2 if part else None


def _beside_the_clock(modelled: Modelled) -> Iterator[str]:
    """parfork with 2 harts over 1, in the model and by the clock."""
    stats = modelled.stats
    clock = stats.series(modelled.bench.name, "time")
    yield f"### The model beside the clock ({profile_word(modelled.profile)})"
    rows = []
    for v in stats.model_variants:
        model = _two_over_one(modelled.series, v)
        timed = None if 2 in stats.crowded else _two_over_one(clock, v)
        if model and timed:
            rows.append([code(v), times(model) + modelled.warning(v, 2),
                         times(timed), f"{100 * (model / timed - 1):+.0f} %"])
    if not rows:
        yield "parfork was not both modelled and timed with 1 and 2 harts, " \
            "on a host with 2 cores: whether model and clock agree is unknown."
        return
    yield "parfork's rate with 2 harts over that with 1: modelled, and by " \
        "the host's clock."
    yield from table(["variant", "modelled", "by the clock",
                      "modelled against clock"], rows)
    rankings = (_ranking(modelled.series, clock, harts) for harts in (1, 2))
    yield from bullets([*filter(None, rankings),
                        "The clock is that of harts which QEMU translates: "
                        "its instructions have very different costs, and "
                        "locks and TLB flushes are the host's. A ratio is "
                        "compared here, not a time."])


def _ranking(model: Series, clock: Series, harts: int) -> Optional[str]:
    """Variants that were both modelled and timed, fastest first."""
    both = [v for v in model.stats.model_variants
            if model.rate(v, harts) is not None
            and clock.rate(v, harts) is not None]
    if len(both) < 2:
        return None
    m, c = (", ".join(map(code, sorted(
        both, key=lambda v: -(series.rate(v, harts) or 0))))
        for series in (model, clock))
    verdict = f"model and clock agree: {m}" if m == c else \
        f"they disagree: modelled {m}; by the clock {c}"
    return f"With {n_harts(harts)}, fastest first, {verdict}."


# --- what it is worth

_LIMITS = (
    "Modelled: one cycle for an instruction; a directory of 64-byte lines, "
    "whose costs (from memory, from another hart, from another cluster) are "
    "the profile's; a line passes one hart at a time, and others queue for "
    "it; atomics, spinning, interrupts between harts, device accesses, sleep "
    "in WFI.",
    "Not modelled: out-of-order execution, which hides some of these waits; "
    "limits of bandwidth, other than one line at a time; the size of caches, "
    "so that a line once read stays until another hart writes it; fetching "
    "of instructions; the TLB, its misses and page walks.",
    "Timers and the disk keep the host's time.",
    "Lines that harts merely read together cost nothing once everyone has "
    "them.",
)


def _breaks(all_of_it: Sequence[Modelled]) -> Iterator[str]:
    yield "### Breaks"
    lines = [f"{m.bench.name}, {code(v)}, {n_harts(h)}, "
             f"{profile_word(m.profile)}: {count(breaks, 'break')}"
             for m in all_of_it for v in m.stats.model_variants
             for h in m.stats.model_harts
             for breaks in [m.series.broken(v, h)] if breaks]
    yield from bullets(lines)
    yield "Harts ran out of order there: these figures, marked with ! " \
        "above, are not to be trusted." if lines else \
        "No region had any: harts always ran in the order of their clocks."

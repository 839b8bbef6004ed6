"""The table at the end of a sweep: for each benchmark that has a rate, hart
count and variant the median rate, and of the memory manager's locks the
contended acquisitions and spins per operation; then the ratio of the last
variant's rate to that of baseline, or else of the first.  Then the same of
what was modelled, in tables of its own: rates at 1 GHz, what part of linear
growth from one hart that is, and cycles of all harts per operation.
"""

from typing import Iterator, Optional, Sequence

from .points import Benchmark, is_modelled, profile_of
from .stats import Series, Stats
from .words import NOTHING


def _figure(form: str, value: Optional[float]) -> str:
    return NOTHING if value is None else format(value, form)


def _share(x: Optional[float]) -> str:
    if not x:
        return NOTHING
    return f"{100 * x:.1f}%" if x >= 0.01 else f"{100 * x:.2g}%"


def _base(variants: Sequence[str]) -> str:
    return "baseline" if "baseline" in variants[:-1] else variants[0]


class _Table:
    """One benchmark in one kind."""

    def __init__(self, series: Series, variants: Sequence[str]) -> None:
        self.series, self.variants = series, variants

    def line(self, first: str, cells: Iterator[str], last: str) -> str:
        text = [f"{first:<12}", *cells]
        if len(self.variants) > 1:
            text.append(last)
        return " | ".join(text)

    def head(self, first: str, second: str, columns: str) -> Iterator[str]:
        yield ""
        yield self.line(first, (f"{v:<31}" for v in self.variants),
                        self.variants[-1])
        yield self.line(second, (columns for _ in self.variants),
                        "over " + _base(self.variants))

    def row(self, harts: int) -> str:
        ratio = self.series.over(self.variants[-1], _base(self.variants),
                                 harts)
        cell = self.modelled if is_modelled(self.series.kind) else self.timed
        crowded = harts in self.series.stats.crowded and \
            not is_modelled(self.series.kind)
        return self.line(f"{harts}{' *' if crowded else ''}",
                         (cell(v, harts) for v in self.variants),
                         f"{_figure('.2f', ratio or None):>6}")

    def timed(self, v: str, harts: int) -> str:
        get = self.series.median
        return f"{_figure('.1f', get(v, harts, 'rate')):>11} " \
            f"{_figure('.4f', get(v, harts, 'contended/op')):>9} " \
            f"{_figure('.2f', get(v, harts, 'spins/op')):>9}"

    def modelled(self, v: str, harts: int) -> str:
        rate = self.series.rate(v, harts) or None
        mark = "!" if self.series.broken(v, harts) else ""
        cycles = harts * 1e9 / rate if rate else None
        return f"{_figure('.0f', rate) + mark:>12} " \
            f"{_share(self.series.linear(v, harts)):>8} " \
            f"{_figure('.0f', cycles):>9}"


def _tables(stats: Stats, bench: Benchmark, kind: str,
            variants: Sequence[str]) -> Iterator[str]:
    table = _Table(stats.series(bench.name, kind), variants)
    rows = [harts for harts in sorted({*stats.harts, *stats.model_harts})
            if any(table.series.rate(v, harts) for v in variants)]
    if not rows:
        return
    if is_modelled(kind):
        yield ""
        yield f"{bench.name}, modelled (profile {profile_of(kind)}), rates " \
            "at 1 GHz"
        yield from list(table.head(
            "harts", "", f"{'per second':>12} {'linear':>8} "
            f"{'cycles/op':>9}"))[1:]
    else:
        yield from table.head(
            bench.name, "harts", f"{bench.rate[:11]:>11} {'contended':>9} "
            f"{'spins':>9}")
    yield from (table.row(harts) for harts in rows)


def _failures(stats: Stats) -> Iterator[str]:
    for (bench, kind, variant, harts), n in stats.failed.items():
        what = " (locks)" if kind == "locks" else \
            f" (modelled, {profile_of(kind)})" if is_modelled(kind) else ""
        yield f"failed or hung: {bench}{what}: {variant}, {harts} harts, " \
            f"{n} times"


def lines(stats: Stats, variants: Sequence[str] = ()) -> Iterator[str]:
    """variants: which, in this order; by default those there are."""
    timed = [line for bench in stats.benches if stats.variants
             for line in _tables(stats, bench, "time",
                                 variants or stats.variants)]
    yield from timed
    if timed:
        yield ""
        yield "contended, spins: of the memory manager's locks, per " \
            "operation; medians"
    if stats.crowded and timed:
        yield "* oversubscribed, more harts than the host has cores: here " \
            "the rate says nothing about scaling, contention does"
    modelled = [line for profile in stats.profiles for bench in stats.benches
                for line in _tables(stats, bench, "model-" + profile,
                                    variants or stats.model_variants)]
    yield from modelled
    if any("!" in line for line in modelled):
        yield ""
        yield "! breaks of the model's watchdog: not to be trusted"
    yield from _failures(stats)

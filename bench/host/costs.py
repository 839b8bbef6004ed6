"""Parts of the report: latencies and costs, locks, booting, and all of it
beside Linux."""

from typing import Iterator, Optional, Sequence

from .plots import PANELS, fork_sizes
from .rates import starred
from .stats import Series, Stats, is_linux
from .words import (NOTHING, bullets, code, maybe, n_harts, num, table, times)

EVENTS = {
    "null_ns": "null system call",
    "touch_ns": "touch of a mapped page",
    "zero_fill_ns": "zero-fill fault",
    "cow_upgrade_ns": "upgrading fault",
    "cow_copy_ns": "copying fault",
    "wandered_cow_copy_ns": "copying fault after running on every hart",
    "pipe1_ns": "pipe round trip on one hart",
    "pipe2_ns": "pipe round trip across two",
}
# Not a call of the kernel: of no interest beside another one's.
BESIDE_OTHERS = {key: name for key, name in EVENTS.items()
                 if key != "touch_ns"}

_PANEL_NAMES = dict(zip(PANELS, ("fork() alone", "fork, exit, wait",
                                 "fork, exec, wait")))


def cost_row(series: Series, label: str, harts: int, key: str,
             scale: float) -> list[list[str]]:
    """The value in each variant and its ratio to baseline's; no row if none
    has one."""
    cells = [label]
    for variant in series.stats.variants:
        value = series.median(variant, harts, key)
        ratio = series.over(variant, "baseline", harts, key)
        known = ratio is not None and variant != "baseline"
        cells.append(maybe(value, scale) +
                     (f" ({times(ratio or 0)})" if known else ""))
    return [cells] if any(cell != NOTHING for cell in cells[1:]) else []


def forklat_harts(stats: Stats) -> list[int]:
    series = stats.series("forklat", "time")
    return [h for h in stats.harts if h not in stats.crowded and any(
        series.figure(v, h, "null_ns") for v in stats.variants)]


def latency_section(stats: Stats, pictures: dict[str, list[str]]) \
        -> Iterator[str]:
    yield "## Latency of fork"
    sizes = fork_sizes(stats)
    counts = forklat_harts(stats) if sizes else []
    if not counts:
        yield "forklat was not measured."
    series = stats.series("forklat", "time")
    for harts in counts:
        yield from pictures.get(f"latency-{harts}", [])
        yield "Microseconds by MiB written before, " \
            f"{n_harts(harts)}; in brackets the ratio to `baseline`."
        rows = [row for panel, name in _PANEL_NAMES.items() for size in sizes
                for row in cost_row(series, f"{name}, {size}", harts,
                                    f"{panel}_us_{size}", 1)]
        yield from table(["what, MiB", *map(code, stats.variants)], rows)
        sentences = (_growth(series, v, harts, sizes) for v in stats.variants)
        yield from bullets(filter(None, sentences))


def _growth(series: Series, variant: str, harts: int,
            sizes: Sequence[int]) -> Optional[str]:
    """How fork() itself grows with memory, between the ends of what was
    measured."""
    known = [(size, value) for size in sizes for value in
             [series.median(variant, harts, f"fork_us_{size}")]
             if value is not None]
    if len(known) < 2 or known[0][1] <= 0:
        return None
    (first, a), (last, b) = known[0], known[-1]
    per_page = (b - a) * 1000 / (last - first) / 256
    return f"{code(variant)}: fork() of {last} MiB takes {times(b / a)} " \
        f"times as long as of {first} MiB, {num(per_page)} ns for each " \
        "further page."


def costs_section(stats: Stats, pictures: dict[str, list[str]]) \
        -> Iterator[str]:
    yield "## Costs of single events"
    counts = forklat_harts(stats)
    if not counts:
        yield "forklat was not measured."
    series = stats.series("forklat", "time")
    for harts in counts:
        yield from pictures.get(f"costs-{harts}", [])
        yield f"Microseconds, {n_harts(harts)}; in brackets the ratio to " \
            "`baseline`. In `eager` nothing is shared, so its copying and " \
            "upgrading \"faults\" are plain writes; in `baseline` an " \
            "upgrading fault copies."
        yield from table(
            ["what", *map(code, stats.variants)],
            [row for key, name in EVENTS.items()
             for row in cost_row(series, name, harts, key, 0.001)])
        ranges = (_range(series, v, harts) for v in stats.variants)
        yield from bullets(filter(None, ranges))


def _range(series: Series, variant: str, harts: int) -> Optional[str]:
    """What is dearest and cheapest against baseline."""
    ratios = {name: ratio for key, name in EVENTS.items() for ratio in
              [series.over(variant, "baseline", harts, key)]
              if ratio is not None}
    if variant == "baseline" or not ratios:
        return None
    low = min(ratios, key=lambda name: ratios[name])
    high = max(ratios, key=lambda name: ratios[name])
    return f"{code(variant)} against `baseline`: from " \
        f"{times(ratios[low])} times ({low}) to {times(ratios[high])} times " \
        f"({high})."


def locks_section(stats: Stats) -> Iterator[str]:
    yield "## Kinds of locks"
    series = stats.series("lockbench", "time")
    counts = [h for h in stats.harts
              if series.figure("scalable", h, "spin_per_s")]
    if not counts:
        yield "lockbench was not measured."
        return
    yield "All harts want one lock: acquisitions per second, and the " \
        "slowest worker's share of the fastest's in permille. With more " \
        "harts than host cores (*), a lock that queues waits for harts that " \
        "the host does not run."

    def cell(lock: str, harts: int) -> str:
        rate = series.median("scalable", harts, f"{lock}_per_s")
        fair = series.median("scalable", harts, f"{lock}_fair_permille")
        return NOTHING if rate is None else f"{num(rate)}, {maybe(fair)}"

    locks = ["spin", "ticket", "mcs", "sleep"]
    yield from table(["harts", *locks],
                     [[starred(stats, h), *(cell(lock, h) for lock in locks)]
                      for h in counts])


def boot_section(stats: Stats) -> Iterator[str]:
    yield "## Boot, run, power off"
    rows = [row for h in stats.harts
            for row in cost_row(stats.series("boot", "boot"),
                                starred(stats, h), h, "median_s", 1000)]
    if not rows:
        yield "Booting was not measured."
        return
    yield "Milliseconds that the host sees, QEMU's start and end included; " \
        "in brackets the ratio to `baseline`."
    yield from table(["harts", *map(code, stats.variants)], rows)


# --- Linux

class _Linux:
    """Rows of the same on Linux, with others' value over its own."""

    def __init__(self, stats: Stats, linux: str) -> None:
        self.stats, self.linux = stats, linux
        self.others = [v for v in stats.variants if not is_linux(v)]

    def row(self, label: str, series: Series, harts: int, key: str,
            scale: float = 1) -> Iterator[list[str]]:
        theirs = series.median(self.linux, harts, key)
        if not theirs:
            return
        cells = [f"{label}, {n_harts(harts)}", num(theirs * scale)]
        for variant in self.others:
            own = series.median(variant, harts, key)
            cells.append(NOTHING if own is None else
                         f"{num(own * scale)} ({times(own / theirs)})")
        yield cells

    def rows(self) -> Iterator[list[str]]:
        counts = [h for h in self.stats.harts if h not in self.stats.crowded]
        for bench in self.stats.benches:
            for harts in counts:
                yield from self.row(
                    f"{bench.name}, {bench.unit} per second",
                    self.stats.series(bench.name, "time"), harts, "rate")
        forklat = self.stats.series("forklat", "time")
        for harts in counts:
            for key, name in BESIDE_OTHERS.items():
                yield from self.row(f"{name}, µs", forklat, harts, key, 0.001)
            for size in fork_sizes(self.stats):
                for panel in ("fork", "forkwait"):
                    yield from self.row(
                        f"{_PANEL_NAMES[panel]} at {size} MiB, µs", forklat,
                        harts, f"{panel}_us_{size}")


def linux_section(stats: Stats, linux: str) -> Iterator[str]:
    beside = _Linux(stats, linux)
    yield f"## Beside {linux}"
    yield "The same benchmarks on Linux in the same QEMU, without a C " \
        "library and with 4 KiB pages. In brackets the variant's value over " \
        "Linux's: rates want to be above 1, times below."
    yield from table(["what", code(linux), *map(code, beside.others)],
                     list(beside.rows()))

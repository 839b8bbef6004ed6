"""Draws the plots of a sweep as SVG: for each its data, in files for gnuplot,
and settings for one of the scripts bench/*.gp, whose heads say what they want.
What there are no data for is not drawn, nor what is zero everywhere.
"""

import math
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Iterator, Optional, Sequence, Union

from .points import Benchmark
from .raw import COSTS
from .shell import Failure
from .stats import Figure, Series, Stats, wait_key
from .words import n_harts

SCRIPTS = Path(__file__).parent.parent

# Of forklat's times: in plots the keys of panels and of bars.
PANELS = ("fork", "forkwait", "forkexec")
EVENTS = {
    "null_ns": r"null\nsystem call",
    "touch_ns": r"touch of a\nmapped page",
    "zero_fill_ns": r"zero-fill\nfault",
    "cow_upgrade_ns": r"upgrading\nfault",
    "cow_copy_ns": r"copying\nfault",
    "wandered_cow_copy_ns": r"copying fault\nafter wandering",
}

# Below this percentage of all cycles nothing of a kind can be seen.
_VISIBLE = 0.05
_COST_LOOKS = dict(zip(COSTS, (
    ("instructions", "#BBBBBB"), ("misses", "#F0E442"),
    ("transfers", "#0072B2"), ("queueing", "#D55E00"),
    ("spinning", "#CC79A7"), ("devices", "#009E73"), ("idle", "#E69F00"),
    ("wait at the end", "#56B4E9"))))

# The efficiency that scalable is meant to have, in percent.
TARGETS = {("parfork", 8): 95, ("parfork", 32): 90, ("parfork", 64): 85,
           ("pagefault", 8): 95, ("pagefault", 32): 90, ("pagefault", 64): 85,
           ("forkexec", 16): 80}

# Files of a plot of something modelled over harts.
_OVER_HARTS = ("all", "good", "broken")

Setting = Union[str, float]


@dataclass
class Plot:
    """Data files by name, and what the script is told.  variants are those of
    the legend; each has a file KIND-VARIANT of each kind, if only an empty
    one.  alt is for those who do not see it."""
    name: str
    alt: str
    script: str
    subject: str
    machine: str
    kinds: Sequence[str]
    settings: dict[str, Setting] = field(default_factory=dict)
    variants: list[str] = field(default_factory=list)
    data: dict[str, list[str]] = field(default_factory=dict)

    def add(self, file: str, *numbers: Setting) -> None:
        self.data.setdefault(file, []).append(" ".join(map(_text, numbers)))

    def legend(self, variant: str) -> None:
        if variant not in self.variants:
            self.variants.append(variant)

    def say(self, **settings: Setting) -> "Plot":
        self.settings.update(settings)
        return self


def _text(x: Setting) -> str:
    return x if isinstance(x, str) else f"{x:.9g}"


def _spread(figure: Figure, scale: float = 1) -> tuple[float, float, float]:
    return (figure.median * scale, figure.least * scale, figure.most * scale)


def _list(numbers: Sequence[int]) -> str:
    return ",".join(map(str, numbers))


class Plots:
    """All plots of a sweep."""

    def __init__(self, stats: Stats) -> None:
        self.stats = stats
        commit = stats.said.get("commit", "")
        if "+" in commit:
            commit = commit.split("+")[0] + "+"  # changes, whichever
        qemu = stats.said.get("qemu", "").split("version ")[-1].split(" ")[0]
        self.software = f"QEMU {qemu}; commit {commit}; {stats.date}"
        self.machine = f"{stats.said.get('cpu', '')}, {stats.cores} " \
            f"core{'' if stats.cores == 1 else 's'}; {self.software}"

    def all(self) -> Iterator[Plot]:
        stats = self.stats
        found: list[Optional[Plot]] = []
        found += map(self.rate, stats.benches)
        found += [self.contention(bench) for bench in stats.benches
                  if bench.name == "parfork"]
        found += map(self.waiting, stats.benches)
        for profile in stats.profiles:
            for bench in stats.benches:
                found += [self.speedup(bench, profile),
                          self.efficiency(bench, profile),
                          self.cycles(bench, profile)]
        for harts in stats.harts:
            if harts not in stats.crowded:
                found += [self.latency(harts), self.costs(harts)]
        return (plot for plot in found if plot)

    def timed(self, name: str, alt: str, script: str, subject: str,
              kinds: Sequence[str], also: str = "",
              shape: str = "points") -> Plot:
        return Plot(name, alt, script, subject, self.machine, kinds,
                    {"shape": shape, "also": also, "cores": self.stats.cores})

    def points(self, series: Series, key: str) \
            -> Iterator[tuple[str, int, Figure]]:
        """What there is of a key: variant, harts, figure."""
        for variant in self.stats.variants:
            for harts in self.stats.harts:
                figure = series.figure(variant, harts, key)
                if figure:
                    yield variant, harts, figure

    def fill(self, harts: int) -> str:
        return "hollow" if harts in self.stats.crowded else "solid"

    # --- rates and contention against harts

    def rate(self, bench: Benchmark) -> Optional[Plot]:
        stats, series = self.stats, self.stats.series(bench.name, "time")
        plot = self.timed(
            f"rate-{bench.name}", f"{bench.name}: rate against harts",
            "rate.gp", f"{bench.name}: {bench.unit} per "
            "second as harts are added", ("solid", "hollow"), "dashed: linear")
        found = list(self.points(series, "rate"))
        if not found:
            return None
        for variant, harts, figure in found:
            plot.legend(variant)
            plot.add(f"{self.fill(harts)}-{variant}", harts, *_spread(figure))
        most = max(harts for _, harts, _ in found)
        one = {v: series.rate(v, 1) or 0 for v in plot.variants}
        top = max(figure.most for _, _, figure in found)
        top = max(top, max(one.values()) * min(most, stats.cores))
        return plot.say(
            unit=f"{bench.unit} per second", harts_tics=_list(stats.harts),
            most=most, low=min(figure.least for _, _, figure in found),
            top=top, ones=" ".join(f"{x:.9g}" if x else "NaN"
                                   for x in one.values()))

    def contention(self, bench: Benchmark) -> Optional[Plot]:
        stats, series = self.stats, self.stats.series(bench.name, "time")
        plot = self.timed(
            f"contention-{bench.name}",
            f"{bench.name}: contention against harts", "contention.gp",
            f"{bench.name}: contention for the memory manager's locks, per "
            f"{bench.one}",
            [f"{key}-{kind}" for key in ("contended", "spins")
             for kind in ("all", "solid", "hollow")], "hollow: harts > cores")
        highest = [self.panel(plot, series, key, n)
                   for n, key in enumerate(("contended", "spins"), 1)]
        if not any(highest):
            return None
        return plot.say(harts_tics=_list(stats.harts), most=stats.harts[-1])

    def panel(self, plot: Plot, series: Series, key: str, n: int) -> float:
        """Returns the highest point."""
        found = list(self.points(series, key + "/op"))
        above = [f.median for _, _, f in found if f.median > 0]
        top = max((f.most for _, _, f in found), default=0)
        # A decade below the smallest: the place of zero.
        low = 10.0 ** (math.floor(math.log10(min(above, default=1))) - 1)
        for variant, harts, figure in found:
            plot.legend(variant)
            spread = [max(low, x) for x in _spread(figure)]
            plot.add(f"{key}-all-{variant}", harts, *spread)
            plot.add(f"{key}-{self.fill(harts)}-{variant}", harts, *spread)
        plot.say(**{f"floor{n}": low, f"top{n}": top or 1})
        return top

    # --- waiting by lock class

    def waiting(self, bench: Benchmark) -> Optional[Plot]:
        series = self.stats.series(bench.name, "locks")
        plot = self.timed(
            f"waiting-{bench.name}", f"{bench.name}: waiting by lock class",
            "waiting.gp", f"{bench.name}: time "
            f"waited for locks per {bench.one}, by lock class", (),
            shape="boxes")
        ranked = series.ranked_classes(7)
        groups = self.groups(
            plot, self.stats.harts,
            lambda v, h: bool(series.figure(v, h, "operations")),
            self.stats.variants, starred=True)
        tops = [self.wait_bar(plot, series, ranked, *bar) for bar in groups]
        if not any(tops):
            return None
        return plot.say(unit=bench.one, top=max(tops),
                        classes=" ".join(ranked + ["others"]),
                        crowded=self.stats.harts[-1] in self.stats.crowded)

    @staticmethod
    def wait_bar(plot: Plot, series: Series, ranked: list[str], at: int,
                 variant: str, harts: int) -> float:
        """Returns its height."""
        total = sum(series.waits(variant, harts).values())
        figures = [series.figure(variant, harts, wait_key(class_))
                   or Figure(0, 0, 0, 0) for class_ in ranked]
        medians = [figure.median for figure in figures]
        rest = max(0, total - sum(medians))
        high = sum(figure.most for figure in figures) + rest
        plot.add("waiting", at, f'"{variant}"', total,
                 sum(figure.least for figure in figures) + rest, high,
                 *medians, rest)
        return high

    def groups(self, plot: Plot, counts: Sequence[int],
               has: Callable[[str, int], bool], variants: Sequence[str],
               starred: bool = False) -> Iterator[tuple[int, str, int]]:
        """Positions of bars: one for each variant, in groups of one hart
        count, which have a label below and a gap between them."""
        at = 0
        labels: list[str] = []
        for harts in counts:
            there = [v for v in variants if has(v, harts)]
            if not there:
                continue
            star = " *" if starred and harts in self.stats.crowded else ""
            labels.append(
                f"set label {100 + len(labels)} '{n_harts(harts)}{star}' at "
                f"first {at + (len(there) + 1) / 2}, screen 0.1 center "
                "textcolor rgb ink")
            for variant in there:
                at += 1
                yield at, variant, harts
            at += 1
        plot.say(groups="; ".join(labels), bars=at - 1)

    # --- forklat

    def latency(self, harts: int) -> Optional[Plot]:
        series = self.stats.series("forklat", "time")
        sizes = fork_sizes(self.stats)
        if not sizes:
            return None
        # A size of 0 has its tic where it is drawn.
        smallest = sizes[0] or (sizes[1] / 4 if len(sizes) > 1 else 0.25)
        plot = self.timed(
            f"latency-{harts}", "latency of fork against memory",
            "latency.gp", "Latency of fork against the memory written "
            f"before, {n_harts(harts)}", PANELS)
        seen = []
        for variant in self.stats.variants:
            for panel in PANELS:
                for size in sizes:
                    figure = series.figure(variant, harts,
                                           f"{panel}_us_{size}")
                    if figure:
                        seen.append(figure)
                        plot.legend(variant)
                        plot.add(f"{panel}-{variant}", max(smallest, size),
                                 *_spread(figure))
        if not seen:
            return None
        panels = [panel for panel in PANELS if any(
            series.anywhere(f"{panel}_us_{size}") for size in sizes)]
        tics = ",".join(str(size or f'"0" {smallest:g}') for size in sizes)
        return plot.say(
            smallest=smallest, largest=sizes[-1],
            floor=min(f.least for f in seen if f.least > 0),
            top=max(f.most for f in seen), panels=" ".join(panels),
            sizes_tics=tics)

    def costs(self, harts: int) -> Optional[Plot]:
        series = self.stats.series("forklat", "time")
        plot = self.timed(
            f"costs-{harts}", "costs of faults", "costs.gp",
            "Cost of a system call and of each kind of page fault, "
            f"{n_harts(harts)}", ("bars",), shape="boxes")
        tics: list[str] = []
        top = 0.0
        for key, label in EVENTS.items():
            found = [(v, figure) for v in self.stats.variants
                     for figure in [series.figure(v, harts, key)] if figure]
            if not found:
                continue
            tics.append(f'"{label}" {len(tics) + 1}')
            for variant, figure in found:
                plot.add(f"bars-{variant}", len(tics),
                         *_spread(figure, 0.001))
                top = max(top, figure.most * 0.001)
        plot.variants = [v for v in self.stats.variants
                         if f"bars-{v}" in plot.data]
        if not top:
            return None
        return plot.say(unit="microseconds", top=top, groups=len(tics),
                        events=",".join(tics))

    # --- modelled

    def modelled(self, name: str, alt: str, bench: Benchmark, profile: str,
                 what: str, kinds: Sequence[str],
                 shape: str = "points") -> Plot:
        return Plot(f"model-{profile}-{name}-{bench.name}",
                    f"{bench.name}: {alt}", f"{name}.gp",
                    f"{bench.name}: {what}, modelled (profile {profile})",
                    f"machine of the profile {profile}, not the host's time; "
                    f"{self.software}", kinds,
                    {"shape": shape, "also": "", "cores": self.stats.cores})

    def speedup(self, bench: Benchmark, profile: str) -> Optional[Plot]:
        return self.against_harts(
            self.modelled("speedup", "modelled speed-up", bench, profile,
                          "speed-up over one hart", _OVER_HARTS),
            bench, profile, lambda part, harts: part * harts, "dashed: ideal")

    def efficiency(self, bench: Benchmark, profile: str) -> Optional[Plot]:
        plot = self.modelled("efficiency", "modelled efficiency", bench,
                             profile, "efficiency", _OVER_HARTS)
        targets = [(harts, TARGETS[bench.name, harts])
                   for harts in self.stats.model_harts
                   if (bench.name, harts) in TARGETS]
        for target in targets:
            plot.add("targets", *target)
        plot.data.setdefault("targets", [])
        plot.say(targets=len(targets))
        return self.against_harts(plot, bench, profile,
                                  lambda part, _harts: 100 * part, "")

    def against_harts(self, plot: Plot, bench: Benchmark, profile: str,
                      y: Callable[[float, int], float],
                      also: str) -> Optional[Plot]:
        """One figure over harts, made of the part of linear growth."""
        series = self.stats.series(bench.name, "model-" + profile)
        counts = self.stats.model_harts
        seen = []
        crossed = False
        for variant in self.stats.model_variants:
            for harts in counts:
                part = series.linear(variant, harts)
                if part is None:
                    continue
                broken = bool(series.broken(variant, harts))
                crossed = crossed or broken
                plot.legend(variant)
                seen.append(y(part, harts))
                for kind in ("all", "broken" if broken else "good"):
                    plot.add(f"{kind}-{variant}", harts, seen[-1])
        if not any(seen) or len(counts) < 2:
            return None
        notes = [also] if also else []
        if crossed:
            notes.append("crossed: breaks, not to be trusted")
        return plot.say(also="; ".join(notes), harts_tics=_list(counts),
                        most=counts[-1], low=min(seen), top=max(seen))

    def cycles(self, bench: Benchmark, profile: str) -> Optional[Plot]:
        series = self.stats.series(bench.name, "model-" + profile)
        plot = self.modelled("cycles", "where the cycles go, modelled", bench,
                             profile, "where all harts' cycles go", (),
                             "boxes")
        bars = [(at, v, h, costs_of(series, v, h)) for at, v, h in self.groups(
            plot, self.stats.model_harts,
            lambda v, h: bool(costs_of(series, v, h)),
            self.stats.model_variants)]
        if not bars:
            return None
        percents = [{what: 100 * x / (sum(cost.values()) or 1)
                     for what, x in cost.items()} for _, _, _, cost in bars]
        shown = [what for what in COSTS
                 if any(bar[what] >= _VISIBLE for bar in percents)]
        for (at, variant, harts, cost), bar in zip(bars, percents):
            mark = "!" if series.broken(variant, harts) else ""
            plot.add("costs", at, f'"{variant}"',
                     f'"{short_number(sum(cost.values()))}{mark}"',
                     *(bar[what] for what in shown))
        return plot.say(
            unit=bench.one, crowded=any(
                series.broken(v, h) for _, v, h, _ in bars),
            names=" ".join(f'"{_COST_LOOKS[what][0]}"' for what in shown),
            shades=" ".join(_COST_LOOKS[what][1] for what in shown))


def costs_of(series: Series, variant: str, harts: int) -> dict[str, float]:
    """Cycles of all harts per operation, by category; empty if not known."""
    if series.median(variant, harts, "cost.instructions/op") is None:
        return {}
    return {what: series.median(variant, harts, f"cost.{what}/op") or 0
            for what in COSTS}


def fork_sizes(stats: Stats) -> list[int]:
    """Of forklat: MiB written before a fork."""
    keys = (key.split("_us_") for key in stats.keys("forklat", "time"))
    return sorted({int(part[1]) for part in keys
                   if len(part) == 2 and part[0].startswith("fork")
                   and part[1].isdigit()})


def short_number(x: float) -> str:
    """7.2M, 62k"""
    for least, unit, form in ((1e7, 1e6, ".0fM"), (1e6, 1e6, ".1fM"),
                              (1e4, 1e3, ".0fk"), (1e3, 1e3, ".1fk")):
        if x >= least:
            return format(x / unit, form[:-1]) + form[-1]
    return f"{x:.0f}"


# --- drawing

def _quoted(x: Setting) -> str:
    if isinstance(x, str):
        return "'" + x.replace("'", "''") + "'"
    return f"{x:.9g}"


def _script(plot: Plot, folder: Path, out: Path) -> str:
    settings: dict[str, Setting] = {
        "out": str(out), "id": plot.name.replace("-", "_"), "wide": 860,
        "high": 520, "dir": str(folder), "subject": plot.subject,
        "variants": " ".join(plot.variants), "machine": plot.machine,
        **plot.settings}
    lines = [f"{name} = {_quoted(value)}" for name, value in settings.items()]
    lines += [f"load {_quoted(str(SCRIPTS / name))}"
              for name in ("style.gp", plot.script)]
    return "\n".join(lines) + "\n"


def _files(plot: Plot) -> dict[str, list[str]]:
    empty: dict[str, list[str]] = {
        f"{kind}-{variant}": [] for kind in plot.kinds
        for variant in plot.variants}
    return {**empty, **plot.data}


def draw(plot: Plot, to: Path) -> None:
    out = to / f"{plot.name}.svg"
    out.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="drove-plots.") as name:
        folder = Path(name)
        for file, lines in _files(plot).items():
            (folder / file).write_text("".join(f"{x}\n" for x in lines))
        try:
            made = subprocess.run(
                ["gnuplot"], input=_script(plot, folder, out), text=True,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                check=False)
        except FileNotFoundError:
            raise Failure("no gnuplot: run `make setup`, or on Debian: "
                          "apt-get install gnuplot-nox") from None
    if made.returncode or not out.exists() or not out.stat().st_size:
        out.unlink(missing_ok=True)
        why = " ".join(made.stderr.split("\n")[-3:]).strip()
        raise Failure(f"{plot.name}.svg cannot be drawn: {why}")


def draw_all(stats: Stats, to: Path) -> list[Plot]:
    to.mkdir(parents=True, exist_ok=True)
    plots = list(Plots(stats).all())
    for plot in plots:
        draw(plot, to)
    return plots

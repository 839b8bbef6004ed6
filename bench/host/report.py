"""Makes a folder of a sweep that can be kept and cited: the CSV, the plots,
and report.md and report.html, which tell in words what the sweep found, with
the ratios that the plots show.  Every number comes from the CSV; what was not
measured is said to be missing.
"""

import shutil
from pathlib import Path
from typing import Iterator, Optional

from . import modelled
from .costs import (boot_section, costs_section, latency_section,
                    linux_section, locks_section)
from .page import page
from .plots import Plot, draw_all
from .points import is_modelled, profile_of, read_csv, read_list
from .rates import (SCALES_FROM, contention_section, in_short, rates_section,
                    waiting_section)
from .shell import Failure
from .stats import Stats, is_linux
from .words import bullets, code, count, join, n_harts

_FACTS = "date machine cpu cores system qemu compiler commit linux".split()


def load(csv: Path, listed: Path) -> Stats:
    """With the hottest lines from the file beside it, if there is one."""
    if not csv.exists() or not csv.stat().st_size:
        raise Failure(f"no sweep in {csv}: run `make sweep` first")
    stats = Stats(read_list(listed), read_csv(csv))
    if lines_of(csv).exists():
        stats.read_hot(lines_of(csv))
    return stats


def lines_of(csv: Path) -> Path:
    return csv.with_name(csv.name.removesuffix(".csv") + "-lines.csv")


class Report:
    """The blocks of report.md; plots are those that were drawn."""

    def __init__(self, stats: Stats, plots: list[Plot]) -> None:
        self.stats = stats
        self.plots = plots

    def pictures(self) -> dict[str, list[str]]:
        """By the plot's name."""
        return {plot.name: [f"![{plot.alt}]({plot.name}.svg)"]
                for plot in self.plots}

    def blocks(self) -> Iterator[str]:
        stats, pictures = self.stats, self.pictures()
        parfork = next((b for b in stats.benches if b.name == "parfork"),
                       stats.benches[0])
        yield from self.opening()
        yield "## In short"
        yield from bullets([*modelled.in_short(stats, parfork),
                            *in_short(stats, parfork)])
        if not in_short(stats, parfork):
            by = " by the clock" if stats.profiles else ""
            yield f"{parfork.name} was not measured{by}."
        yield "## How to read it"
        yield _HOW_TO_READ
        yield from modelled.section(stats, parfork, pictures)
        yield "## Rates"
        for bench in stats.benches:
            yield from rates_section(stats, bench,
                                     pictures.get(f"rate-{bench.name}", []))
        yield from contention_section(
            stats, parfork, pictures.get(f"contention-{parfork.name}", []))
        yield "## Where the waiting is"
        waiting = [block for bench in stats.benches for block in
                   waiting_section(stats, bench,
                                   pictures.get(f"waiting-{bench.name}", []))]
        yield from waiting or ["No benchmark was run under lockstat."]
        yield from latency_section(stats, pictures)
        yield from costs_section(stats, pictures)
        yield from locks_section(stats)
        yield from boot_section(stats)
        for variant in filter(is_linux, stats.variants):
            yield from linux_section(stats, variant)
        yield from self.failures()
        yield from self.reproduce()

    def opening(self) -> Iterator[str]:
        stats = self.stats
        yield "# Fork, faults and locks on " \
            f"{stats.said.get('machine', '')}, {stats.date}"
        names = join([*map(code, stats.variants or stats.model_variants)])
        yield f"Variants measured: {names}. `baseline` is copy-on-write " \
            "with one lock around all page counts and one free list; the " \
            "others are described in DESIGN.md."
        facts = [f"| {key} | {stats.said[key]} |" for key in _FACTS
                 if stats.said.get(key)]
        yield "\n".join(["| | |", "|---|---|", *facts])
        if len(stats.commits) > 1:
            yield "The CSV has points of more than one commit: " \
                f"{join(stats.commits)}. Of each benchmark and variant only " \
                "the last one counts here."

    def failures(self) -> Iterator[str]:
        yield "## Points without a result"
        lines = []
        for (bench, kind, variant, harts), n in self.stats.failed.items():
            how = " under lockstat" if kind == "locks" else \
                f" modelled (profile {profile_of(kind)})" \
                if is_modelled(kind) else ""
            lines.append(f"{bench}{how}, {code(variant)}, {n_harts(harts)}: "
                         f"{count(n, 'time')}")
        yield from bullets(lines) or ["None."]

    def reproduce(self) -> Iterator[str]:
        stats = self.stats
        yield "## Reproduce it"
        yield f"At commit {code(stats.said.get('commit', ''))}, on a host " \
            "with nothing else to do:"
        yield "\n".join(["```", *self.commands(), "make report", "```"])
        lines = " `sweep-lines.csv` has the hottest lines of modelled ones." \
            if stats.profiles else ""
        yield "`sweep.csv` beside this file has every point; " \
            f"`bench/host/points.py` says what its columns are.{lines}"

    def commands(self) -> Iterator[str]:
        stats = self.stats
        own = " ".join(v for v in stats.variants if not is_linux(v))
        counts = " ".join(map(str, stats.harts))
        if counts:
            yield f'make sweep VARIANTS="{own}" CPUS="{counts}"'
        for profile in stats.profiles:
            yield f"make sweep MODEL={profile} " \
                f'VARIANTS="{" ".join(stats.model_variants)}" ' \
                f'CPUS="{" ".join(map(str, stats.model_harts))}"'
        for variant in filter(is_linux, stats.variants):
            yield f'make bench-linux CPUS="{counts}" ' \
                f"LINUX=<image of {variant}>"


_HOW_TO_READ = (
    "Points are medians over repeats, bars their range. A variant counts as "
    f"scaling as long as it has {100 * SCALES_FROM:.0f} % of linear growth "
    "from one hart. QEMU runs each hart as a thread, so with more harts than "
    "host cores harts take turns: such points are hollow in the plots, never "
    "counted as scaling, and missing from the tables of rates; what they "
    "show is contention per operation. Where the waiting is comes from "
    "separate runs under lockstat, whose measurement of hold times slows "
    "them down. What is modelled says so, and is in sections of its own. "
    "Columns that are zero everywhere are not shown.")


def markdown(stats: Stats, plots: list[Plot]) -> str:
    return "\n\n".join(Report(stats, plots).blocks()) + "\n"


def make_report(csv: Path, to: Optional[Path], listed: Path,
                results: Path) -> Path:
    """By default into results/MACHINE-DATE; returns where it is."""
    stats = load(csv, listed)
    if not stats.date:
        raise Failure(f"no point in {csv} has a result")
    folder = to or results / f"{stats.said.get('machine', '')}-{stats.date}"
    folder.mkdir(parents=True, exist_ok=True)
    for old in [*folder.glob("*.svg"), *folder.glob("*.png")]:
        old.unlink()  # made again, it has no plots of before
    for source, target in ((csv, folder / "sweep.csv"),
                           (lines_of(csv), folder / "sweep-lines.csv")):
        if not source.exists():
            target.unlink(missing_ok=True)
        elif not target.exists() or not source.samefile(target):
            shutil.copyfile(source, target)
    text = markdown(stats, draw_all(stats, folder))
    (folder / "report.md").write_text(text, encoding="utf-8")
    (folder / "report.html").write_text(page(text, folder),
                                        encoding="utf-8")
    return folder

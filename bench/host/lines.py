"""Tells what harts share, line by line, from the raw report of the coherence
model: in words, or as rows of a file next to a sweep's CSV."""

import os
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Iterator, Optional

from .names import NamedLine, Names
from .points import no_commas
from .raw import COSTS, Report, read
from .shell import Failure, clean_environment

PROFILES = Path("bench/model/profiles")

# Of the file of hottest lines.  Behind the columns of the point: object is as
# ".field" of "name[number]", class the same without numbers; transfers, cycles
# and queue (of those cycles, waiting behind other harts) are per operation;
# sharers is how many harts; taker and holder are the functions that met most
# often.
HEADER = "commit,bench,kind,variant,harts,repeat,rank,object,class," \
    "transfers,cycles,queue,sharers,taker,holder"

_PAIRS = 4  # shown of a line
_WORDS = dict(zip(COSTS, (
    "instructions", "misses", "transfers", "queueing", "spinning", "devices",
    "idle", "waiting for the last hart")))


def check_profile(profile: str, words: str) -> None:
    known = [line[1:-1] for line in PROFILES.read_text().splitlines()
             if line.startswith("[")]
    if profile not in known:
        raise Failure(f"{words} {profile} in {PROFILES}, but "
                      f"{' '.join(known)}")


def how_many() -> int:
    text = os.environ.get("LINES") or "20"
    if not text.isdigit() or not int(text):
        raise Failure("LINES is a number from 1")
    return int(text)


def named(raw: Path, kernel: Path, program: Optional[Path]) \
        -> tuple[Report, list[NamedLine], list[str]]:
    """The report, its hottest lines, and notes on what was missing."""
    if not raw.exists():
        raise Failure(f"no report {raw}")
    report = read(raw)
    if not report:
        raise Failure(f"{raw} has no region of the model")
    hot = [(line, line.hottest_pairs(_PAIRS))
           for line in report.hottest(how_many())]
    names = Names()
    names.look_up(hot, kernel, program)
    return report, [names.name(*line) for line in hot], names.notes


# --- rows

def rows(report: Report, lines: list[NamedLine]) -> Iterator[str]:
    """Behind the columns of the point."""
    for rank, named_line in enumerate(lines, 1):
        if not report.ops:
            return
        line, pairs = named_line.line, named_line.pairs
        # The first is the dearest; others are those that have no names.
        pair = next((p for p in pairs if p.taker != "others"),
                    pairs[-1] if pairs else None)
        taker, holder = (pair.taker, pair.holder) if pair else ("-", "-")
        figures = [f"{x / report.ops:.6g}"
                   for x in (line.transfers, line.cycles, line.queue)]
        cells = [str(rank), named_line.label, named_line.class_, *figures,
                 str(line.harts), taker, holder]
        yield ",".join(map(no_commas, cells))


# --- words

def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole if whole else 0:.1f} %"


def _num(x: float) -> str:
    return f"{x:.0f}" if x >= 100 else f"{x:.2f}" if x >= 1 else f"{x:.3g}"


def tell(report: Report, lines: list[NamedLine]) -> Iterator[str]:
    ops = report.ops or 1
    yield from _head(report, ops)
    if lines:
        yield from _classes(lines, ops)
        yield ""
        yield "Line by line; below each, who took it from whom, by cycles:"
        yield ""
        for rank, line in enumerate(lines, 1):
            yield from _line(rank, line, ops)
        rest = report.line_cycles - sum(line.line.cycles for line in lines)
        if rest > 0:
            yield ""
            yield f"All other lines: {_num(rest / ops)} cycles an operation."
        yield ""


def _head(report: Report, ops: int) -> Iterator[str]:
    whole = sum(report.cost.values())
    yield f"{report.harts} harts, {report.ops} operations, modelled " \
        f"(profile {report.profile}): {_num(whole / ops)} cycles an operation"
    for what, cycles in report.cost.items():
        if cycles:
            yield f"    {_WORDS[what]:<26} {_num(cycles / ops):>12}  " \
                f"{_share(cycles, whole):>7}"
    if report.breaks:
        yield f"NOT TO BE TRUSTED: {report.breaks} breaks of the watchdog"
    yield ""
    if report.moving_lines:
        yield "Lines that pass from hart to hart: " \
            f"{report.moving_lines}, {_num(report.transfers / ops)} " \
            f"transfers and {_num(report.line_cycles / ops)} cycles an " \
            f"operation ({_share(report.line_cycles, whole)} of all)."
    else:
        yield "No line passes from hart to hart: nothing is shared."


def _classes(lines: list[NamedLine], ops: int) -> Iterator[str]:
    of_class: dict[str, list[NamedLine]] = defaultdict(list)
    for line in lines:
        of_class[line.class_].append(line)
    yield ""
    yield f"Of the {len(lines)} hottest, by what is on them:"
    yield ""
    yield f"    {'cycles/op':>9} {'transfers':>9}  what"
    for name, those in sorted(
            of_class.items(),
            key=lambda item: -sum(x.line.cycles for x in item[1])):
        cycles = sum(x.line.cycles for x in those)
        moved = sum(x.line.transfers for x in those)
        several = f", {len(those)} lines" if len(those) > 1 else ""
        yield f"    {_num(cycles / ops):>9} {_num(moved / ops):>9}  " \
            f"{name}{several}"


def _line(rank: int, named_line: NamedLine, ops: int) -> Iterator[str]:
    line, label = named_line.line, named_line.label
    queueing = f" ({_num(line.queue / ops)} of them queueing)" \
        if line.queue else ""
    yield f"{rank:3d}. {label}"
    yield f"     {_num(line.transfers / ops)} transfers, " \
        f"{_num(line.cycles / ops)} cycles an operation{queueing}; taken by " \
        f"{line.harts} hart{'' if line.harts == 1 else 's'}"
    # Fields are said where they are not the line's only one.
    several = ", " in label or ".." in label
    for pair in named_line.pairs:
        share = f"      {_share(pair.cycles, line.cycles):>6}  "
        if pair.taker == "others":
            yield share + "others"
            continue
        taker_field = f" on {pair.taker_field}" if several else ""
        holder_field = f" on {pair.holder_field}" if several and \
            pair.holder_field not in ("-", pair.taker_field) else ""
        yield f"{share}{pair.taker}{taker_field},"
        yield f"              after {pair.holder}{holder_field}"


def show(raw: Path, kernel: Path, program: Optional[Path]) -> Iterator[str]:
    report, lines, notes = named(raw, kernel, program)
    yield from tell(report, lines)
    yield from (f"({note})" for note in notes)


def boot() -> Iterator[str]:
    """Of a benchmark booted first; settings from the environment:
    CMD="parfork -i 40", VARIANT=scalable, CPUS=8, MEM=512M, MODEL=ideal;
    MODEL_REPORT= keeps the raw report."""
    get = os.environ.get
    how_many()
    profile = get("MODEL") or "ideal"
    profile = "ideal" if profile == "1" else profile
    check_profile(profile, "no profile")
    command, variant = get("CMD") or "parfork -i 40", \
        get("VARIANT") or "scalable"
    with tempfile.TemporaryDirectory(prefix="drove-lines.") as folder:
        raw = Path(get("MODEL_REPORT") or Path(folder, "raw"))
        ran = subprocess.run(
            ["make", "-s", "run", f"VARIANT={variant}",
             f"CPUS={get('CPUS') or 8}", f"MEM={get('MEM') or '512M'}",
             f"MODEL={profile}", f"MODEL_REPORT={raw}", f"CMD={command}"],
            env=clean_environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False)
        if ran.returncode:
            said = [x for x in ran.stdout.splitlines()
                    if not x.startswith("make")]
            raise Failure(said[-1] if said else "the run failed")
        yield f"What harts share: {command}, variant {variant}"
        yield from show(raw, Path(f"build/{variant}/kernel.elf"),
                        Path(f"build/user/bin/{command.split()[0]}"))

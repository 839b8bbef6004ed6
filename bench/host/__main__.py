"""The commands of `python3 -m bench.host`; settings come from the environment,
as make hands them down."""

import argparse
import os
import sys
from dataclasses import fields
from pathlib import Path
from typing import Callable, Iterable

from . import demo, lines, measure, sweep
from .plots import draw_all
from .report import load, make_report
from .shell import Failure, Interrupted

CSV = Path("results/sweep.csv")


def _listed() -> Path:
    return Path(os.environ.get("LIST") or "bench/sweep.list")


def plots(options: argparse.Namespace) -> int:
    for plot in draw_all(load(options.csv, _listed()), options.folder):
        print(plot.name)
    return 0


def report(options: argparse.Namespace) -> int:
    folder = make_report(options.csv, options.folder, _listed(),
                         Path("results"))
    print(f"report: {folder}/report.md and report.html")
    return 0


def _print(text: Iterable[str]) -> int:
    for line in text:
        print(line)
    return 0


def model_report(options: argparse.Namespace) -> int:
    if options.boot:
        return _print(lines.boot())
    if not options.raw or not options.kernel:
        raise Failure("usage: model-report RAW KERNEL.ELF [PROGRAM], or "
                      "--boot")
    return _print(lines.show(options.raw, options.kernel, options.program))


def point(options: argparse.Namespace) -> int:
    return measure.measure(measure.Asked(
        *(getattr(options, field.name) for field in fields(measure.Asked))))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m bench.host")
    commands = parser.add_subparsers(dest="command", required=True)

    def simple(name: str, what: str, run: Callable[[], int]) -> None:
        commands.add_parser(name, help=what).set_defaults(run=lambda _: run())

    simple("sweep", "measure points, then a table", sweep.main)
    simple("demo", "compare two variants at the shell", demo.demo)
    one = commands.add_parser("point", help="measure one point")
    one.set_defaults(run=point)
    for field in fields(measure.Asked):
        one.add_argument(field.name)
    shared = commands.add_parser(
        "model-report", help="what harts share, from a raw report of the "
        "coherence model; names are of the kernel and the program; LINES=20 "
        "is how many lines are shown; GDB= names another debugger")
    shared.set_defaults(run=model_report)
    shared.add_argument("--boot", action="store_true",
                        help="of a benchmark booted first (make model-report)")
    for name in ("raw", "kernel", "program"):
        shared.add_argument(name, nargs="?", type=Path)
    for run, what, folder in (
            (plots, "draw a sweep's plots", Path("build/plots")),
            (report, "keep a sweep, in words and pictures", None)):
        command = commands.add_parser(run.__name__, help=what)
        command.set_defaults(run=run)
        command.add_argument("csv", nargs="?", type=Path, default=CSV)
        command.add_argument("folder", nargs="?", type=Path, default=folder)
    return parser


def main() -> int:
    options = _parser().parse_args()
    try:
        status: int = options.run(options)
    except Failure as failure:
        print(f"{options.command}: {failure}", file=sys.stderr)
        return 1
    except Interrupted:
        return 130
    return status


if __name__ == "__main__":
    sys.exit(main())

"""The commands of `python3 -m bench.host`; settings come from the environment,
as make hands them down."""

import argparse
import os
import sys
from pathlib import Path

from .plots import draw_all
from .report import load, make_report
from .shell import Failure

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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m bench.host")
    commands = parser.add_subparsers(dest="command", required=True)
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
    return status


if __name__ == "__main__":
    sys.exit(main())

"""What the tests of the bench share: a folder of their own, lists, consoles,
and a runner that stands for the guests."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Callable, Iterable, Optional, Union

from bench.host import sweep
from bench.host.points import Point, read_csv, read_list
from bench.host.shell import Failure
from bench.host.stats import Stats

PARFORK = "parfork | * | * | 9 | 128M | time | forks_per_s | forks | - | " \
    "parfork -t 2"
DESCRIPTION = ["# machine: test-machine", "# cpu: Test CPU", "# cores: 2",
               "# qemu: QEMU emulator version 7.2.22 (x)", "# commit: c+123"]

# A console, or a console and an exit status.
Output = Union[str, tuple[str, int]]
Guest = Callable[[sweep.Job, Path], Output]


class Guests:
    """In the place of sweep.Processes: calls a function for each job."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self.ran: list[str] = []
        self.commands: list[str] = []

    def run(self, job: sweep.Job, slot: int, stem: Path) -> int:
        self.ran.append(f"{job.bench.name} {job.kind} {job.variant} "
                        f"{job.harts} {job.repeat}")
        self.commands.append(f"{job.bench.mem} {job.command()}")
        said = self.guest(job, stem)
        text, status = (said, 0) if isinstance(said, str) else said
        Path(f"{stem}.log").write_text(text)
        return status

    def stop(self) -> None:
        pass


class BenchTest(unittest.TestCase):
    """Has a folder, self.scratch, a list and a CSV in it."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="drove-test.")
        self.addCleanup(folder.cleanup)
        self.scratch = Path(folder.name)
        self.list = self.scratch / "list"
        self.out = self.scratch / "out" / "sweep.csv"
        self.write_list(PARFORK)
        self.table = ""
        self.progress: list[str] = []

    def write_list(self, *lines: str) -> None:
        self.list.write_text("".join(f"{line}\n" for line in lines))

    def settings(self, **env: str) -> sweep.Settings:
        return sweep.settings_from({"LIST": str(self.list),
                                    "OUT": str(self.out), **env})

    commit = "c"
    cores = 2

    def sweep(self, guests: Guests, **env: str) -> int:
        """Returns its exit status; sets self.table and self.progress."""
        self.progress = []
        description = [f"# cores: {self.cores}" if "cores" in line else line
                       for line in DESCRIPTION]
        lines: list[str] = []
        try:
            lines += sweep.sweep(self.settings(**env), guests, self.commit,
                                 lambda _: description, self.progress.append)
            return 0
        except SystemExit as end:
            return int(end.code or 0)
        finally:
            self.table = "\n".join(lines)

    def points(self) -> list[Point]:
        return read_csv(self.out).points

    def point(self, variant: str, harts: int, repeat: int = 1,
              kind: str = "time") -> Point:
        return next(p for p in self.points() if (
            p.variant, p.harts, p.repeat, p.kind) == (
                variant, harts, repeat, kind))

    def stats(self) -> Stats:
        return Stats(read_list(self.list), read_csv(self.out))

    def refuses(self, pattern: str, function: Callable[[], object]) -> None:
        with self.assertRaisesRegex(Failure, pattern):
            function()

    def program(self, *arguments: object, env: Optional[dict[str, str]] = None,
                ) -> "subprocess.CompletedProcess[str]":
        """A whole command, end to end."""
        return subprocess.run(
            [sys.executable, "-m", "bench.host", *map(str, arguments)],
            env={**os.environ, "LIST": str(self.list), "OUT": str(self.out),
                 **(env or {})}, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, check=False)

    def refused(self, pattern: str, *arguments: object,
                env: Optional[dict[str, str]] = None) -> None:
        """A whole command fails with one line."""
        said = self.program(*arguments, env=env)
        self.assertEqual(said.returncode, 1)
        self.assertEqual(len(said.stderr.splitlines()), 1, said.stderr)
        self.assertRegex(said.stderr, pattern)


def raw_report(harts: int, cycles: int, ops: int, breaks: int,
               each: Iterable[str]) -> str:
    """Of the coherence model; each: what every hart's cycles went into."""
    return "\n".join([
        f"model protocol=1 profile=ideal harts={harts}",
        f"region n=1 participants={harts} cycles={cycles} ops={ops} "
        f"breaks={breaks} handovers=5",
        *each, "lines region=1 n=3 transfers=1600 cycles=9"]) + "\n"

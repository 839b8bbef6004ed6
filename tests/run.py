#!/usr/bin/env python3
"""Runs the tests, those of the host and those of guest.list in the emulator,
and counts.

A test of the host is tests/host_*.sh, tests/host_*.py or a program
build/tests/host_*; its last line counts its cases.  A test of the guest is one
boot, or a command that boots.  Whole output of every test: build/tests/NAME.log.
The last line counts cases of the host and boots together; the exit status is 0
if none failed.

Tests take as many slots as they have harts, at most all of them, so that what
is measured in seconds is not disturbed: with two slots, those of one hart and
those of the host run in pairs, others alone.
"""
from __future__ import annotations

import argparse
import asyncio
import dataclasses
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as xml
from collections.abc import Iterator

HERE = pathlib.Path("tests")
LOGS = pathlib.Path(os.environ.get("LOGS", "build/tests"))
# Limits are for what hangs.  Those in lists and scripts are what an idle host
# needs, with room to spare; all are multiplied by this, for slow and busy ones.
SLOW = int(os.environ.setdefault("SLOW", "10"))
HOST_LIMIT = 300 # seconds for a test of the host
OUT_OF_TIME = 124 # exit status of bounded.sh

# What the tests say themselves to the makes that they run: none of it comes
# from a make above us.
DROPPED = ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "GNUMAKEFLAGS",
           "VARIANT", "CPUS", "MEM", "CMD", "DEBUG", "FSIMG", "TIMEOUT")
PASSED_ON = ("WERROR", "QEMU", "TOOLPREFIX", "LLVM", "HOSTCC")


class BadList(Exception):
    """A line of guest.list that is not one."""


@dataclasses.dataclass
class Verdict:
    """How a test ended; passed and failed count its cases."""
    passed: int
    failed: int
    text: str # what is wrong, or what to say of a success


@dataclasses.dataclass
class Test:
    name: str
    command: list[str]
    settings: list[str] # NAME=value, for its environment
    seconds: int        # as long as it may take, before SLOW
    harts: int

    @property
    def log(self) -> pathlib.Path:
        return LOGS / f"{self.name}.log"

    @property
    def limit(self) -> int:
        return self.seconds * SLOW

    def judge(self, status: int) -> Verdict:
        raise NotImplementedError


class HostTest(Test):
    """Counts its cases itself, in its last such line."""

    def judge(self, status: int) -> Verdict:
        counts = re.findall(r"^(\d+) passed, (\d+) failed$",
                            self.log.read_text(errors="replace"), re.M)
        passed, failed = map(int, counts[-1]) if counts else (0, 0)
        # Each way of failing counts once, whatever the totals say.
        if failed == 0 and (status != 0 or not counts):
            failed = 1
        if status == OUT_OF_TIME:
            return Verdict(passed, failed, f"no end in {self.limit} s")
        text = f"{passed} passed, {failed} failed" if counts \
            else f"status {status}"
        return Verdict(passed, failed, text)


@dataclasses.dataclass
class GuestTest(Test):
    """A line of guest.list for one variant and one number of harts."""
    variant: str
    options: list[str]  # for make, as MEM=64M
    in_guest: bool      # else the command is the host's
    expected: list[str] # patterns of lines, or @NAME for tests/NAME.awk

    def judge(self, status: int) -> Verdict:
        console = self.log.read_text(errors="replace").replace("\r", "")
        wrong = []
        if status == OUT_OF_TIME:
            wrong.append(f"hung, killed after {self.limit} s")
        elif self.in_guest and self._panicked(console):
            wrong.append("the kernel panicked")
        elif status != 0:
            wrong.append(f"exit status {status}")
        for pattern in self.expected:
            wrong += self._script(pattern[1:], console) \
                if pattern.startswith("@") else self._line(pattern, console)
        return Verdict(not wrong, bool(wrong), "; ".join(wrong))

    @staticmethod
    def _panicked(console: str) -> bool:
        """Lines of the build, as "  CC   kernel/boot/panic.c", are not the
        guest's."""
        return any("panic" in line and not re.match("  [A-Z]", line)
                   for line in console.splitlines())

    @staticmethod
    def _line(pattern: str, console: str) -> list[str]:
        return [] if re.search(pattern, console, re.M) \
            else [f"no line matches {pattern}"]

    def _script(self, name: str, console: str) -> list[str]:
        """What an awk program says is wrong with the console."""
        done = subprocess.run(["awk", "-f", str(HERE / f"{name}.awk")],
                              input=console, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = done.stdout.splitlines()
        return said + [f"{name}.awk failed"] if done.returncode else said


# --- which tests ------------------------------------------------------------

def host_tests(pattern: str) -> Iterator[Test]:
    for path in sorted([*HERE.glob("host_*.sh"), *HERE.glob("host_*.py"),
                        *pathlib.Path("build/tests").glob("host_*")]):
        if path.is_file() and os.access(path, os.X_OK) and \
                re.search(pattern, path.stem):
            yield HostTest(path.stem, [str(path)], [], HOST_LIMIT, 1)


def guest_tests(level: str, pattern: str) -> Iterator[GuestTest]:
    with open(os.environ.get("GUEST_LIST", HERE / "guest.list"),
              encoding="utf-8") as lines:
        for line in lines:
            if not line.strip() or line.startswith("#"):
                continue
            fields = [field.strip() for field in line.split(" | ")]
            if len(fields) < 7:
                raise BadList(f"guest.list: not 7 fields: {line.strip()}")
            if level == "all" or fields[4] == "quick":
                yield from (test for test in line_tests(fields)
                            if re.search(pattern, test.name))


def line_tests(fields: list[str]) -> Iterator[GuestTest]:
    """The boots of a line: name, variants, harts, seconds, level, options,
    command, expected..."""
    name, variants, all_harts, seconds, _, options, command = fields[:7]
    words = options.split() if options != "-" else []
    in_guest = not command.startswith("!")
    for variant in variants.split():
        for harts in all_harts.split():
            settings = [*words, f"VARIANT={variant}", f"CPUS={harts}",
                        *passed_on()]
            yield GuestTest(
                f"{name}-{variant}-{harts}",
                ["make", "-s", "run", *settings, f"CMD={command}"]
                if in_guest else ["bash", "-c", command[1:]],
                settings, int(seconds), int(harts), variant, words, in_guest,
                fields[7:])


def passed_on() -> list[str]:
    return [f"{name}={os.environ[name]}" for name in PASSED_ON
            if name in os.environ]


# --- running them -----------------------------------------------------------

def environment(settings: list[str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items()
            if name not in DROPPED}
    return kept | dict(setting.split("=", 1) for setting in settings)


class Slots:
    """So many in all; whoever asks first gets them first."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.free = number
        self.turn = asyncio.Condition()

    async def take(self, wanted: int) -> int:
        wanted = min(wanted, self.number)
        async with self.turn:
            await self.turn.wait_for(lambda: self.free >= wanted)
            self.free -= wanted
        return wanted

    async def give_back(self, number: int) -> None:
        async with self.turn:
            self.free += number
            self.turn.notify_all()


class Run:
    """Tests that run, and what has come of those that ran."""

    def __init__(self, slots: int) -> None:
        self.slots = Slots(slots)
        self.passed = 0
        self.failed = 0
        self.report = xml.Element("testsuite", name="drove")
        self.running: set[asyncio.Task[None]] = set()

    async def all(self, tests: list[Test]) -> None:
        tasks = []
        for test in tests:
            taken = await self.slots.take(test.harts)
            task = asyncio.create_task(self.one(test, taken))
            self.running.add(task)
            task.add_done_callback(self.running.discard)
            tasks.append(task)
        await asyncio.gather(*tasks)

    async def one(self, test: Test, taken: int) -> None:
        began = time.monotonic()
        status = await self.bounded(test)
        self.settle(test.name, test.judge(status), time.monotonic() - began,
                    test.log)
        await self.slots.give_back(taken)

    async def bounded(self, test: Test) -> int:
        """Runs the test for at most its limit; nothing of it stays behind,
        also if we are cancelled."""
        with open(test.log, "wb") as log:
            process = await asyncio.create_subprocess_exec(
                str(HERE / "bounded.sh"), str(test.limit), *test.command,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
                env=environment(test.settings))
            try:
                return await process.wait()
            except asyncio.CancelledError:
                process.terminate()
                await process.wait()
                raise

    async def build(self, what: list[str]) -> None:
        """Tests may then run side by side, and a test's time is its own."""
        name = "build " + " ".join(what)
        log = LOGS / f"{re.sub('[^a-z-]+', '-', name)}.log"
        test = HostTest(name, ["make", *what, *passed_on()], [], HOST_LIMIT, 1)
        began = time.monotonic()
        status = await self.bounded(dataclasses.replace(test, name=log.stem))
        if status != 0:
            self.settle(name, Verdict(0, 1, f"status {status}"),
                        time.monotonic() - began, log)

    def settle(self, name: str, verdict: Verdict, seconds: float,
               log: pathlib.Path) -> None:
        self.passed += verdict.passed
        self.failed += verdict.failed
        word = "FAILED" if verdict.failed else "ok"
        text = f": {verdict.text}" if verdict.text else ""
        print(f"{word:7} {seconds:6.1f} s  {name}{text}", flush=True)
        case = xml.SubElement(self.report, "testcase", name=name,
                              time=f"{seconds:.1f}")
        if verdict.failed:
            tail = excerpt(log.read_text(errors="replace"))
            print("\n".join(f"        | {line}" for line in tail), flush=True)
            failure = xml.SubElement(case, "failure", message=verdict.text)
            failure.text = printable("\n".join(tail))

    def totals(self) -> str:
        return f"{self.passed} passed, {self.failed} failed"


FAILURE = re.compile(r"^FAILED: |FAILED$|FAILED -- lost|panic:|assertion")
TAIL = 20 # lines of a log that are shown


def excerpt(log: str) -> list[str]:
    """Where a log first speaks of failure, three lines of what led there, and
    its end."""
    lines = [line[:200] for line in log.replace("\r", "").splitlines()]
    first = next((i for i, line in enumerate(lines) if FAILURE.search(line)),
                 len(lines))
    end = max(len(lines) - TAIL, 0)
    if first >= end:
        return lines[end:]
    gap = ["..."] if first + 1 < end else []
    return lines[max(first - 3, 0):first + 1] + gap + lines[end:]


def printable(text: str) -> str:
    """Without the control characters that XML has no way to hold."""
    return re.sub(r"[^\t\n -\ud7ff\ue000-\ufffd]", "?", text)


# --- all of it --------------------------------------------------------------

def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("-j", dest="slots", type=int, metavar="SLOTS",
                        default=min(os.cpu_count() or 1, 4),
                        help="the cores, at most 4")
    parser.add_argument("--junit", metavar="FILE", type=pathlib.Path,
                        help="results also as JUnit's XML")
    parser.add_argument("level", nargs="?", default="quick",
                        choices=("quick", "all"))
    parser.add_argument("pattern", nargs="?", default=".",
                        help="a regular expression: tests with such a name")
    given = parser.parse_args()
    if given.slots < 1:
        parser.error("no slots")
    return given


async def run_tests(run: Run, given: argparse.Namespace) -> None:
    guests = list(guest_tests(given.level, given.pattern))
    hosts = os.environ.get("GUEST_ONLY", "0") != "1"
    wanted = [["host-tests"]] if hosts else []
    for test in guests:
        what = [f"VARIANT={test.variant}"]
        what += [word for word in test.options if word == "DEBUG=1"]
        if what not in wanted:
            wanted.append(what)
    for what in wanted:
        await run.build(what)
    tests: list[Test] = list(host_tests(given.pattern)) if hosts else []
    # The narrow ones first, side by side.
    tests += sorted(guests, key=lambda test: test.harts > 1)
    await run.all(tests)


async def until_signal(run: Run, given: argparse.Namespace) -> int:
    """The exit status.  A signal ends the tests that run; they have failed."""
    work = asyncio.create_task(run_tests(run, given))
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stopped.set)
    stop = asyncio.create_task(stopped.wait())
    await asyncio.wait((work, stop), return_when=asyncio.FIRST_COMPLETED)
    if stop.done():
        run.failed += len(run.running)
        work.cancel()
        await asyncio.gather(work, *run.running, return_exceptions=True)
        return 130
    stop.cancel()
    work.result() # or what it has raised
    return 0 if run.failed == 0 else 1


def main() -> int:
    os.chdir(pathlib.Path(__file__).resolve().parent.parent)
    given = arguments()
    LOGS.mkdir(parents=True, exist_ok=True)
    run = Run(given.slots)
    try:
        status = asyncio.run(until_signal(run, given))
    except (BadList, re.error) as wrong:
        print(f"tests/run.py: {wrong}", file=sys.stderr)
        return 1
    if given.junit:
        xml.ElementTree(run.report).write(given.junit, encoding="utf-8",
                                          xml_declaration=True)
    print(run.totals())
    return status


if __name__ == "__main__":
    sys.exit(main())

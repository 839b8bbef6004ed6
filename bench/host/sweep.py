"""Runs benchmarks over variants and hart counts, keeps every point in a CSV
file, and prints the variants side by side.  Settings, with their defaults,
come from the environment:

    BENCH="..."                    names of bench/sweep.list; all of them
    VARIANTS="eager baseline scalable"
                                   kernels; "linux" is the image $LINUX
    CPUS="1 2 4 8"                 hart counts
    REPEATS=3                      boots of each point
    MEM=                           memory of the guests; what the list says
    OUT=results/sweep.csv
    RETRY=1                        measure failed points again
    LINUX=FILE                     a Linux kernel image (make bench-linux)
    LIST=bench/sweep.list          other benchmarks
    RUNNER=CMD                     in the place of measure.py
    MODEL=PROFILE                  modelled points instead; 1: profile ideal
    JOBS=                          modelled points at a time; the host's cores

Kinds of points: "time" is measured in each repeat.  "locks", the same
benchmark under lockstat, says where the waiting is; measuring hold times
disturbs the rate, so it is a run of its own, once.  "boot" is the time that
the host sees.

The host drifts, so all points are measured once before any is measured again,
and the variants of a point follow each other: what changes over the minutes
hits all of them alike.  A row is written as soon as its point is done.  A
sweep that was interrupted goes on where it stopped: points of the same commit,
memory and command that the file has are not measured again.  A point that
fails or hangs has a row that says so, and its console stays in a directory
next to the file.

With MODEL=, points are of the kind "model-PROFILE": the list's modelled
commands under the coherence model of bench/model, in the machine of that
profile.  They add to the same file; what they say does not depend on the host,
so harts go to 64 ("1 2 4 8 16 32 64"), one boot of each is enough (REPEATS=1),
and as many points run at a time as the host has cores, each on a core of its
own.  The model's raw report of each point is kept, compressed, in a directory
next to the file; the lines that harts took from each other most go to another
file next to it (lines.py), with names, as long as the kernel is there that has
them.
"""

import gzip
import os
import queue
import re
import subprocess
import sys
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Iterator, Mapping, Optional, Protocol

from . import console, lines, raw, table
from .points import (HEADER, Benchmark, Point, SweepFile, is_modelled,
                     no_commas, profile_of, read_csv, read_list)
from .report import lines_of
from .shell import (Failure, Interrupted, clean_environment, interruptible,
                    own_cores)
from .stats import Stats

HUNG = 124  # status of tests/bounded.sh
_MOST_HARTS = 64
_WHAT_IS_MEASURED = "kernel user bench/*.[ch] bench/linux " \
    "bench/model/profiles mkfs Makefile".split()


# --- settings

@dataclass(frozen=True)
class Settings:
    benches: list[Benchmark]  # of the list, those asked for
    variants: list[str]
    harts: list[int]
    repeats: int
    out: Path
    retry: bool
    linux: str
    runner: list[str]         # none: our own, on kernels that we build
    profile: str              # none: timed
    jobs: int
    listed: list[Benchmark]


def _numbers(text: str, what: str) -> list[int]:
    words = text.split()
    if not words or not all(re.fullmatch(r"[1-9]\d*", word) for word in words):
        raise Failure(f"{what} from 1")
    return [int(word) for word in words]


def drove_variants() -> list[str]:
    found = re.search(r"^VARIANTS *:= *(.*)", Path("kernel/variants.mk")
                      .read_text(), re.M)
    assert found
    return found[1].split()


def linux_variant(image: str) -> str:
    """The variant of a Linux image has its version in its name."""
    if not image:
        raise Failure("the variant linux needs LINUX=<kernel image>")
    try:
        found = re.search(rb"Linux version ([0-9.]+)",
                          Path(image).read_bytes())
    except OSError:
        raise Failure(f"cannot read LINUX={image}") from None
    if not found:
        raise Failure(f"{image} is no uncompressed Linux image for RISC-V")
    return f"linux-{found[1].decode()}"


def _variants(wanted: str, linux: str) -> list[str]:
    known = drove_variants()
    found = []
    for variant in wanted.split() or known:
        if variant not in known and variant != "linux":
            raise Failure(f"VARIANTS: no {variant}, but {' '.join(known)}, "
                          "and linux")
        found.append(linux_variant(linux) if variant == "linux" else variant)
    return found


def _harts(text: str, modelled: bool) -> list[int]:
    harts = _numbers(text or ("1 2 4 8 16 32 64" if modelled else "1 2 4 8"),
                     "REPEATS and CPUS are numbers")
    if max(harts) > _MOST_HARTS:
        raise Failure(f"CPUS: at most {_MOST_HARTS} harts, not {max(harts)}")
    # Those that take longest first: the cores are done at the same time.
    return sorted(harts, reverse=True) if modelled else harts


def settings_from(env: Mapping[str, str]) -> Settings:
    profile = env.get("MODEL", "")
    profile = "ideal" if profile == "1" else profile
    repeats = _numbers(env.get("REPEATS") or ("1" if profile else "3"),
                       "REPEATS and CPUS are numbers")[0]
    harts = _harts(env.get("CPUS", ""), bool(profile))
    if profile:
        lines.check_profile(profile, "MODEL: no profile")
        if env.get("MODEL_ARGS"):
            raise Failure("a modelled sweep is of a profile's machine: no "
                          "MODEL_ARGS")
    jobs = _numbers(env.get("JOBS", str(len(own_cores()))),
                    "JOBS is a number")[0] if profile else 1
    linux = env.get("LINUX", "")
    variants = _variants(env.get("VARIANTS", ""), linux)
    listed = read_list(Path(env.get("LIST") or "bench/sweep.list"))
    names = [bench.name for bench in listed]
    wanted = env.get("BENCH", "").split() or names
    for name in wanted:
        if name not in names:
            raise Failure(f"BENCH: no {name}, but {' '.join(names)}")
    benches = [bench for bench in listed if bench.name in wanted]
    if profile:
        limit = env.get("MODEL_LIMIT") or "1800"
        benches = [bench.as_modelled(profile, limit) for bench in benches]
    if env.get("MEM"):
        benches = [replace(bench, mem=env["MEM"]) for bench in benches]
    return Settings(benches, variants, harts, repeats,
                    Path(env.get("OUT") or "results/sweep.csv"),
                    env.get("RETRY", "0") not in ("", "0"), linux,
                    env.get("RUNNER", "").split(), profile, jobs, listed)


# --- what to measure

@dataclass(frozen=True)
class Job:
    bench: Benchmark
    kind: str
    variant: str
    harts: int
    repeat: int

    @property
    def name(self) -> str:
        return f"{self.bench.name}-{self.kind}-{self.variant}-{self.harts}-" \
            f"{self.repeat}"

    @property
    def identity(self) -> tuple[object, ...]:
        """As a point's."""
        return (self.bench.name, self.kind, self.variant, self.harts,
                self.repeat, self.bench.mem, no_commas(self.bench.command))

    def command(self) -> str:
        if not is_modelled(self.kind):
            return self.bench.command
        return self.bench.command_for(self.variant, self.harts)

    def title(self) -> str:
        how = " (locks)" if self.kind == "locks" else \
            f" (modelled, {profile_of(self.kind)})" \
            if is_modelled(self.kind) else ""
        return f"{self.bench.name}{how} {self.variant} CPUS={self.harts} " \
            f"repeat {self.repeat}"


def _makes_sense(kind: str, variant: str, repeat: int) -> bool:
    if variant.startswith("linux-") and kind != "time":
        return False
    return kind != "locks" or repeat == 1


def plan(settings: Settings) -> list[Job]:
    """All points, in the order of measuring."""
    return [Job(bench, kind, variant, harts, repeat)
            for repeat in range(1, settings.repeats + 1)
            for harts in settings.harts
            for bench in settings.benches
            for kind in bench.kinds.split()
            for variant in settings.variants
            if bench.wants(variant, harts)
            and _makes_sense(kind, variant, repeat)]


def commit_id() -> str:
    """What is measured: the commit, and of changes on top a checksum."""
    def git(*arguments: str) -> bytes:
        return subprocess.run(["git", *arguments], capture_output=True,
                              check=True).stdout

    try:
        commit = git("rev-parse", "--short=10", "HEAD").decode().strip()
        changes = git("diff", "HEAD", "--", *_WHAT_IS_MEASURED)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return commit + (f"+{zlib.crc32(changes)}" if changes else "")


def describe(commit: str) -> list[str]:
    return subprocess.run(["bench/describe.sh", commit], check=True,
                          stdout=subprocess.PIPE,
                          text=True).stdout.splitlines()


# --- the file

def read_whole(out: Path) -> Optional[SweepFile]:
    """None if there is no file; a row that was cut short goes."""
    if not out.exists() or not out.stat().st_size:
        return None
    text = out.read_text()
    if not text.endswith("\n"):
        out.write_text(text[:text.rfind("\n") + 1])
    return read_csv(out)


def open_file(out: Path, old: Optional[SweepFile],
              description: list[str]) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    if old is None:
        out.write_text("\n".join([*description, HEADER]) + "\n")
        return
    if not old.has_header:
        raise Failure(f"{out} has other columns; name another file with OUT=")
    for key in ("cpu", "cores"):
        if f"# {key}: {old.said.get(key, '')}" not in description:
            raise Failure(f"{out} is of another machine; name another file "
                          "with OUT=")
    with open(out, "a") as file:
        file.write("\n".join(description) + "\n")


# --- running

class Runner(Protocol):
    """What measures a job: its console goes to STEM.log, of a modelled one the
    raw report to STEM.raw and its hottest lines to STEM.raw.lines.  slot is
    its number among those that run at a time."""

    def run(self, job: Job, slot: int, stem: Path) -> int:
        """Returns the exit status, HUNG if its time ran out."""

    def stop(self) -> None:
        """Ends all that run, which then raise Interrupted."""


class Processes:
    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.cores = own_cores()
        self.lock = threading.Lock()
        self.running: set[subprocess.Popen[bytes]] = set()
        self.stopped = False

    def run(self, job: Job, slot: int, stem: Path) -> int:
        environment = clean_environment()
        if is_modelled(job.kind):
            environment["MODEL_CORE"] = str(self.cores[slot % len(self.cores)])
            environment["MODEL_REPORT"] = f"{stem}.raw"
        command = ["tests/bounded.sh", job.bench.seconds, *self.command,
                   job.kind, job.bench.name, job.variant, str(job.harts),
                   str(job.repeat), job.bench.mem, job.command()]
        with open(f"{stem}.log", "wb") as log, self.lock:
            if self.stopped:
                raise Interrupted
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, env=environment)
            self.running.add(process)
        status = process.wait()
        with self.lock:
            self.running.discard(process)
            if self.stopped:
                raise Interrupted
        return status

    def stop(self) -> None:
        with self.lock:
            self.stopped = True
            for process in self.running:
                process.terminate()


@dataclass
class Pace:
    """How long the points of one benchmark and kind take."""
    left: int = 0
    done: int = 0
    seconds: float = 0


class Progress:
    """Benchmarks take very different times, so each counts with its own mean
    once it has one."""

    def __init__(self, jobs: list[Job], at_a_time: int) -> None:
        self.at_a_time = at_a_time
        self.total = len(jobs)
        self.ended = 0
        self.began = time.monotonic()
        self.paces: dict[tuple[str, str], Pace] = {}
        for job in jobs:
            self._pace(job).left += 1

    def _pace(self, job: Job) -> Pace:
        return self.paces.setdefault((job.bench.name, job.kind), Pace())

    def account(self, job: Job, seconds: float) -> None:
        pace = self._pace(job)
        pace.left -= 1
        pace.done += 1
        pace.seconds += seconds
        self.ended += 1

    def left(self) -> str:
        """2:05"""
        mean = (time.monotonic() - self.began) * self.at_a_time / self.ended
        seconds = int(sum(
            pace.left * (pace.seconds / pace.done if pace.done else mean)
            for pace in self.paces.values()) / self.at_a_time)
        return f"{seconds // 60}:{seconds % 60:02d}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class Sweep:
    """The jobs that are left, and the file that their rows go to."""

    def __init__(self, settings: Settings, commit: str, jobs: list[Job],
                 runner: Runner,
                 say: Callable[[str], None] = _say) -> None:
        self.settings, self.commit, self.jobs = settings, commit, jobs
        self.runner, self.say = runner, say
        self.cores = len(own_cores())
        self.progress = Progress(jobs, settings.jobs)
        self.bad = 0
        self.lock = threading.Lock()  # the file's, and of what is above
        self.slots: "queue.SimpleQueue[int]" = queue.SimpleQueue()
        for slot in range(settings.jobs):
            self.slots.put(slot)
        stem = str(settings.out.with_suffix(""))
        self.consoles, self.raws = Path(stem + "-consoles"), \
            Path(stem + "-model")

    def measure_all(self) -> None:
        with ThreadPoolExecutor(self.settings.jobs) as pool:
            futures = [pool.submit(self._measure, job) for job in self.jobs]
            try:
                for future in as_completed(futures):
                    future.result()
            except BaseException:
                for future in futures:
                    future.cancel()
                self.runner.stop()
                raise
        if self.consoles.exists() and not any(self.consoles.iterdir()):
            self.consoles.rmdir()

    def _measure(self, job: Job) -> None:
        slot = self.slots.get()
        date = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        began = time.monotonic()
        # What else the host was doing shows in the load before the point.
        load = f"{os.getloadavg()[0]:.2f}"
        self.consoles.mkdir(parents=True, exist_ok=True)
        stem = self.consoles / job.name
        code = self.runner.run(job, slot, stem)
        self.slots.put(slot)
        with self.lock:
            status, values, note = self._judge(job, code, stem)
            over = job.harts > self.cores and not is_modelled(job.kind)
            point = Point(
                date, job.bench.name, job.kind, job.variant, job.harts,
                job.repeat, status, int(over), str(self.cores), load,
                self.commit, job.bench.mem, no_commas(job.bench.command),
                values)
            with open(self.settings.out, "a") as file:
                file.write(point.row() + "\n")
            self.bad += status != "ok"
            self.progress.account(job, time.monotonic() - began)
            self.say(f"[{self.progress.ended}/{self.progress.total}] "
                     f"{job.title()}: {note}; {self.progress.left()} left")

    def _judge(self, job: Job, code: int, stem: Path) -> tuple[str, str, str]:
        """Status, values, and what to say of it."""
        log = f"{stem}.log"
        if code == HUNG:
            return "hung", "", "hung, stopped after " \
                f"{job.bench.seconds} s; see {log}"
        values = self._values(job, stem) if code == 0 else None
        if values is None:
            return "failed", "", f"failed with status {code}; see {log}"
        self._keep(job, stem)
        text = " ".join(f"{key}={value}" for key, value in values.items())
        return "ok", text, headline(job.bench, values) or "done"

    @staticmethod
    def _values(job: Job, stem: Path) -> Optional[dict[str, str]]:
        """None if the output is not what it should be."""
        said = console.values(
            Path(f"{stem}.log").read_text(errors="replace"), job.kind,
            job.bench.program(job.kind), job.variant, job.harts)
        if said is None or not is_modelled(job.kind):
            return said
        figures = raw.figures(Path(f"{stem}.raw"), job.harts)
        return None if figures is None else {**said, **figures}

    def _keep(self, job: Job, stem: Path) -> None:
        """What stays of a good point."""
        report, hot = Path(f"{stem}.raw"), Path(f"{stem}.raw.lines")
        if report.exists():
            self.raws.mkdir(parents=True, exist_ok=True)
            (self.raws / f"{job.name}.gz").write_bytes(
                gzip.compress(report.read_bytes(), mtime=0))
        if hot.exists() and hot.stat().st_size:
            to = lines_of(self.settings.out)
            start = "" if to.exists() else lines.HEADER + "\n"
            where = f"{self.commit},{job.bench.name},{job.kind}," \
                f"{job.variant},{job.harts},{job.repeat},"
            with open(to, "a") as file:
                file.write(start + "".join(
                    f"{where}{row}\n"
                    for row in hot.read_text().splitlines()))
        for path in (Path(f"{stem}.log"), report, hot):
            path.unlink(missing_ok=True)


def headline(bench: Benchmark, values: Mapping[str, str]) -> str:
    """The one figure to show while the sweep runs."""
    key = "median_s" if bench.rate == "-" else bench.rate
    text = f"{values[key]} {key}" if key in values else ""
    breaks = values.get("model_breaks", "0")
    if breaks != "0":
        text += f" ({breaks} breaks: not to be trusted)"
    return text.strip()


def build(settings: Settings) -> None:
    commands = [["bench/linux/build.sh"] if variant.startswith("linux-")
                else ["make", "-s", f"VARIANT={variant}"]
                for variant in settings.variants]
    if settings.profile:
        commands.append(["make", "-s", "build/model.so"])
    for command in commands:
        if subprocess.call(command, stdout=sys.stderr,
                           env=clean_environment()):
            raise Failure(f"`{' '.join(command)}` failed")


def _left(settings: Settings, old: Optional[SweepFile], commit: str) \
        -> Iterator[Job]:
    """What the file does not have yet."""
    known = {point.identity for point in (old.points if old else [])
             if point.commit == commit
             and (point.status == "ok" or not settings.retry)}
    return (job for job in plan(settings) if job.identity not in known)


def sweep(settings: Settings, runner: Runner, commit: str,
          describe_it: Callable[[str], list[str]] = describe,
          say: Callable[[str], None] = _say) -> Iterator[str]:
    """Measures; then yields the table, and fails if a point did."""
    old = read_whole(settings.out)
    jobs = list(_left(settings, old, commit))
    have = len(plan(settings)) - len(jobs)
    if not jobs and not have:
        raise Failure("nothing to measure with these settings")
    if jobs:
        open_file(settings.out, old, describe_it(commit))
    say(f"sweep: {len(jobs)} points to measure, {have} in {settings.out} "
        "already")
    measuring = Sweep(settings, commit, jobs, runner, say)
    measuring.measure_all()
    yield from table.lines(Stats(settings.listed, read_csv(settings.out)),
                           settings.variants)
    say(f"sweep: the points are in {settings.out}")
    if measuring.bad:
        raise SystemExit(1)


def main() -> int:
    """Returns an exit status."""
    interruptible()
    settings = settings_from(os.environ)
    try:
        if not settings.runner:
            build(settings)
        runner = Processes(settings.runner or
                           [sys.executable, "-m", "bench.host", "point"])
        for line in sweep(settings, runner, commit_id()):
            print(line)
    except Interrupted:
        _say("sweep: interrupted; the same command goes on from here")
        return 130
    return 0

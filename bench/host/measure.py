"""Measures one point of a sweep; its console goes to the standard output.

KIND time:  boots the variant, runs the command, powers off.  A variant
            linux-VERSION boots the image $LINUX instead.
     locks: the same under the guest's lockstat, whose table of lock classes
            ends the console.  It measures hold times, which costs; so rates of
            such a run do not count as rates.
     model-PROFILE: the same under the coherence model, in the machine of that
            profile, on the host's core $MODEL_CORE.  The raw report goes to
            $MODEL_REPORT, the hottest lines in it to $MODEL_REPORT.lines.
     boot:  what the host sees of booting, running the command and powering
            off, in RUNS=5 runs timed by hyperfine; ends with a RESULT line
            made of its figures.
"""

import csv
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .lines import named, rows
from .points import is_modelled, profile_of
from .shell import Failure


@dataclass(frozen=True)
class Asked:
    kind: str
    name: str
    variant: str
    harts: str
    repeat: str
    mem: str
    command: str


def measure(asked: Asked) -> int:
    """Returns an exit status."""
    if asked.kind == "time":
        return _run(asked, asked.command)
    if asked.kind == "locks":
        return _run(asked, f"lockstat {asked.command}")
    if asked.kind == "boot":
        return _boots(asked)
    if is_modelled(asked.kind):
        return _modelled(asked)
    raise Failure("kinds are time, locks, boot and model-PROFILE, not "
                  f"{asked.kind}")


def _make(asked: Asked, command: str, *more: str) -> int:
    return subprocess.call(
        ["make", "-s", "run", f"VARIANT={asked.variant}",
         f"CPUS={asked.harts}", f"MEM={asked.mem}", f"CMD={command}", *more])


def _run(asked: Asked, command: str) -> int:
    if asked.variant.startswith("linux-"):
        return subprocess.call(["bench/linux/boot.sh", asked.harts, asked.mem,
                                command])
    return _make(asked, command)


def _modelled(asked: Asked) -> int:
    raw = Path(os.environ["MODEL_REPORT"])
    status = _make(asked, asked.command, f"MODEL={profile_of(asked.kind)}",
                   f"MODEL_REPORT={raw}")
    if status:
        return status
    report, lines, _ = named(
        raw, Path(f"build/{asked.variant}/kernel.elf"),
        Path(f"build/user/bin/{asked.command.split()[0]}"))
    Path(f"{raw}.lines").write_text(
        "".join(f"{row}\n" for row in rows(report, lines)))
    return 0


def _boot_command(asked: Asked) -> str:
    """Without a make in between: its time is not the guest's."""
    script = '. tests/qemu.sh; qemu_command "$1"; printf "%q " "${qemu[@]}"'
    settings = {"VARIANT": asked.variant, "CPUS": asked.harts,
                "MEM": asked.mem}
    return subprocess.run(
        ["bash", "-c", script, "bash", f"-- {asked.command}"], check=True,
        env={**os.environ, **settings}, stdout=subprocess.PIPE,
        text=True).stdout


def boot_result(asked: Asked, runs: str, timed: Path) -> str:
    """The RESULT line, from what hyperfine exported."""
    with open(timed, newline="") as file:
        figures = next(csv.DictReader(file))
    words = [f"{key}_s={value}" for key, value in figures.items()
             if key != "command"]
    return f"RESULT bench={asked.name} variant={asked.variant} " \
        f"harts={asked.harts} runs={runs} {' '.join(words)}"


def _boots(asked: Asked) -> int:
    runs = os.environ.get("RUNS") or "5"
    with tempfile.TemporaryDirectory(prefix="drove-boots.") as folder:
        timed = Path(folder, "csv")
        status = subprocess.call(
            ["hyperfine", "--shell", "none", "--warmup", "1", "--runs", runs,
             "--style", "basic", "--export-csv", str(timed),
             _boot_command(asked)])
        if not status:
            print(boot_result(asked, runs, timed))
    return status

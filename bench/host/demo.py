"""From a fresh clone to the comparison that this kernel is about: sets up,
builds, boots the course's usual copy-on-write (baseline) and ours (scalable),
lets all harts fork at once, and prints both side by side: rates, and per lock
class the contended acquisitions in 1000 forks.  The lock statistics are of the
whole command, start and end of the workers included; the forks those of its
measured part.

Then the same under the coherence model, which does not depend on the host, at
1, 8 and 64 harts: how many forks a million cycles see, and how many times one
hart's that is.

Settings from the environment: CPUS=8, SECONDS_EACH=3, VARIANTS.
"""

import os
import subprocess
from pathlib import Path
from typing import Iterator, Optional

from . import raw
from .console import lock_table, results
from .shell import (Failure, Interrupted, clean_environment, interruptible,
                    own_cores)


MODELLED_HARTS = (1, 8, 64)
_MODELLED_FORKS = 20  # of each hart


class Console:
    """What a variant's run of `lockstat parfork` printed."""

    def __init__(self, variant: str, text: str) -> None:
        lines = text.replace("\r", "").splitlines()
        found = results(lines, "parfork")
        self.variant = variant
        self.result = found[-1] if found else {}
        self.contended = {name: float(row["contended"])
                          for name, row in lock_table(lines).items()}
        if not self.value("forks"):
            raise Failure(f"no forks on {variant}")

    def value(self, key: str) -> float:
        return float(self.result.get(key, "0"))

    def per_1000(self, events: float) -> str:
        return f"{events * 1000 / self.value('forks'):.1f}"


def _row(label: str, cells: list[str], end: str = "", width: int = 12) -> str:
    return f"{label:<44}" + "".join(f"{cell:>{width}}"
                                    for cell in cells) + end


def _last_over_first(consoles: list[Console]) -> str:
    first, last = (c.value("forks_per_s") for c in (consoles[0], consoles[-1]))
    return f"  x {last / first:.2f}" if len(consoles) > 1 and first else ""


def compare(consoles: list[Console], cores: int) -> Iterator[str]:
    last = consoles[-1]
    harts = int(last.value("harts"))
    yield f"{last.result['workers']} workers on {harts} harts: fork, the " \
        f"child writes {last.result['writes']} of {last.result['pages']} " \
        "pages and exits"
    yield ""
    yield _row("", [c.variant for c in consoles])
    yield _row("forks per second",
               [f"{c.value('forks_per_s'):.1f}" for c in consoles],
               _last_over_first(consoles))
    for label, key in (
            ("in 1000 forks: pages copied on write", "cow_copies"),
            ("  pages reused by their only owner", "cow_upgrades"),
            ("  contended acquisitions of any lock", "contended_all"),
            ("  of the memory manager's locks", "contended")):
        yield _row(label, [c.per_1000(c.value(key)) for c in consoles])
    most = {name: max(c.contended.get(name, 0) for c in consoles)
            for c in consoles for name in c.contended}
    # Those that hurt most first; what happens less than once says nothing.
    telling = [name for name in most
               if most[name] * 1000 >= max(c.value("forks") for c in consoles)]
    for name in sorted(telling, key=lambda n: -most[n]):
        yield _row(f"  whole run: lock class {name}",
                   [c.per_1000(c.contended.get(name, 0)) for c in consoles])
    yield ""
    if harts > cores:
        yield f"This host has {cores} cores for {harts} harts, so the rate " \
            "is not scaling: harts take turns."
        yield "Contention per fork is: it counts what the harts do to each " \
            "other, however fast they run."
    else:
        yield f"This host has a core for each of the {harts} harts: the " \
            "rates are of harts that run side by side."


def _run(variant: str, harts: str, seconds: str) -> str:
    """Returns its console, which also stays in a file."""
    log = Path(f"build/demo-{variant}.log")
    print(f"building {variant} ...", flush=True)
    if not _logged(["make", "-s", f"VARIANT={variant}"], log) == 0:
        print(log.read_text(errors="replace"), end="")
        raise Failure(f"{variant} does not build")
    print(f"booting {variant} with {harts} harts, forking for {seconds} s ...",
          flush=True)
    limit = str(int(float(seconds) * 5 + 60))  # much more than it needs
    status = _logged(
        ["tests/bounded.sh", limit, "make", "-s", "run", f"VARIANT={variant}",
         f"CPUS={harts}", f"CMD=lockstat parfork -t {seconds}"], log)
    text = log.read_text(errors="replace")
    if status:
        print("\n".join(text.splitlines()[-20:]))
        raise Failure(f"the run of {variant} ended with status {status} "
                      f"(124: no end in {limit} s); all of it is in {log}")
    return text


def forks_per_million(report: Path, harts: int) -> float:
    """What the model's report says; Failure if it is not of such a run."""
    found = raw.read(report) if report.exists() else None
    if not found or found.harts != harts or found.breaks:
        raise Failure(f"no model's report of {harts} harts in {report}")
    cycles = sum(found.cost.values()) / found.participants
    return found.ops * 1e6 / cycles


def _modelled(variant: str, harts: int) -> float:
    report = Path(f"build/demo-{variant}-{harts}.report")
    log = Path(f"build/demo-{variant}-{harts}.log")
    forks = _MODELLED_FORKS
    if variant != "scalable":  # a fork takes the longer the more there are
        forks = max(forks // harts, 1)
    status = _logged(
        ["tests/bounded.sh", "600", "make", "-s", "run", f"VARIANT={variant}",
         f"CPUS={harts}", "MEM=512M", "MODEL=ideal",
         f"MODEL_REPORT={report}", f"CMD=parfork -i {forks}"], log)
    if status:
        raise Failure(f"the modelled run of {variant} ended with status "
                      f"{status} (124: no end in 600 s); all of it is in "
                      f"{log}")
    return forks_per_million(report, harts)


def scaling(rates: dict[str, dict[int, float]]) -> Iterator[str]:
    """rates: by variant, by harts."""
    yield "Forks in a million modelled cycles, and that to one hart's"
    yield ""
    yield _row("", list(rates), width=18)
    for harts in MODELLED_HARTS:
        cells = [f"{of[harts]:.1f}  x {of[harts] / of[1]:5.2f}"
                 for of in rates.values()]
        yield _row("1 hart" if harts == 1 else f"{harts} harts", cells,
                   width=18)
    yield ""
    yield "From here: make qemu CPUS=8 (a shell: try parfork, lockstat, " \
        "memstat), make sweep, make report."


def _logged(command: list[str], log: Path) -> int:
    with open(log, "wb") as out, subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            env=clean_environment()) as child:
        try:
            return child.wait()
        except Interrupted:
            child.terminate()
            raise


def setting(name: str, otherwise: str) -> str:
    return os.environ.get(name) or otherwise


def demo() -> int:
    """Returns an exit status."""
    interruptible()
    setup: Optional[int] = subprocess.call([".ci/setup"])
    if setup:
        return 1
    Path("build").mkdir(exist_ok=True)
    consoles = [Console(variant, _run(variant, setting("CPUS", "8"),
                                      setting("SECONDS_EACH", "3")))
                for variant in setting("VARIANTS", "baseline scalable")
                .split()]
    print()
    print("\n".join(compare(consoles, len(own_cores()))))
    print("\nthe same under the coherence model, up to a minute ...",
          flush=True)
    print("\n".join(scaling({
        console.variant: {harts: _modelled(console.variant, harts)
                          for harts in MODELLED_HARTS}
        for console in consoles})))
    return 0

"""What the bench's programs have to do with the world around them: they fail
with one line, and their children do not inherit settings meant for them."""

import os
import signal
import subprocess
import types
from typing import NoReturn, Optional

# A make above us hands its command line down to the makes that we run.
_OF_MAKE = "MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL GNUMAKEFLAGS".split()
_OF_POINTS = ("VARIANT VARIANTS CMD DEBUG FSIMG TIMEOUT CPUS MEM MODEL "
              "MODEL_REPORT MODEL_CORE").split()


class Failure(Exception):
    """What a program ends with: a line for its user, who can do something."""


class Interrupted(Exception):
    """A signal asked the program to end."""


def clean_environment(**more: str) -> dict[str, str]:
    """Ours without the settings of a sweep or a point, with those given."""
    return {**{name: value for name, value in os.environ.items()
               if name not in _OF_MAKE + _OF_POINTS}, **more}


def first_line(command: list[str]) -> str:
    """Of a command's output; "" if it fails."""
    try:
        said = subprocess.run(command, capture_output=True, check=True,
                              text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
    return said.split("\n", 1)[0]


def interruptible() -> None:
    """From now on signals that end programs raise Interrupted."""
    def interrupt(_signal: int, _frame: Optional[types.FrameType]) -> NoReturn:
        raise Interrupted

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def own_cores() -> list[int]:
    """The host's cores that we may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))

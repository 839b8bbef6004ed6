#!/usr/bin/env python3
"""The test runner itself, with a make that only pretends: every way in which a
test can end is counted right, and nothing of a hung one stays behind.  Also
what the guest's tests are judged by."""
from __future__ import annotations

import os
import pathlib
import random
import re
import signal
import subprocess
import tempfile
import time
import unittest
import xml.etree.ElementTree as xml

import harness

# Its argument CMD=... is a script that it runs.
FAKE_MAKE = r"""#!/bin/bash
for word; do
	case $word in
	CMD=*) command=${word#CMD=} ;;
	esac
done
[[ "$*" == *run* ]] || [[ "$*" != *VARIANT=broken* ]] || {
	echo "cannot build this"
	exit 2
}
echo "asked for $*"
eval "$command"
"""


def alive(mark: str) -> bool:
    """Whether a process has that word among its arguments."""
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark.encode() in path.read_bytes().split(b"\0"):
                return True
        except OSError:
            pass # it has ended
    return False


class RunnerCase(unittest.TestCase):
    def setUp(self) -> None:
        where = tempfile.TemporaryDirectory(prefix="drove-test.")
        self.addCleanup(where.cleanup)
        self.scratch = pathlib.Path(where.name)
        make = self.scratch / "bin/make"
        make.parent.mkdir()
        make.write_text(FAKE_MAKE)
        make.chmod(0o755)
        self.mark = f"{random.randrange(40000, 90000)}.{os.getpid()}"
        self.environment = os.environ | {
            "PATH": f"{make.parent}:{os.environ['PATH']}", "GUEST_ONLY": "1",
            "GUEST_LIST": str(self.scratch / "list"), "SLOW": "1",
            "LOGS": str(self.scratch / "logs"), "T": str(self.scratch / "T")}

    def start(self, lines: str, *words: str) -> subprocess.Popen[str]:
        (self.scratch / "list").write_text(lines)
        return subprocess.Popen(["tests/run.py", *words], text=True,
                                env=self.environment, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)

    def run_list(self, lines: str, *words: str) -> None:
        self.end(self.start(lines, *words))

    def end(self, runner: subprocess.Popen[str]) -> None:
        self.said = runner.communicate(timeout=300)[0]
        self.status = runner.returncode

    def totals(self, passed: int, failed: int, status: int) -> None:
        self.assertEqual(self.said.splitlines()[-1:],
                         [f"{passed} passed, {failed} failed"], self.said)
        self.assertEqual(self.status, status)

    def says(self, pattern: str) -> None:
        with self.subTest(pattern):
            self.assertRegex(self.said, re.compile(pattern, re.M))


class Selection(RunnerCase):
    LIST = """# a comment

good | one two | 1 2 | 5 | quick | MEM=64M | echo fine; echo | ^fine$ | ^asked
slow | one | 1 | 5 | all | - | echo fine | fine
"""

    def test_quick(self) -> None:
        self.run_list(self.LIST, "quick")
        self.totals(4, 0, 0)
        self.says(r"^ok +[0-9]+\.[0-9] s  good-two-2$")
        self.assertIn("MEM=64M VARIANT=two CPUS=1",
                      (self.scratch / "logs/good-two-1.log").read_text())

    def test_all(self) -> None:
        self.run_list(self.LIST, "all")
        self.totals(5, 0, 0)

    def test_pattern(self) -> None:
        self.run_list(self.LIST, "all", "slow|two-2")
        self.totals(2, 0, 0)

    def test_none(self) -> None:
        self.run_list(self.LIST, "quick", "nothing")
        self.totals(0, 0, 0)

    def test_mistakes(self) -> None:
        for lines, words in (("short | one | 1 | 5\n", ()),
                             (self.LIST, ("sometimes",)),
                             (self.LIST, ("-j", "x")), (self.LIST, ("-j", "0")),
                             (self.LIST, ("quick", "("))):
            with self.subTest(words=words):
                self.run_list(lines, *words)
                self.assertIn(self.status, (1, 2))
                self.assertRegex(self.said, "^(usage|tests/run.py): ")
                self.assertNotIn("Traceback", self.said)


class Failures(RunnerCase):
    LIST = """
status | one | 1 | 5 | quick | - | echo fine; exit 3 | fine
missing | one | 1 | 5 | quick | - | echo fine | fine | coarse
early | one | 1 | 5 | quick | - | echo cause; echo one: FAILED; seq 99; false
panic | one | 1 | 5 | quick | - | echo panic: at the disk | panic
good | one | 1 | 5 | quick | - | printf 'fine\\r\\n' | ^fine$
"""

    def test_failures(self) -> None:
        junit = self.scratch / "junit.xml"
        self.run_list(self.LIST, "-j", "1", "--junit", str(junit))
        self.totals(1, 4, 1)
        self.says("^FAILED .* status-one-1: exit status 3$")
        self.says("^FAILED .* missing-one-1: no line matches coarse$")
        self.says("^FAILED .* panic-one-1: the kernel panicked$")
        self.says(r"^ +\| panic: at the disk$")
        self.says(r"^ +\| 99$") # the end of a console
        self.assertNotRegex(self.said, r"\| 50\n") # not its middle
        self.says(r"^ +\| cause\n +\| one: FAILED$") # but what failed first
        cases = xml.parse(junit).getroot().findall("testcase")
        self.assertEqual([case.find("failure") is None for case in cases],
                         [False] * 4 + [True])

    def test_builds(self) -> None:
        self.run_list("built | one broken | 1 | 5 | quick | - | echo fine |"
                      " fine\n")
        self.totals(2, 1, 1)
        self.says(r"^ +\| cannot build this$")

    def test_scripts_and_host_commands(self) -> None:
        odd = pathlib.Path(f"tests/.odd{os.getpid()}.awk")
        odd.write_text('/^odd/ { print "odd line" }\n')
        self.addCleanup(odd.unlink)
        self.run_list(f"""
script | one | 1 | 5 | quick | - | echo odd | @{odd.stem}
script-ok | one | 1 | 5 | quick | - | echo even | @{odd.stem}
host | three | 7 | 5 | quick | MEM=1G | !echo "$VARIANT $CPUS $MEM" panic | \
^three 7 1G
host-fails | one | 1 | 5 | quick | - | !exit 9
""")
        self.totals(2, 2, 1)
        self.says("^FAILED .* script-one-1: odd line$")


class Time(RunnerCase):
    def test_hang(self) -> None:
        """A limit is a limit; on a host that is twice as slow, twice."""
        self.environment["SLOW"] = "2"
        self.run_list(f"""
hang | one | 1 | 1 | quick | - | echo last words; timeout {self.mark} sleep \
{self.mark} & wait
leave | one | 1 | 30 | quick | - | sleep {self.mark} & echo left
""", "-j", "2")
        self.totals(1, 1, 1)
        self.says("^FAILED .* hang-one-1: hung, killed after 2 s")
        self.says(r"^ +\| last words$")
        self.assertFalse(alive(self.mark))

    def test_slots(self) -> None:
        """Two: two tests of one hart at a time, a wider one alone, and last.
        Each of a pair waits for the other."""
        pair = ("echo start 1 >> $T; until [ $(grep -c 1 $T) = 2 ]; do "
                "sleep 0.1; done; echo end >> $T")
        self.run_list(f"""
wide | one | 8 | 60 | quick | - | echo start 8 >> $T; sleep 0.2; echo end >> $T
pair1 | one | 1 | 60 | quick | - | {pair}
pair2 | one | 1 | 60 | quick | - | {pair}
""", "-j", "2")
        self.totals(3, 0, 0)
        self.assertEqual((self.scratch / "T").read_text().split(),
                         "start 1 start 1 end end start 8 end".split())

    def test_interrupt(self) -> None:
        """It ends the tests, and counts them as failed."""
        runner = self.start(f"long | one | 1 | 600 | quick | - | sleep "
                            f"{self.mark}\n")
        while not alive(self.mark):
            time.sleep(0.05)
        runner.send_signal(signal.SIGTERM)
        self.end(runner)
        self.totals(0, 1, 130)
        self.assertFalse(alive(self.mark))

    def test_bounded(self) -> None:
        def bounded(*words: str) -> int:
            return subprocess.run(["tests/bounded.sh", *words],
                                  check=False).returncode

        self.assertEqual(bounded("60", "sh", "-c", "exit 7"), 7)
        self.assertEqual(bounded("1", "sleep", "300"), 124)
        said = subprocess.run(["tests/bounded.sh", "60", "cat"], input="in",
                              text=True, stdout=subprocess.PIPE, check=True)
        self.assertEqual(said.stdout, "in")


class ParforkCounters(unittest.TestCase):
    """The check of parfork's counters notices each thing that it is there
    for."""
    GOOD = ("2 workers, 256 pages, 16 written, then exit; 50 iterations\n"
            "RESULT bench=parfork variant=scalable harts=2 workers=2 pages=256 "
            "writes=16 exec=0 seconds=0.100 forks=100 forks_per_s=1000.0 "
            "cow_copies=1900 cow_upgrades=1700 zero_fills=9 contended=0 "
            "spins=0 contended_all=12\n")

    def verdict(self, *changes: tuple[str, str]) -> str:
        text = self.GOOD
        for old, new in changes:
            self.assertIn(old, text)
            text = text.replace(old, new)
        return subprocess.run(["awk", "-f", "tests/parfork.awk"], input=text,
                              text=True, stdout=subprocess.PIPE,
                              check=True).stdout

    def test_good(self) -> None:
        self.assertEqual(self.verdict(), "")
        self.assertEqual(self.verdict(("=scalable", "=baseline"),
                                      ("upgrades=1700", "upgrades=0")), "")

    def test_bad(self) -> None:
        for name, old, new in (
                ("no RESULT", "RESULT ", ""),
                ("lost forks", "forks=100", "forks=99"),
                ("too few copies", "copies=1900", "copies=1599"),
                ("too many copies", "copies=1900", "copies=25600"),
                ("no upgrades", "upgrades=1700", "upgrades=0"),
                ("contended locks", "contended=0", "contended=90"),
                ("no rate", "_s=1000.0", "_s=0.0"),
                ("baseline upgrades", "=scalable", "=baseline"),
                ("eager copies", "=scalable", "=eager")):
            with self.subTest(name):
                self.assertNotEqual(self.verdict((old, new)), "")


if __name__ == "__main__":
    harness.main()

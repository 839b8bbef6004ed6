"""The demo's comparison."""

import unittest

from bench.host.demo import Console, compare
from bench.host.shell import Failure

BASELINE = """\
RESULT bench=parfork harts=8 workers=8 pages=256 writes=16 forks=1000 \
forks_per_s=200.0 cow_copies=17000 cow_upgrades=0 contended=500 \
contended_all=600\r
class acquisitions contended spins wait_us
log 900 1 20 0
pagecount 9000 480 50 4
echo after the table 7
"""
SCALABLE = """\
RESULT bench=parfork harts=8 workers=8 pages=256 writes=16 forks=2000 \
forks_per_s=500.0 cow_copies=34000 cow_upgrades=2000 contended=0 \
contended_all=10
class acquisitions contended spins wait_us
log 900 4 20 0
"""


def demo(harts: int = 8) -> str:
    return "\n".join(compare([
        Console(name, text.replace("harts=8", f"harts={harts}"))
        for name, text in (("baseline", BASELINE), ("scalable", SCALABLE))],
        cores=2))


class DemoTest(unittest.TestCase):
    def test_comparison(self) -> None:
        for pattern in (
                r"forks per second +200\.0 +500\.0 +x 2\.50",
                r".*memory manager's locks +500\.0 +0\.0",
                # The worst class first.
                r".*lock class pagecount +480\.0 +0\.0\n"
                r".*lock class log +1\.0 +2\.0",
                ".*not scaling.*"):
            self.assertRegex(demo(), f"(?m)^{pattern}$")
        self.assertNotIn("echo", demo())

    def test_enough_cores(self) -> None:
        self.assertIn("side by side", demo(harts=2))

    def test_no_forks(self) -> None:
        with self.assertRaisesRegex(Failure, "^no forks on baseline"):
            Console("baseline", BASELINE.partition("\n")[2])

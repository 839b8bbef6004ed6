"""The demo's comparison."""

import tempfile
import unittest
from pathlib import Path

from bench.host.demo import Console, compare, forks_per_million, scaling
from bench.host.shell import Failure

BASELINE = """\
RESULT bench=parfork harts=8 workers=8 pages=256 writes=16 forks=1000 \
forks_per_s=200.0 cow_copies=17000 cow_upgrades=0 contended=500 \
contended_all=600\r
class acquisitions contended spins wait_us
log 900 3 20 0
disk 900 1 20 0
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
                r".*lock class log +3\.0 +2\.0\n",
                ".*not scaling.*"):
            self.assertRegex(demo(), f"(?m)^{pattern}$")
        self.assertNotIn("echo", demo())

    def test_enough_cores(self) -> None:
        self.assertIn("side by side", demo(harts=2))

    def test_no_forks(self) -> None:
        with self.assertRaisesRegex(Failure, "^no forks on baseline"):
            Console("baseline", BASELINE.partition("\n")[2])

    def test_scaling(self) -> None:
        said = "\n".join(scaling({
            "baseline": {1: 4.0, 8: 3.2, 64: 2.56},
            "scalable": {1: 5.0, 8: 39.2, 64: 304.0}}))
        for pattern in (r"1 hart +4\.0  x  1\.00 +5\.0  x  1\.00",
                        r"8 harts +3\.2  x  0\.80 +39\.2  x  7\.84",
                        r"64 harts +2\.6  x  0\.64 +304\.0  x 60\.80"):
            self.assertRegex(said, f"(?m)^{pattern}$")

    def test_modelled_rate(self) -> None:
        with tempfile.TemporaryDirectory() as where:
            report = Path(where, "report")
            with self.assertRaisesRegex(Failure, "^no model's report"):
                forks_per_million(report, 2)
            report.write_text(
                "model profile=ideal harts=2\n"
                "region n=1 participants=2 cycles=500 ops=3 breaks=0\n" +
                "".join(f"hart region=1 cycles={all} instructions={all} "
                        "miss=0 transfer=0 queue=0 spin=0 device=0 idle=0\n"
                        for all in (500, 400)))
            self.assertEqual(forks_per_million(report, 2), 6000.0)
            with self.assertRaisesRegex(Failure, "^no model's report"):
                forks_per_million(report, 4)

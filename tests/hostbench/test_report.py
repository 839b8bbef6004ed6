"""From a sweep's CSV to plots and report, on small sweeps with canned
consoles: every plot is drawn and is a picture, the report's numbers are those of the
CSV, worked out here in another way, and what was not measured does no harm.
"""

import re
import shutil
import subprocess
from pathlib import Path
from statistics import median
from typing import Optional
from xml.etree import ElementTree

from bench.host import plots, sweep
from bench.host.page import page
from bench.host.plots import Plots
from bench.host.points import HEADER, Point, parse_values
from bench.host.report import (Report, lines_of, load, make_report, markdown)
from bench.host.shell import own_cores
from bench.host.words import num, table

from .common import BenchTest, Guests, raw_report

CORES = len(own_cores())
MANY = CORES * 2
VARIANTS = ["eager", "baseline", "scalable", "linux-6.1.2"]
# The report speaks of the machine in the CSV, which has as many cores.
LIST = (
    "parfork | * | * | 20 | 128M | time locks | forks_per_s | forks | "
    "512M parfork -i 100 | parfork -t 2",
    "pagefault | * | * | 20 | 128M | time | faults_per_s | faults | - | "
    "pagefault -t 2",
    "forklat | * | 1 | 20 | 1G | time | - | - | - | forklat",
    "lockbench | scalable | * | 20 | 128M | time | - | - | - | lockbench",
    "boot | * | * | 20 | 128M | boot | - | - | - | echo booted")


def guest(job: sweep.Job, _stem: Path) -> str:
    """Numbers depend on variant, harts and repeat in a way that makes the
    median another one than the first, the last and the mean."""
    factor = dict(zip(VARIANTS, (3, 5, 11, 2)))[job.variant]
    shake = (107, 90, 101)[job.repeat - 1]
    speed = factor * shake * (10 + job.harts)
    cost = 1000000 // factor + job.repeat * job.repeat * 100
    words: dict[str, object] = {}
    if job.bench.name == "parfork":
        words = {"forks": speed * 2, "forks_per_s": speed + 0.5}
        if not job.variant.startswith("linux"):
            words.update(contended=job.harts * 40 // factor,
                         spins=job.harts * 1000)
    elif job.bench.name == "pagefault":
        words = {"faults": speed, "faults_per_s": f"{speed * 7}.0"}
    elif job.bench.name == "forklat":
        words = {"null_ns": cost // 100, "zero_fill_ns": cost,
                 "cow_copy_ns": cost * 2, "pipe1_ns": cost * 3,
                 "pipe2_ns": "-"}
        for mib in (0, 1, 16):
            words[f"fork_us_{mib}"] = f"{cost // 100 + mib * 50}.5"
            words[f"forkwait_us_{mib}"] = f"{cost // 50 + mib * 70}.5"
    elif job.bench.name == "lockbench":
        for lock in ("spin", "ticket", "mcs", "sleep"):
            words[f"{lock}_per_s"] = f"{speed}.0"
            words[f"{lock}_fair_permille"] = 900
    else:
        words = {"median_s": f"0.0{cost}"}
    said = " ".join(f"{key}={value}" for key, value in words.items())
    text = f"RESULT bench={job.bench.program(job.kind)} " \
        f"variant={job.variant} harts={job.harts} {said}\n"
    if job.kind == "locks":
        text += "class acquisitions contended wait_us\n" \
            f"pagecount 100 10 {30000 // factor}\n" \
            f"family 100 1 {job.harts * 100}\n"
    return text


def cell(text: str, section: str, row: str, column: int) -> str:
    """Of a table: its section begins with a heading that matches, its row with
    that text; the first column behind it is 1.  "" if it is not there."""
    inside = False
    for line in text.splitlines():
        if line.startswith("##"):
            inside = bool(re.search(section, line))
        cells = [x.strip() for x in line.strip("|").split("|")]
        if inside and line.startswith("|") and cells[0] == row:
            return cells[column]
    return ""


class ReportTest(BenchTest):
    cores = CORES

    def setUp(self) -> None:
        super().setUp()
        self.write_list(*LIST)

    def measure(self) -> None:
        image = self.scratch / "image"
        image.write_bytes(b"Linux version 6.1.2-dist (who) #1\n")
        self.assertEqual(self.sweep(
            Guests(guest), VARIANTS="eager baseline scalable "
            "linux", REPEATS="3", CPUS=f"1 2 {MANY}", LINUX=str(image)), 0)

    def report(self, csv: Optional[Path] = None, to: str = "report") -> str:
        folder = make_report(csv or self.out, self.scratch / to, self.list,
                             self.scratch)
        return (folder / "report.md").read_text()

    def text(self, csv: Optional[Path] = None) -> str:
        """Of the report, without drawing."""
        stats = load(csv or self.out, self.list)
        return markdown(stats, list(Plots(stats).all()))

    def points_of(self, bench: str, kind: str, variant: str,
                  harts: int) -> list[Point]:
        return [p for p in self.points() if (
            p.bench, p.kind, p.variant, p.harts) == (
                bench, kind, variant, harts)]

    def middle(self, key: str, bench: str, variant: str,
               harts: int = 1) -> float:
        return median(float(parse_values(p.values)[key]) for p in
                      self.points_of(bench, "time", variant, harts))

    def is_svg(self, path: Path) -> str:
        text = path.read_text()
        self.assertTrue(text.startswith("<?xml"))
        self.assertGreaterEqual(text.count("<path"), 5)
        ElementTree.fromstring(text)
        return text


class TimedReportTest(ReportTest):
    def test_folder(self) -> None:
        self.measure()
        folder = self.scratch / "report"
        folder.mkdir()
        (folder / "old.svg").touch()
        (folder / "old.png").touch()
        text = self.report()
        self.assertEqual((folder / "sweep.csv").read_text(),
                         self.out.read_text())
        names = {"rate-parfork", "rate-pagefault", "contention-parfork",
                 "waiting-parfork", "latency-1", "costs-1"}
        self.assertEqual({x.name for x in folder.iterdir()},
                         {f"{name}.svg" for name in names} |
                         {"sweep.csv", "report.md", "report.html"})
        svg = {name: self.is_svg(folder / f"{name}.svg") for name in names}
        for name in names:
            self.assertRegex(text, rf"(?m)\({name}\.svg\)$")
        self.assertIn("linux-6.1.2", svg["rate-parfork"])
        self.assertRegex(svg["rate-parfork"], " cores?; QEMU 7.2.22")
        self.assertIn("more harts than the", svg["rate-parfork"])
        self.assertNotIn("linux-6", svg["contention-parfork"])
        # A label that begins left of the picture is cut off.
        for axis in ("microseconds", "MiB"):
            self.assertIn(f">{axis}<", svg["latency-1"].replace(
                "<tspan>", "").replace("\t", ""), axis)
        html = (folder / "report.html").read_text()
        self.assertEqual(html.count("<svg"), len(names))
        self.assertNotRegex(
            html, r"(src|href)=.(https?:|[a-z0-9-]+\.(svg|png))")
        self.assertIn("<td>zero-fill fault</td>", html)
        self.assertTrue(html.endswith("</html>\n"))

    def test_numbers(self) -> None:
        self.measure()
        text = self.text()
        base = self.middle("forks_per_s", "parfork", "baseline")

        def over(key: str, variant: str, other: str) -> str:
            ratio = self.middle(key, "forklat", variant) / \
                self.middle(key, "forklat", other)
            return f"({ratio:.2f})"

        for column, variant in enumerate(VARIANTS, 1):
            own = self.middle("forks_per_s", "parfork", variant)
            ratio = f" ({own / base:.2f} × baseline)" \
                if variant != "baseline" else ""
            self.assertEqual(cell(text, "^### parfork", "1 hart", column),
                             f"{own:.0f}{ratio}")
            self.assertEqual(
                cell(text, "^### parfork", f"{MANY} harts", column), "")
            if variant == "baseline":
                continue
            for section, row, key in (
                    ("^## Costs", "copying fault", "cow_copy_ns"),
                    ("^## Latency", "fork() alone, 16", "fork_us_16")):
                self.assertIn(over(key, variant, "baseline"),
                              cell(text, section, row, column))
        self.assertIn(over("zero_fill_ns", "scalable", "linux-6.1.2"), cell(
            text, "^## Beside linux", "zero-fill fault, µs, 1 hart", 4))
        values = [parse_values(p.values) for p in self.points_of(
            "parfork", "time", "baseline", MANY)]
        contended = median(float(x["contended"]) / float(x["forks"])
                           for x in values)
        self.assertEqual(cell(text, "^## Contention", f"{MANY} *", 2)
                         .split(",")[0], num(contended))
        if CORES >= 2:  # 10 + harts: far from linear
            grew = self.middle("forks_per_s", "parfork", "baseline", 2) / base
            self.assertRegex(
                text, "(?m)^- `baseline` stops scaling at 2 harts: "
                f"{grew:.2f} times its one-hart rate, {50 * grew:.0f} % of "
                r"linear\. .* lock class `pagecount`\.$")
        share = 100 * 6000 / (6000 + MANY * 100)
        self.assertRegex(
            text, rf"(?m)^- `baseline` with {MANY} harts \(more than host "
            rf"cores\): .* {share:.0f} % of it for the lock class "
            r"`pagecount`\.$")
        self.assertRegex(text, r"(?m)^None\.$")

    def test_latency_fits(self) -> None:
        """The axis and what is left of it are inside the picture."""
        self.measure()
        stats = load(self.out, self.list)
        latency = next(p for p in Plots(stats).all() if p.name == "latency-1")
        plots.draw(latency, self.scratch)
        svg = self.is_svg(self.scratch / "latency-1.svg")
        where = re.search(r'translate\(([\d.]+),[\d.]+\) rotate\([^)]*\)"[^>]*'
                          r'>\s*<text>(<tspan[^>]*>)?\s*microseconds', svg)
        assert where, svg
        self.assertGreater(float(where[1]), 8)

    def test_little(self) -> None:
        """Only one benchmark, variant and hart count, and a failed point."""
        self.measure()
        rows = [p.row() for p in self.points_of("parfork", "time", "scalable",
                                                1)]
        rows.append("d,parfork,time,scalable,2,1,hung,0,2,0,c,128M,"
                    "parfork -t 2,")
        little = self.scratch / "little.csv"
        little.write_text("\n".join(["# cores: 2", HEADER, *rows]) + "\n")
        text = self.text(little)
        self.assertEqual(
            {p.name for p in Plots(load(little, self.list)).all()},
            {"contention-parfork", "rate-parfork"})
        for what in ("forklat", "lockbench", "pagefault", "Booting"):
            self.assertRegex(text, rf"(?m)^{what} was not measured\.$")
        self.assertRegex(
            text, r"(?m)^- Whether `baseline` scales was not measured\.$")
        self.assertRegex(text,
                         "(?m)^- parfork, `scalable`, 2 harts: 1 time$")

    def test_zero_everywhere(self) -> None:
        self.assertEqual(
            table(["a", "b", "c", "d"], [["x", "0.00, 0.00", "1", "-"],
                                         ["y", "0.00", "0", "0.00"]]),
            ["| a | c |\n|---|---:|\n| x | 1 |\n| y | 0 |"])

    def test_refusals(self) -> None:
        self.measure()
        failed = self.scratch / "failed.csv"
        failed.write_text(self.out.read_text().replace(",ok,", ",failed,"))
        self.refused("^report: no point", "report", failed,
                     self.scratch / "none")
        nothing = self.scratch / "nothing"
        self.refused("make sweep", "report", nothing)
        self.refused("make sweep", "plots", nothing)

    def test_page(self) -> None:
        (self.scratch / "p.svg").write_text("<?xml?>\n<svg>in</svg>\n")
        html = page("# A & `b<c`\n\n![x: \"y\"](p.svg)\n\n- one\n- two\n\n"
                    "```\nmake <x>\n```\n", self.scratch)
        for part in ("<h1>A &amp; <code>b&lt;c</code></h1>", "<li>two</li>",
                     '<figure role="img" aria-label="x: &quot;y&quot;">\n'
                     "<svg>in</svg>", "make &lt;x&gt;"):
            self.assertIn(part, html)


# --- modelled points

COUNTS = [1, 2, 4, 8, 16, 64]


def cycles_of(variant: str, harts: int) -> int:
    """Cycles of a fork: flat for scalable, growing with the harts for
    baseline."""
    return 10000 + harts * 20 if variant == "scalable" else \
        12000 + (harts - 1) * 6000


def rate_of(variant: str, harts: int) -> int:
    return harts * 100 * 10 ** 9 // (cycles_of(variant, harts) * 100)


def efficiency_of(variant: str, harts: int) -> str:
    part = rate_of(variant, harts) / harts / rate_of(variant, 1)
    return f"{100 * part:.1f} %"


def modelled(job: sweep.Job, stem: Path) -> str:
    """With 16 harts scalable has a break."""
    cycles = cycles_of(job.variant, job.harts) * 100
    part = cycles // 4
    each = [f"hart region=1 id={i} ops=100 cycles={cycles} "
            f"instructions={part} miss=0 transfer={part} queue={part} "
            f"device=0 spin={cycles - part * 3} idle=0"
            for i in range(job.harts)]
    breaks = 3 if (job.variant, job.harts) == ("scalable", 16) else 0
    Path(f"{stem}.raw").write_text(raw_report(
        job.harts, cycles, job.harts * 100, breaks, each))
    share = cycles // 1000  # of the cycles / 100 of an operation
    Path(f"{stem}.raw.lines").write_text("".join(
        f"{rank},hart[{rank};3].runq.lock.held,hart[].runq.lock.held,5.5,"
        f"{share // rank},3.25,{job.harts},f (k.c:1),g (k.c:2)\n"
        for rank in (1, 2)))
    return f"RESULT bench=parfork variant={job.variant} harts={job.harts} " \
        f"forks={job.harts * 100} forks_per_s=3.5 seconds=9.9 " \
        f"model_cycles={cycles} " \
        f"model_ops_per_s={rate_of(job.variant, job.harts)}\n"


class ModelledReportTest(ReportTest):
    def setUp(self) -> None:
        super().setUp()
        self.measure()
        self.assertEqual(self.sweep(
            Guests(modelled), MODEL="1", JOBS="3",
            VARIANTS="baseline scalable",
            CPUS=" ".join(map(str, COUNTS))), 0)

    def test_plots(self) -> None:
        text = self.report()
        for kind in ("speedup", "efficiency", "cycles"):
            name = f"model-ideal-{kind}-parfork"
            svg = self.is_svg(self.scratch / "report" / f"{name}.svg")
            self.assertRegex(text, rf"(?m)\({name}\.svg\)$")
            self.assertIn("modelled (profile ideal)", svg)
            self.assertIn("not the host's time", svg.replace("&#39;", "'"))
        self.assertIn("breaks, not to be trusted", svg)
        for there, what in ((True, "queueing"), (False, "devices"),
                            (False, "idle")):
            self.assertEqual(what in svg, there, what)

    def test_numbers(self) -> None:
        text = self.text()
        section = "^### parfork.*modelled"
        for harts in COUNTS:
            mark = " !" if harts == 16 else ""
            for column, variant in ((1, "baseline"), (2, "scalable")):
                self.assertEqual(
                    cell(text, section, str(harts), column),
                    f"{rate_of(variant, harts)}, "
                    f"{efficiency_of(variant, harts)}"
                    f"{mark if variant == 'scalable' else ''}")
            ratio = rate_of("scalable", harts) / rate_of("baseline", harts)
            self.assertEqual(cell(text, section, str(harts), 3),
                             f"{ratio:.2f}")
        self.assertEqual(cell(text, section, "8", 4), "95 %, met")
        self.assertEqual(cell(text, section, "4", 4), "-")
        for line in (
                # At 4 harts 12 of 30 thousand cycles; two lines of one class,
                # 30 and 15.
                r"- `baseline` stops at 4 harts: efficiency 40\.0 %\. .* "
                r"25\.0 % are spent spinning and 50\.0 % on lines .* "
                r"`hart\[\]\.runq\.lock\.held`, on 2 of the hottest lines "
                r"alone 15\.0 % of all cycles\.",
                r"- `scalable` does not stop up to 64 harts.*",
                r"- `scalable` is ahead of `baseline` by .* times at 8 harts,"
                r" .* times at 16 harts and .* times at 64 harts\.",
                r"\| `hart\[1,3\]\.runq\.lock\.held` \| 5\.50 \| .* \| 3\.25 "
                r"\| 64 \| `f \(k\.c:1\)` after `g.*",
                r"- parfork, `scalable`, 16 harts, profile `ideal`: 3 breaks",
                r"- Not modelled: out-of-order.*",
                r'make sweep MODEL=ideal VARIANTS="baseline scalable" '
                r'CPUS="1 2 4 8 16 64"'):
            self.assertRegex(text, f"(?m)^{line}$")
        self.assertEqual(
            cell(text, "^### parfork: forks per second$", "64 harts", 1), "")

    def test_clock(self) -> None:
        if CORES < 2:
            self.skipTest("one core")
        text = self.text()
        section = "^### The model beside"
        two = [rate_of("baseline", 2) / rate_of("baseline", 1),
               self.middle("forks_per_s", "parfork", "baseline", 2) /
               self.middle("forks_per_s", "parfork", "baseline", 1)]
        for column, ratio in enumerate(two, 1):
            self.assertEqual(cell(text, section, "`baseline`", column),
                             f"{ratio:.2f}")
        self.assertRegex(text, "(?m)^- With 2 harts, .* agree: `scalable`, "
                         r"`baseline`\.$")

    def test_only_modelled(self) -> None:
        """And without names for lines."""
        only = self.scratch / "only.csv"
        only.write_text("".join(
            x for x in self.out.read_text().splitlines(keepends=True)
            if x.startswith(("#", "date")) or ",model-ideal," in x))
        self.assertFalse(lines_of(only).exists())
        stats = load(only, self.list)
        drawn = list(Plots(stats).all())
        self.assertEqual([p.name for p in drawn], [
            f"model-ideal-{kind}-parfork"
            for kind in ("speedup", "efficiency", "cycles")])
        text = "\n\n".join(Report(stats, drawn).blocks())
        self.assertIn("model and clock agree is unknown.", text)
        self.assertIn("parfork was not measured by the clock.", text)
        self.assertNotIn("\nHottest", text)

    def test_another_ranking(self) -> None:
        """With a clock that ranks the other way round, and repeated."""
        other = self.scratch / "other.csv"
        rows = []
        for line in self.out.read_text().splitlines():
            if ",model-ideal,baseline,2," in line:
                line = re.sub("(model_ops_per_s)=[0-9]*", r"\1=999999", line)
            rows.append(line)
            if ",model-ideal,scalable,8,1," in line:
                rows.append(re.sub(
                    "(model_ops_per_s)=[0-9]*", r"\1=787000",
                    line.replace(",8,1,ok", ",8,2,ok")))
        other.write_text("\n".join(rows) + "\n")
        text = self.text(other)
        if CORES >= 2:
            self.assertRegex(
                text, "(?m)^- With 2 harts, .* disagree: modelled `baseline`, "
                r"`scalable`; by the clock `scalable`, `baseline`\.$")
        self.assertRegex(
            text, r"(?m)^- Repeated points differ by at most 0\.05 % .*"
            r"`scalable` at 8 harts, 2 times\)\.$")


class LinuxTest(BenchTest):
    def test_refusals(self) -> None:
        for pattern, command in (
                ("LINUX=", ["make", "bench-linux"]),
                ("gcc-riscv64-linux-gnu", [
                    "env", "LINUXCC=no-such-gcc", "bench/linux/build.sh"])):
            said = subprocess.run(command, capture_output=True, text=True,
                                  check=False)
            self.assertNotEqual(said.returncode, 0)
            self.assertRegex(said.stdout + said.stderr, pattern)

    def test_initramfs(self) -> None:
        """What is put into it comes out again."""
        if not shutil.which("cpio"):
            self.skipTest("no cpio")
        program = self.scratch / "program"
        program.write_text("anything")
        made = subprocess.run(["bench/linux/mkcpio.sh", program, self.list],
                              stdout=subprocess.PIPE, check=True).stdout
        to = self.scratch / "unpacked"
        to.mkdir()
        subprocess.run(["cpio", "-i", "--quiet", "program", "list", "proc"],
                       input=made, cwd=to, check=True)
        for path in (program, self.list):
            self.assertEqual((to / path.name).read_bytes(), path.read_bytes())

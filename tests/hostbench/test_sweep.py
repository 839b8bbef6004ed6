"""The sweep with canned consoles in place of a guest: what it reads from them,
the order of points, going on after an interruption, failed and hung points,
and the table."""

import csv
import gzip
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from bench.host import sweep, table
from bench.host.measure import Asked, boot_result
from bench.host.points import HEADER, Benchmark, is_modelled, parse_values
from bench.host.report import lines_of
from bench.host.shell import own_cores
from bench.host.stats import Figure

from .common import PARFORK, BenchTest, Guests, Output, raw_report

BOTH = "baseline scalable"
GOOD = "RESULT bench=parfork variant=baseline harts=1 forks=5 forks_per_s=2.5"


def parfork(job: sweep.Job, _stem: Path) -> str:
    rate = job.harts * (400 if job.variant == "scalable" else 100)
    program = job.bench.program(job.kind)
    text = f"worker 0: {rate} forks\r\nRESULT bench={program} " \
        f"variant={job.variant} harts={job.harts} workers={job.harts} " \
        f"pages=256 seconds=2.001 forks=200 forks_per_s={rate}.5 " \
        f"cow_copies=3200 contended={job.harts * 50} " \
        f"spins={job.harts * 1000} contended_all=13\r\n"
    if job.kind == "locks":
        text += "class  acquisitions  contended  wait_us\r\n" \
            f"pagecount 1000 {job.harts} 4000\r\nfamily 10 0 7\r\nend\r\n"
    return text


def guests_but(said: Output, variant: str = "baseline",
               harts: int = 1) -> Guests:
    """As parfork, but that one point is special."""
    return Guests(lambda job, stem: said if (
        job.variant, job.harts, job.kind == "locks") == (
            variant, harts, False) else parfork(job, stem))


class TimedTest(BenchTest):
    def setUp(self) -> None:
        super().setUp()
        self.guests = Guests(parfork)

    def value(self, key: str, *where: object, **more: str) -> str:
        point = self.point(*where, **more)  # type: ignore[arg-type]
        return parse_values(point.values).get(key, "")

    def figure(self, key: str, variant: str, harts: int,
               kind: str = "time") -> Figure:
        found = self.stats().series("parfork", kind).figure(
            variant, harts, key)
        assert found
        return found

    def test_points(self) -> None:
        self.write_list("# a comment", "", PARFORK)
        self.assertEqual(self.sweep(self.guests, VARIANTS=BOTH, CPUS="1 2",
                                    REPEATS="2"), 0)
        self.assertEqual([x.replace("parfork time ", "")
                          for x in self.guests.ran],
                         "baseline 1 1,scalable 1 1,baseline 2 1,scalable 2 1,"
                         "baseline 1 2,scalable 1 2,baseline 2 2,scalable 2 2"
                         .split(","))
        self.assertEqual(len(self.points()), 8)
        self.assertEqual(set(self.guests.commands), {"128M parfork -t 2"})
        self.assertEqual(self.value("forks_per_s", "scalable", 2), "800.5")
        self.assertEqual(self.value("contended_all", "scalable", 2), "13")
        self.assertEqual(self.value("harts", "scalable", 2), "")
        point = self.point("baseline", 1, 2)
        self.assertEqual((point.status, point.args, point.mem, point.commit),
                         ("ok", "parfork -t 2", "128M", "c"))
        self.assertRegex(point.load, r"^\d+\.\d+$")
        self.assertRegex(point.date, r"^20\d\d-\d\d-\d\dT[\d:]+Z$")
        self.assertEqual(self.progress[-2], "[8/8] parfork scalable CPUS=2 "
                         "repeat 2: 800.5 forks_per_s; 0:00 left")
        self.assertRegex(
            self.table, r"(?m)^2[ *]* \| +200\.5 +0\.5000 +10\.00 \| +800\.5 "
            r"+0\.5000 +10\.00 \| +3\.99$")
        self.assertFalse(self.out.with_name("sweep-consoles").exists())
        # The CSV is one for other programs too.
        with open(self.out, newline="") as file:
            rows = [x for x in csv.reader(file) if not x[0].startswith("#")]
        self.assertEqual({len(row) for row in rows}, {14})
        self.assertEqual(",".join(rows[0]), HEADER)

    def test_describes_the_host(self) -> None:
        said = "\n".join(sweep.describe("c1"))
        for key in "date machine cpu cores system qemu compiler".split():
            self.assertRegex(said, f"(?m)^# {key}: .")
        self.assertIn("# commit: c1", said)

    def test_nothing_is_measured_again(self) -> None:
        self.sweep(self.guests, VARIANTS=BOTH, CPUS="1 2", REPEATS="2")
        for again, env in ((0, {"REPEATS": "2", "CPUS": "1 2"}),
                           (4, {"REPEATS": "3", "CPUS": "1 2"}),
                           (2, {"REPEATS": "1", "CPUS": "1", "MEM": "1G"})):
            self.guests.ran.clear()
            self.sweep(self.guests, VARIANTS=BOTH, **env)
            self.assertEqual(len(self.guests.ran), again, env)
            self.assertRegex(self.table, r"(?m)3\.\d\d$")
        self.assertEqual(self.guests.commands[-1], "1G parfork -t 2")
        self.write_list(PARFORK.replace("-t 2", "-t 1"))
        self.guests.ran.clear()
        self.sweep(self.guests, VARIANTS=BOTH, CPUS="1", REPEATS="1")
        self.assertEqual(len(self.guests.ran), 2)
        # Only the last command counts; what it does not have is gone.
        self.assertEqual(self.figure("rate", "baseline", 1),
                         Figure(1, 100.5, 100.5, 100.5))
        self.assertIsNone(self.stats().series("parfork", "time").rate(
            "baseline", 2))

    def test_lost_rows(self) -> None:
        """Two from the end, and half of a third, as after a crash."""
        self.sweep(self.guests, VARIANTS=BOTH, CPUS="1 2", REPEATS="2")
        text = self.out.read_text().splitlines(keepends=True)[:-2]
        self.out.write_text("".join(text)[:-20])
        self.guests.ran.clear()
        self.sweep(self.guests, VARIANTS=BOTH, CPUS="1 2", REPEATS="2")
        self.assertEqual(self.guests.ran, [
            "parfork time scalable 1 2", "parfork time baseline 2 2",
            "parfork time scalable 2 2"])
        self.assertEqual(len(self.points()), 8)

    def test_another_commit(self) -> None:
        self.commit = "old"
        self.sweep(self.guests, VARIANTS=BOTH, CPUS="1", REPEATS="1")
        self.commit = "c"
        self.sweep(self.guests, VARIANTS=BOTH, CPUS="1", REPEATS="1")
        self.assertEqual([p.commit for p in self.points()],
                         ["old", "old", "c", "c"])
        self.assertEqual(self.out.read_text().count("# commit: "), 2)
        self.assertEqual(self.figure("rate", "baseline", 1).n, 1)

    def test_other_files(self) -> None:
        self.sweep(self.guests, VARIANTS=BOTH, CPUS="1", REPEATS="1")
        self.cores = 99
        self.refuses("of another machine", lambda: self.sweep(
            self.guests, CPUS="1", REPEATS="2"))
        self.out.write_text("variant,other\n")
        self.refuses("has other columns", lambda: self.sweep(
            self.guests, CPUS="1", REPEATS="1"))

    def test_failures(self) -> None:
        cases: list[tuple[str, str, Output]] = [
            ("hung", "hung", ("words", sweep.HUNG)),
            ("bad status", "failed", (f"words\n{GOOD}", 4)),
            ("no result", "failed", "words"),
            ("two results", "failed", f"words\n{GOOD}\n{GOOD}"),
            ("other benchmark", "failed", "words\n" +
             GOOD.replace("par", "for")),
            ("other variant", "failed", "words\n" +
             GOOD.replace("baseline", "eager")),
            ("other harts", "failed", "words\n" +
             GOOD.replace("harts=1", "harts=8"))]
        for name, status, said in cases:
            with self.subTest(name):
                self.out.unlink(missing_ok=True)
                self.assertEqual(self.sweep(
                    guests_but(said), VARIANTS=BOTH, CPUS="1", REPEATS="1"), 1)
                point = self.point("baseline", 1)
                self.assertEqual((point.status, point.values), (status, ""))
                self.assertEqual(self.point("scalable", 1).status, "ok")
                console = self.out.with_name("sweep-consoles") / \
                    "parfork-time-baseline-1-1.log"
                self.assertIn("words", console.read_text())
                self.assertRegex(self.table, "(?m)^failed or hung: parfork: "
                                 "baseline, 1 harts, 1 times$")
                self.assertRegex(self.table,
                                 r"(?m)^1[ *]* \| +- +- +- .* -$")
        # Not repeated, unless told to; then it counts.
        self.sweep(self.guests, VARIANTS=BOTH, CPUS="1", REPEATS="1")
        self.assertEqual(self.guests.ran, [])
        self.sweep(self.guests, VARIANTS=BOTH, CPUS="1", REPEATS="1",
                   RETRY="1")
        self.assertEqual(self.guests.ran, ["parfork time baseline 1 1"])
        self.assertRegex(self.table, r"(?m)^1[ *]* \| +100\.5 ")
        self.assertNotIn("failed", self.table)

    def test_keys(self) -> None:
        self.sweep(guests_but(GOOD + " color=a,b extra=9"), VARIANTS=BOTH,
                   CPUS="1", REPEATS="1")
        self.assertEqual(self.value("extra", "baseline", 1), "9")
        self.assertEqual(self.value("color", "baseline", 1), "a;b")
        self.assertIsNone(self.stats().series("parfork", "time").figure(
            "baseline", 1, "contended/op"))

    def test_list(self) -> None:
        """Several benchmarks, some not for all harts or variants, kinds."""
        self.write_list(
            PARFORK.replace("| time |", "| time locks |"),
            "few | scalable | 2 4 | 9 | 1G | time | - | - | - | few | more")
        self.sweep(self.guests, VARIANTS=BOTH, CPUS="1 2", REPEATS="2")
        self.assertEqual(
            self.guests.ran,
            "parfork time baseline 1 1;parfork time scalable 1 1;parfork "
            "locks baseline 1 1;parfork locks scalable 1 1;parfork time "
            "baseline 2 1;parfork time scalable 2 1;parfork locks baseline 2 "
            "1;parfork locks scalable 2 1;few time scalable 2 1;parfork time "
            "baseline 1 2;parfork time scalable 1 2;parfork time baseline 2 "
            "2;parfork time scalable 2 2;few time scalable 2 2".split(";"))
        self.assertIn("1G few | more", self.guests.commands)
        locks = parse_values(self.point("baseline", 2, kind="locks").values)
        self.assertEqual(locks["lock.pagecount.wait_us"], "4000")
        self.assertEqual(locks["lock.family.acquisitions"], "10")
        self.assertNotIn("lock.end", self.out.read_text())
        self.assertEqual(self.value("lock.family.wait_us", "baseline", 2), "")
        self.assertEqual(
            self.figure("lock.pagecount.wait_us/op", "baseline", 2, "locks"),
            Figure(1, 20, 20, 20))
        self.guests.ran.clear()
        self.sweep(self.guests, VARIANTS=BOTH, BENCH="few", CPUS="2 8",
                   REPEATS="3")
        self.assertEqual(self.guests.ran, ["few time scalable 2 3"])
        self.out.unlink()
        self.sweep(Guests(lambda _job, _stem: GOOD), VARIANTS="baseline",
                   CPUS="1", REPEATS="1")
        self.assertEqual(self.point("baseline", 1, kind="locks").status,
                         "failed")  # no table
        self.assertEqual(self.point("baseline", 1).status, "ok")
        self.write_list("short | *")
        self.refuses("not 10 fields", self.settings)

    def test_linux(self) -> None:
        self.write_list(PARFORK.replace("| time |", "| time locks boot |"))
        image = self.scratch / "image"
        image.write_bytes(b"binary\0Linux version 6.1.2-dist (who) #1\0more")
        self.sweep(self.guests, VARIANTS="scalable linux", LINUX=str(image),
                   CPUS="1", REPEATS="1")
        self.assertEqual([x for x in self.guests.ran if "linux" in x],
                         ["parfork time linux-6.1.2 1 1"])
        said = subprocess.run(["bench/describe.sh", "c"], check=True,
                              capture_output=True, text=True,
                              env={**os.environ, "LINUX": str(image)}).stdout
        self.assertIn("# linux: Linux version 6.1.2-dist (who) #1\n", said)
        self.refuses("LINUX=", lambda: self.settings(VARIANTS="linux"))
        self.refuses("no uncompressed Linux image", lambda: self.settings(
            VARIANTS="linux", LINUX=str(self.list)))

    def test_oversubscription(self) -> None:
        many = len(own_cores()) + 1
        self.sweep(self.guests, VARIANTS=BOTH, CPUS=f"1 {many}", REPEATS="1")
        self.assertEqual(self.point("baseline", many).oversubscribed, 1)
        self.assertEqual(self.point("baseline", 1).oversubscribed, 0)
        self.assertRegex(self.table, rf"(?m)^{many} \*")
        self.assertRegex(self.table, r"(?m)^\* oversubscribed")

    def test_medians(self) -> None:
        """Of an odd and of an even number of points; order of harts."""
        rows = [f"d,parfork,time,a,16,{n},ok,0,2,0,c,m,x,forks=10 "
                f"forks_per_s={rate} contended=5 spins=20"
                for n, rate in enumerate((30, 9, 100))]
        rows += [f"d,parfork,time,a,2,{n},ok,0,2,0,c,m,x,forks=10 "
                 f"forks_per_s={rate} contended=0 spins=0"
                 for n, rate in enumerate((8, 40, 1000, 10))]
        self.out.parent.mkdir()
        self.out.write_text("\n".join([HEADER, *rows]) + "\n")
        lines = list(table.lines(self.stats()))
        text = "\n".join(lines)
        self.assertRegex(text, r"(?m)^16 +\| +30\.0 +0\.5000 +2\.00$")
        self.assertRegex(text, r"(?m)^2 +\| +25\.0 +0\.0000 +0\.00$")
        self.assertEqual(self.figure("rate", "a", 2), Figure(4, 25, 8, 1000))
        self.assertEqual([x.split()[0] for x in lines if x[:1].isdigit()],
                         ["2", "16"])
        self.assertNotIn("over", text)

    def test_refusals(self) -> None:
        for pattern, env in (
                ("numbers from 1", {"CPUS": "x"}),
                ("numbers from 1", {"CPUS": "1 0"}),
                ("numbers from 1", {"REPEATS": "0"}),
                ("at most 64", {"CPUS": "65"}),
                ("eager baseline scalable", {"VARIANTS": "fast"}),
                ("no fast, but parfork", {"BENCH": "fast"}),
                ("no profile fast in .*, but ideal", {"MODEL": "fast"}),
                ("no MODEL_ARGS", {"MODEL": "1", "MODEL_ARGS": "miss=3"}),
                ("JOBS", {"MODEL": "1", "JOBS": "0"})):
            with self.subTest(env):
                self.refuses(pattern, lambda: self.settings(**env))
        self.refused("^sweep: .*at most 64", "sweep", env={"CPUS": "65"})

    def test_boot(self) -> None:
        """hyperfine's command column has commas."""
        timed = self.scratch / "csv"
        timed.write_text('command,mean,median\n"qemu a,b=c",0.5,0.25\n')
        asked = Asked("boot", "boot", "eager", "2", "1", "128M", "echo x")
        self.assertEqual(
            boot_result(asked, "5", timed), "RESULT bench=boot variant=eager "
            "harts=2 runs=5 mean_s=0.5 median_s=0.25")


class ModelledTest(BenchTest):
    """A guest under the model also leaves a raw report, and the lines in it by
    name."""

    def setUp(self) -> None:
        super().setUp()
        self.write_list(PARFORK.replace(
            "| - |", "| 512M parfork -i 64:32/harts -p 7 |"),
            "plain | * | * | 9 | 128M | time | - | - | - | plain")
        self.breaks = 0
        self.hart = "hart region=1 id=0 ops=800 cycles=100 instructions=40 " \
            "miss=10 transfer=20 queue=15 spin=10 device=5 idle=0"
        self.keys = "seconds=1.0 forks_per_s=9.5 ns_min=3 evenness=7 " \
            "contended=40 fork_us_1=3 fork_us_1_cycles=77 model_cycles=1000"
        self.guests = Guests(self.guest)

    def guest(self, job: sweep.Job, stem: Path) -> str:
        if not is_modelled(job.kind):
            return parfork(job, stem)
        special = (job.variant, job.harts) == ("baseline", 8)
        Path(f"{stem}.raw").write_text(raw_report(
            job.harts, 110, 800, self.breaks if special else 0, [self.hart]))
        Path(f"{stem}.raw.lines").write_text(
            "1,a;b,a,2,3,1,8,f (x.c:1),g (y.c:2)\n")
        return f"RESULT bench=parfork variant={job.variant} " \
            f"harts={job.harts} forks=800 {self.keys} " \
            f"model_ops_per_s={job.harts * 500}\n"

    def model(self, cpus: str = "1 8", **env: str) -> int:
        return self.sweep(self.guests, **{
            "VARIANTS": BOTH, "CPUS": cpus, "MODEL": "1", "JOBS": "2", **env})

    def test_points(self) -> None:
        self.sweep(self.guests, VARIANTS=BOTH, CPUS="1 2", REPEATS="1")
        self.guests.ran.clear()
        self.guests.commands.clear()
        self.assertEqual(self.model(JOBS="1"), 0)
        self.assertEqual(sorted(self.guests.ran), [
            f"parfork model-ideal {variant} {harts} 1"
            for variant in BOTH.split() for harts in (1, 8)])
        self.assertEqual({x.split()[3] for x in self.guests.ran[:2]}, {"8"})
        self.assertEqual(sorted(self.guests.commands), [
            f"512M parfork -i {n} -p 7" for n in (32, 4, 64, 8)])
        self.assertEqual(len([p for p in self.points()
                              if p.kind == "time" and p.status == "ok"]), 8)
        point = self.point("scalable", 8, kind="model-ideal")
        self.assertEqual(
            (point.status, point.args, point.mem, point.oversubscribed),
            ("ok", "parfork -i 64:32/harts -p 7", "512M", 0))
        values = parse_values(point.values)
        for key in "forks_per_s seconds ns_min evenness fork_us_1".split():
            self.assertNotIn(key, values)
        self.assertEqual(
            [values[key] for key in ("fork_us_1_cycles", "cost.queue",
                                     "cost.end", "model_breaks")],
            ["77", "15", "10", "0"])
        series = self.stats().series("parfork", "model-ideal")
        for key, value in (("rate", 4000), ("contended/op", 0.05),
                           ("cost.spin/op", 0.0125),
                           ("model_transfers/op", 2)):
            self.assertEqual(series.figure("scalable", 8, key),
                             Figure(1, value, value, value))
        self.assertRegex(
            self.table, r"(?m)^8 +\| +4000 +100\.0% +2000000 \| +4000 "
            r"+100\.0% +2000000 \| +1\.00$")
        self.assertRegex(self.table, "(?m)^parfork, modelled .profile ideal., "
                         "rates at 1 GHz$")
        self.assertNotRegex(self.table, "(?m)^!")
        kept = self.out.with_name("sweep-model") / \
            "parfork-model-ideal-scalable-8-1.gz"
        self.assertIn(b"\nregion n=1", gzip.decompress(kept.read_bytes()))
        lines = lines_of(self.out).read_text().splitlines()
        self.assertEqual(lines.count(
            "c,parfork,model-ideal,scalable,8,1,1,a;b,a,2,3,1,8,f (x.c:1),"
            "g (y.c:2)"), 1)
        self.assertEqual([x[:7] for x in lines].count("commit,"), 1)
        self.assertFalse(self.out.with_name("sweep-consoles").exists())

    def test_nothing_is_modelled_again(self) -> None:
        self.sweep(self.guests, VARIANTS=BOTH, CPUS="1 2", REPEATS="1")
        self.model()
        for ran, env in (
                ([], {"MODEL": "ideal"}),
                (["parfork model-clusters baseline 1 1",
                  "parfork model-clusters scalable 1 1"],
                 {"MODEL": "clusters", "CPUS": "1"}),
                ([], {"MODEL": "", "CPUS": "1 2", "REPEATS": "1"})):
            self.guests.ran.clear()
            self.model(**env)
            self.assertEqual(sorted(self.guests.ran), ran)
        text = self.out.read_text().splitlines(keepends=True)
        self.out.write_text("".join(
            x for x in text if "model-ideal,scalable,8" not in x))
        self.model()
        self.assertEqual(self.guests.ran, ["parfork model-ideal scalable 8 1"])
        self.sweep(self.guests, VARIANTS="scalable", MODEL="1",
                   BENCH="parfork", JOBS="1")
        self.assertEqual({p.harts for p in self.points()
                          if p.kind == "model-ideal"},
                         {1, 2, 4, 8, 16, 32, 64})

    def test_two_at_a_time(self) -> None:
        """Each waits for the other."""
        both = threading.Barrier(2, timeout=20)

        def guest(job: sweep.Job, stem: Path) -> str:
            both.wait()
            return self.guest(job, stem)

        self.guests.guest = guest
        self.assertEqual(self.model("8"), 0)

    def test_rows_do_not_wait_for_the_longest(self) -> None:
        def guest(job: sweep.Job, stem: Path) -> str:
            until = time.monotonic() + 20
            while (job.variant, job.harts) == ("baseline", 8) and \
                    len(self.points()) < 3 and time.monotonic() < until:
                time.sleep(0.01)
            return self.guest(job, stem)

        self.guests.guest = guest
        self.model()
        self.assertEqual([(p.variant, p.harts) for p in self.points()][3:],
                         [("baseline", 8)])

    def test_breaks(self) -> None:
        self.breaks = 2
        self.model()
        values = parse_values(self.point("baseline", 8,
                                         kind="model-ideal").values)
        self.assertEqual(values["model_breaks"], "2")
        self.assertRegex("\n".join(self.progress), r"baseline CPUS=8 .*\(2 "
                         "breaks: not to be trusted\\)")
        self.assertRegex(self.table, r"(?m)^8 +\| +4000! ")
        self.assertRegex(self.table, "(?m)^! breaks of the model's watchdog")

    def test_failures(self) -> None:
        good = Guests(self.guest).guest

        def cycles_do_not_add_up(job: sweep.Job, stem: Path) -> Output:
            said = good(job, stem)
            path = Path(f"{stem}.raw")
            path.write_text(path.read_text().replace("miss=10", "miss=11"))
            return said

        def no_markers(job: sweep.Job, stem: Path) -> Output:
            said = str(good(job, stem)).split(" fork_us_1_cycles")[0]
            return said + "\n"

        def no_region(job: sweep.Job, stem: Path) -> Output:
            said = good(job, stem)
            Path(f"{stem}.raw").write_text("model harts=8\n")
            return said

        def no_report(job: sweep.Job, stem: Path) -> Output:
            said = good(job, stem)
            Path(f"{stem}.raw").unlink()
            return said

        def other_harts(job: sweep.Job, stem: Path) -> Output:
            said = good(job, stem)
            path = Path(f"{stem}.raw")
            path.write_text(path.read_text().replace("harts=8", "harts=4"))
            return said

        def a_status(job: sweep.Job, stem: Path) -> Output:
            return str(good(job, stem)), 3

        def a_hang(_job: sweep.Job, _stem: Path) -> Output:
            return "", sweep.HUNG

        for fail in (cycles_do_not_add_up, no_markers, no_region, no_report,
                     other_harts, a_status, a_hang):
            with self.subTest(fail.__name__):
                self.out.unlink(missing_ok=True)
                self.guests.guest = lambda job, stem: (
                    fail if job.variant == "baseline" else good)(job, stem)
                self.assertEqual(self.model("8"), 1)
                point = self.point("baseline", 8, kind="model-ideal")
                self.assertEqual(
                    (point.status, point.values),
                    ("hung" if fail is a_hang else "failed", ""))
                self.assertEqual(self.point("scalable", 8, kind="model-ideal")
                                 .status, "ok")
                self.assertRegex(self.table, r"(?m)^failed or hung: parfork "
                                 r"\(modelled, ideal\): baseline, 8")

    def test_nothing_to_model(self) -> None:
        self.refuses("nothing to measure", lambda: self.model(BENCH="plain"))

    def test_shares(self) -> None:
        bench = Benchmark("b", "*", "*", "9", "m", "time", "-", "-", "-",
                          "b -i 64:32/harts -p 7")
        self.assertEqual(bench.command_for("eager", 64), "b -i 2 -p 7")
        self.assertEqual(bench.command_for("scalable", 4), "b -i 16 -p 7")


class ProcessTest(BenchTest):
    """End to end, with a script in the place of the guest."""

    def runner(self, script: str) -> dict[str, str]:
        path = self.scratch / "runner"
        path.write_text("#!/bin/bash\nkind=$1 variant=$3 harts=$4\n"
                        f"echo \"$variant $harts $$ $MODEL_CORE\" "
                        f">>{self.scratch}/ran\n{script}\n"
                        "echo \"RESULT bench=parfork variant=$variant "
                        "harts=$harts forks=5 forks_per_s=2.5\"\n")
        path.chmod(0o755)
        (self.scratch / "ran").touch()
        return {"RUNNER": str(path), "VARIANTS": BOTH, "REPEATS": "1"}

    def ran(self) -> list[list[str]]:
        return [x.split(" ") for x in
                (self.scratch / "ran").read_text().splitlines()]

    def interrupt(self, env: dict[str, str], when: int) -> str:
        """When so many points have begun; returns what it says."""
        child = subprocess.Popen(
            [sys.executable, "-m", "bench.host", "sweep"], env={
                **os.environ, "LIST": str(self.list), "OUT": str(self.out),
                **env}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True)
        until = time.monotonic() + 30
        while len(self.ran()) < when and time.monotonic() < until:
            time.sleep(0.02)
        child.send_signal(signal.SIGTERM)
        said = child.communicate(timeout=30)[1]
        self.assertEqual(child.returncode, 130, said)
        for *_, pid, _core in self.ran()[when - 1:]:
            with self.assertRaises(ProcessLookupError):
                os.kill(int(pid), 0)
        return said

    def test_interruption(self) -> None:
        env = self.runner("[ $variant-$harts != scalable-2 ] || sleep 60")
        env["CPUS"] = "1 2"
        self.assertIn("goes on from here", self.interrupt(env, 4))
        self.assertEqual(len(self.points()), 3)
        (self.scratch / "ran").write_text("")
        self.runner("")
        said = self.program("sweep", env=env)
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertEqual([x[:2] for x in self.ran()], [["scalable", "2"]])
        self.assertRegex(said.stdout, r"(?m)^2[ *]* \| +2\.5 ")

    def test_both_stop(self) -> None:
        self.write_list(PARFORK.replace("| - |", "| 512M parfork -i 2 |"))
        env = self.runner("sleep 60")
        env.update(MODEL="1", CPUS="8", JOBS="2")
        self.interrupt(env, 2)
        self.assertEqual(self.points(), [])
        if len(own_cores()) > 1:
            self.assertEqual(len({core for *_, core in self.ran()}), 2)

    def test_hang(self) -> None:
        self.write_list(PARFORK.replace("| 9 |", "| 3 |"))
        env = self.runner("[ $variant != baseline ] || sleep 30")
        said = self.program("sweep", env={**env, "CPUS": "1"})
        self.assertEqual(said.returncode, 1)
        self.assertEqual([p.status for p in self.points()], ["hung", "ok"])
        self.assertIn("hung, stopped after 3 s", said.stderr)

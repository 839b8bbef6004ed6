"""What harts share, by name: a raw report of the coherence model made by hand
for a program made for the purpose, whose types and addresses are known."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Optional
from unittest import mock

from bench.host import lines, names
from bench.host.shell import Failure

from .common import BenchTest, raw_report

HEADER = """\
static inline __attribute__((always_inline)) void
inlined(unsigned *p)
{
	__atomic_fetch_add(p, 1, 5);
}
"""
# Four functions, one of them inlined from a header, and objects.
SOURCE = """\
#include "../inline.h"
struct lock { unsigned held; unsigned short class, holder; };
struct list { void *head; long pad; struct { int n; union { int a; short b; }; } in[2]; };
struct hart { long id; char pad[40]; struct lock lock; struct list list; char end[32]; };
struct page { unsigned count; unsigned short sharers; unsigned char kind; };
struct { struct lock a; char gap[60]; struct lock b[4]; } depot = {{1}, "x"};
struct hart harts[2]; struct page pages[2];
void take(void) { inlined(&depot.a.held); }
void give(void) { depot.a.held = 0; }
void both(void) { take(); give(); harts[0].lock.held = 1; pages[0].count = 1; }
"""
EACH = ["hart region=1 id=0 ops=50 cycles=1000 instructions=600 miss=30 "
        "transfer=200 queue=70 device=0 spin=100 idle=0",
        "hart region=1 id=1 ops=50 cycles=900 instructions=600 miss=30 "
        "transfer=200 queue=70 device=0 spin=0 idle=0"]


def compiler() -> list[str]:
    prefixes = [os.environ.get("TOOLPREFIX", ""), *names.PREFIXES]
    for prefix in prefixes if not os.environ.get("LLVM") else []:
        if prefix and shutil.which(prefix + "gcc"):
            return [prefix + "gcc"]
    return ["clang", "--target=riscv64-unknown-elf", "-fuse-ld=lld"]


def build(folder: Path) -> Path:
    source = folder / "kernel" / "mm" / "small.c"
    source.parent.mkdir(parents=True)
    source.write_text(SOURCE)
    (folder / "kernel" / "inline.h").write_text(HEADER)
    elf = folder / "kernel.elf"
    subprocess.run(
        [*compiler(), "-g", "-O1", "-fno-inline-functions", "-ffreestanding",
         "-nostdlib", "-mcmodel=medany", "-mno-relax", "-fno-pie", "-static",
         "-Wl,-Ttext=0xffffffc080000000", "-Wl,-Tdata=0xffffffc080010000",
         "-Wl,-e,both", "-o", str(elf), str(source)], check=True)
    return elf


def raw_of(elf: Path, breaks: int = 0) -> str:
    said = subprocess.run([names.tool("nm") or "nm", str(elf)], check=True,
                          capture_output=True, text=True).stdout
    at = {name: int(address, 16) for address, name
          in re.findall(r"^(\w+) \w (\w+)$", said, re.M)}
    take, give, depot = hex(at["take"]), hex(at["give"]), at["depot"]
    # The hart begins 16 bytes into its line: the last byte is at 47, of what
    # is before its lock; byte 0 is in the hart before it, whose end that is.
    shared = f"""\
line region=1 rank=1 pa=0x80010000 object=image type=- va={depot:#x} transfers=10 cycles=90 queue=20 harts=2
pair region=1 rank=1 pc={take} from={give} count=10 cycles=90 lo=0 hi=3 from_lo=4 from_hi=5
line region=1 rank=2 pa=0x80010040 object=image type=- va={depot + 64:#x} transfers=1 cycles=20 queue=0 harts=2
pair region=1 rank=2 pc=0x400a from={give} count=1 cycles=20 lo=12 hi=13 from_lo=12 from_hi=13
line region=1 rank=3 pa=0x80200000 object=page type=page index=312 offset=0 also=7 transfers=20 cycles=300 queue=0 harts=2
pair region=1 rank=3 pc={take} from={give} count=9 cycles=200 lo=16 hi=19 from_lo=16 from_hi=19
pair region=1 rank=3 pc={give} from={take} count=9 cycles=60 lo=16 hi=19 from_lo=48 from_hi=51
pair region=1 rank=3 pc=0x0 from=0x0 count=2 cycles=40 lo=0 hi=0 from_lo=0 from_hi=0
line region=1 rank=4 pa=0x80300000 object=hart type=hart index=3 offset=-16 also=1 transfers=9 cycles=130 queue=0 harts=2
pair region=1 rank=4 pc={give} from={take} count=9 cycles=100 lo=63 hi=63 from_lo=63 from_hi=63
pair region=1 rank=4 pc={give} from=0x0 count=1 cycles=30 lo=0 hi=0 from_lo=0 from_hi=0
"""
    head = raw_report(2, 1000, 100, breaks, EACH).replace(
        "n=3 transfers=1600 cycles=9", "n=4 transfers=40 cycles=540")
    return head + shared


class ModelReportTest(BenchTest):
    elf: Path
    folder: "tempfile.TemporaryDirectory[str]"

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory(prefix="drove-test.")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.elf = build(Path(cls.folder.name))

    def setUp(self) -> None:
        super().setUp()
        self.raw = self.scratch / "raw"
        self.raw.write_text(raw_of(self.elf))

    def tell(self, kernel: Optional[Path] = None, **env: str) -> str:
        with mock.patch.dict(os.environ, env):
            return "\n".join(lines.show(self.raw, kernel or self.elf, None))

    def shows(self, text: str, *patterns: str) -> None:
        for pattern in patterns:
            self.assertRegex(text, f"(?m){pattern}")

    def test_words(self) -> None:
        text = self.tell()
        self.shows(
            text, "^2 harts, 100 operations, modelled .profile ideal.: "
            r"20\.00 cycles an operation$",
            r"^ +instructions +12\.00 +60\.0 %$",
            r"^ +waiting for the last hart +1\.00 +5\.0 %$",
            r"^Lines that pass from hart to hart: 4, 0\.4 transfers and 5\.40 "
            "cycles",
            # By cycles, not by the model's rank.
            r"^  1\. (struct )?page\[",
            # The header's function is seen through.
            r"take \(kernel/mm/small\.c:8\)", r"13\.3 %  others$",
            # User code without its program is an address, and that is said.
            "0x400a", r"^\(no program given")
        self.assertNotIn("TRUSTED", text)
        self.assertNotRegex(text, "(?m)^ +(devices|idle)")

    @unittest.skipUnless(names.debugger(), "no debugger")
    def test_fields(self) -> None:
        self.shows(
            self.tell(), r"^  1\. page\[314,318\]\.count \(frames 0x8013a000, "
            r"0x8013e000\)$", r"\. depot\.a\.held, depot\.a\.class$",
            r"\. depot\.b\[1\]", r"on depot\.a\.held,$",
            r"^ +3\.00 +0\.2  page\[\]\.count$",
            # An object that begins in the line, and the one before it.
            r"\. hart\[3\]\.pad\[39\], hart\[2\]\.end\[")

    def test_fewer_lines(self) -> None:
        text = self.tell(LINES="1")
        self.assertNotRegex(text, r"(?m)^  2\. ")
        self.shows(text, r"^All other lines: 2\.40 cycles")

    def test_no_debugger(self) -> None:
        self.shows(
            self.tell(GDB="no-such-gdb"),
            r"\. struct page\[312\] \+ 0x10, ", r"\. depot \+ 0x0, depot \+ "
            "0x4$", r"^\(no gdb-multiarch .*--debug",
            r"take \(kernel/mm/small\.c:8\)")

    def test_no_kernel(self) -> None:
        self.shows(self.tell(self.scratch / "nothing"), "0xffffffc0800000",
                   r"^\(no .*/nothing: its code")

    def test_rows(self) -> None:
        """Of a sweep."""
        report, found, _ = lines.named(self.raw, self.elf, None)
        rows = list(lines.rows(report, found))
        self.assertEqual(len(rows), 4)
        for row in rows:
            self.assertEqual(row.count(",") + 6, lines.HEADER.count(","))
        self.assertRegex(rows[0], r"^1,[^,]*,[^,]*,0\.2,3,0,2,take ")

    def test_breaks(self) -> None:
        self.raw.write_text(raw_of(self.elf, breaks=2))
        self.shows(self.tell(), "^NOT TO BE TRUSTED: 2 breaks")

    def test_refusals(self) -> None:
        none = self.scratch / "none"
        none.write_text("model protocol=1 profile=ideal harts=2\n")
        cases: list[tuple[str, list[object], dict[str, str]]] = [
            ("no region", [none, self.elf], {}),
            ("no report", [self.scratch / "nothing", self.elf], {}),
            ("usage", [], {}),
            ("LINES", [self.raw, self.elf], {"LINES": "0"}),
            ("no profile fast", ["--boot"], {"MODEL": "fast"})]
        for pattern, arguments, env in cases:
            with self.subTest(pattern):
                self.refused(pattern, "model-report", *arguments, env=env)
        with self.assertRaises(Failure):
            self.tell(LINES="x")

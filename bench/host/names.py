"""Names for the hottest lines of a raw report: functions from addr2line,
kernel symbols from nm, fields of objects from GDB (bench/model/fields.py).  What is
missing for names is said in notes, and numbers are shown instead.
"""

import os
import re
import shutil
import subprocess
import tempfile
from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterable, Optional

from .raw import Line, Pair

PREFIXES = ("riscv64-unknown-elf-", "riscv64-elf-", "riscv64-none-elf-",
            "riscv64-linux-gnu-", "riscv64-unknown-linux-gnu-", "llvm-")
_FIELDS = Path(__file__).parent.parent / "model" / "fields.py"
_RAM = 0x80000000  # on QEMU's board; the first page record is its first page's
_PAGE = 4096
_OTHERS = "0x0"    # in the place of those that the model did not tell apart

Query = tuple[str, str, int]  # "type" or "symbol", its name, an offset


def tool(name: str) -> Optional[str]:
    """The first of the toolchains' programs of that name."""
    for prefix in (os.environ.get("TOOLPREFIX", ""), *PREFIXES):
        if prefix and shutil.which(prefix + name):
            return prefix + name
    return None


def debugger() -> Optional[str]:
    names = os.environ.get("GDB") or \
        "gdb-multiarch riscv64-unknown-elf-gdb riscv64-elf-gdb"
    return next(filter(shutil.which, names.split()), None)


# --- functions

def parse_functions(said: str) -> dict[str, str]:
    """What `addr2line -a -f -i` says, as "function (place)" by address."""
    found = {}
    for record in re.split(r"^(?=0x[0-9a-f]+$)", said, flags=re.M):
        address, *rest = record.splitlines() or [""]
        frames = list(zip(rest[0::2], rest[1::2]))
        name = _frame(frames) if frames else ""
        if name:
            found[hex(int(address, 16))] = name
    return found


def _frame(frames: list[tuple[str, str]]) -> str:
    """Of functions inlined into each other the innermost one that is in a
    source file, not in a header (an atomic or the lock's own code tells
    nothing), and the outermost if it is another."""
    name, place = next((frame for frame in frames
                        if re.search(r"\.[cS]:\d", frame[1])), frames[0])
    if name == "??":
        return ""
    outermost = frames[-1][0]
    # Of a path the part below the tree's root, wherever the tree was.
    place = re.sub(r" \(discriminator.*|.*/(?=(kernel|user|bench)/)", "",
                   place)
    return f"{name}{f' in {outermost}' if outermost != name else ''} " \
        f"({place})"


# --- what is to be named

def in_words(name: str) -> str:
    if name == "page-free":
        return "page, free by then"
    if name.startswith("page-"):
        return name[len("page-"):] + " page"
    if name.startswith("slab-head-of-"):
        return "head of a slab of " + name[len("slab-head-of-"):]
    return "unnamed memory" if name == "?" else name


def _plain(n: int) -> str:
    return f" {'-' if n < 0 else '+'} {abs(n):#x}"


@dataclass
class NamedPair:
    """Fields are "-" if they are not known."""
    count: int
    cycles: int
    taker: str
    taker_field: str
    holder: str
    holder_field: str


@dataclass
class NamedLine:
    """label: the objects and fields that were touched, most cycles first.
    class_: the first of them without the number of the object, the same for
    all lines of its kind."""
    line: Line
    label: str
    class_: str
    pairs: list[NamedPair]


class Names:
    """What is known of the program and the kernel that were measured."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.functions: dict[str, str] = {}
        self.symbols: list[tuple[int, str]] = []  # by address
        self.answers: dict[Query, tuple[int, str]] = {}

    def look_up(self, lines: Iterable[tuple[Line, list[Pair]]], kernel: Path,
                program: Optional[Path]) -> None:
        lines = list(lines)
        code = {pc for _, pairs in lines for pair in pairs
                for pc in (pair.pc, pair.holder) if pc != _OTHERS}
        is_kernel = re.compile(r"0xf[0-9a-f]{15}$").match
        self._find_functions(sorted(filter(is_kernel, code)), kernel)
        self._find_functions(
            sorted(pc for pc in code if not is_kernel(pc)), program)
        self._find_symbols(kernel)
        queries = {query for line, pairs in lines for pair in pairs
                   for byte in _bytes(pair)
                   for query in [self.query(line, byte)] if query}
        if queries and os.access(kernel, os.R_OK):
            self._find_fields(sorted(queries), kernel)

    def _find_functions(self, addresses: list[str],
                        elf: Optional[Path]) -> None:
        if not addresses:
            return
        if not elf or not os.access(elf, os.R_OK):
            self.notes.append(f"no {elf or 'program given'}: its code is "
                              "shown by address")
            return
        addr2line = tool("addr2line")
        if not addr2line:
            self.notes.append("no riscv64-*-addr2line: code is shown by "
                              "address")
            return
        said = subprocess.run([addr2line, "-a", "-f", "-i", "-e", str(elf),
                               *addresses], capture_output=True, text=True,
                              check=False).stdout
        self.functions.update(parse_functions(said))

    def _find_symbols(self, kernel: Path) -> None:
        nm = tool("nm")
        if not nm or not os.access(kernel, os.R_OK):
            return
        said = subprocess.run([nm, "-n", str(kernel)], capture_output=True,
                              text=True, check=False).stdout
        found = re.findall(r"^([0-9a-f]+) [BbDdRrSs] (\S+)$", said, re.M)
        self.symbols = [(int(address, 16), name) for address, name in found]

    def _find_fields(self, queries: list[Query], kernel: Path) -> None:
        gdb = debugger()
        if not gdb:
            self.notes.append("no gdb-multiarch (.ci/setup --debug installs "
                              "it): fields are shown by offset")
            return
        with tempfile.TemporaryDirectory(prefix="drove-lines.") as folder:
            asked, answers = Path(folder, "asked"), Path(folder, "answers")
            asked.write_text("".join(f"{kind} {name} {offset}\n"
                                     for kind, name, offset in queries))
            subprocess.run(
                [gdb, "-nx", "-batch", "-x", str(_FIELDS), str(kernel)],
                env={**os.environ, "QUERIES": str(asked),
                     "ANSWERS": str(answers)}, capture_output=True,
                check=False)
            said = answers.read_text() if answers.exists() else ""
        if not said:
            self.notes.append(f"GDB cannot read the types of {kernel}: "
                              "fields are shown by offset")
        for line in said.splitlines():
            kind, name, offset, index, path = line.split("\t")
            if index != "-" and path != "-":
                self.answers[kind, name, int(offset)] = \
                    int(index), "" if path == "=" else path

    def query(self, line: Line, byte: int) -> Optional[Query]:
        """What has to be known to name a byte of a line."""
        if line.object == "image":
            address = line.va + byte
            at = bisect_right(self.symbols, (address, "\U0010ffff")) - 1
            if at < 0:
                return "symbol", "?", 0
            return "symbol", self.symbols[at][1], address - self.symbols[at][0]
        if line.type != "-":
            return "type", line.type, line.offset + byte
        return None

    def who(self, pc: str) -> str:
        return "others" if pc == _OTHERS else self.functions.get(pc, pc)

    def name(self, line: Line, pairs: list[Pair]) -> NamedLine:
        touched = _Touched(self, line)
        named = []
        for pair in pairs:
            if pair.pc == _OTHERS:
                # What is not told apart says nothing of bytes either.
                fields = ["-", "-"]
            else:
                fields = [touched.touch(byte, weight) for byte, weight
                          in zip(_bytes(pair), (pair.cycles, 0))] + ["-"]
            holder = _OTHERS if pair.pc == _OTHERS else pair.holder
            named.append(NamedPair(pair.count, pair.cycles, self.who(pair.pc),
                                   fields[0], self.who(holder), fields[1]))
        return NamedLine(line, touched.label(), touched.class_(), named)


def _bytes(pair: Pair) -> list[int]:
    """Those that are known to have been touched: the taker's, the holder's."""
    if pair.pc == _OTHERS:
        return []
    return [pair.byte] + \
        ([pair.holder_byte] if pair.holder != _OTHERS else [])


@dataclass
class _Field:
    weight: int = 0
    objects: list[int] = field(default_factory=list)  # numbers in an array


class _Touched:
    """The fields on a line that somebody touched, weighed by cycles."""

    def __init__(self, names: Names, line: Line) -> None:
        self.names, self.line = names, line
        self.fields: dict[str, _Field] = {}

    def touch(self, byte: int, cycles: int) -> str:
        """Returns the name of the field at that byte."""
        path, which = self._path(byte)
        here = self.fields.setdefault(path, _Field())
        here.weight += cycles
        if which is None:
            return path
        if which not in here.objects:
            here.objects.append(which)
        return f"{self.line.object}[{which}]{path}"

    def _path(self, byte: int) -> tuple[str, Optional[int]]:
        line = self.line
        query = self.names.query(line, byte)
        if not query:
            return in_words(line.object) + _plain(line.offset + byte), None
        kind, name, offset = query
        index, path = self.names.answers.get(query, (0, _plain(offset)))
        if kind == "symbol":
            return name + path, None
        return path, int(line.index) + index

    def _ranked(self) -> list[str]:
        return sorted(self.fields, key=lambda f: -self.fields[f].weight)

    def _object(self) -> str:
        """The name of a line of which no byte is known."""
        line = self.line
        return in_words(line.object) if line.type == "-" else \
            f"{line.object}[{line.index}]"

    def label(self) -> str:
        ranked = self._ranked()
        texts = []
        before = numbers = ""
        for path in ranked[:3]:
            numbers = _numbers(self.fields[path].objects)
            if not numbers:
                of = ""
            elif numbers == before:
                of = "" if path[0] in ".[" else self.line.object
            else:
                of = f"{self.line.object}[{numbers}]"
            before = numbers
            struct = "struct " if path.startswith((" +", " -")) and of else ""
            texts.append(struct + of + path)
        if len(ranked) > 3:
            texts.append("...")
        text = ", ".join(texts) or self._object()
        if self.line.type == "page" and len(ranked) == 1:
            text += f" ({_frames(self.fields[ranked[0]].objects)})"
        return text

    def class_(self) -> str:
        if not self.fields:
            return self._object()
        first = re.sub(r"\[\d+\]", "[]", self._ranked()[0])
        if self.line.type != "-":
            struct = "struct " if first.startswith((" +", " -")) else ""
            return f"{struct}{self.line.object}[]{first}"
        # Frames are told apart by where they are; a class is not.
        if self.line.object != "image":
            first = re.sub(r" [+-] 0x[0-9a-f]+$", "", first)
        return first


def _numbers(numbers: list[int]) -> str:
    """In order; of more than three the first and the last."""
    if len(numbers) > 3:
        return f"{min(numbers)}..{max(numbers)}"
    return ",".join(map(str, sorted(numbers)))


def _frames(numbers: list[int]) -> str:
    """Of page records."""
    frames = [f"{_RAM + n * _PAGE:#x}" for n in sorted(numbers)]
    if len(frames) > 3:
        return f"frames {frames[0]}..{frames[-1]}"
    return f"frame{'s' if len(frames) > 1 else ''} {', '.join(frames)}"

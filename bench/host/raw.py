"""The coherence model's raw report (its records: bench/model/report.c): sums
over its regions, and the lines that harts took from each other most."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

from .points import parse_values

# The model's categories of a hart's cycles; "end" is the time between a
# hart's end and that of the last one.
OF_A_HART = ("instructions", "miss", "transfer", "queue", "spin", "device",
             "idle")
COSTS = OF_A_HART + ("end",)


@dataclass
class Pair:
    """Who took a line (pc) that whom used last (holder), and the bytes of it
    that they touched; 0 for those that the model did not tell apart."""
    pc: str
    holder: str
    byte: int
    holder_byte: int
    count: int = 0
    cycles: int = 0


@dataclass
class Line:
    """offset is that of the line's first byte in the object."""
    pa: str
    object: str
    type: str
    index: str
    offset: int
    va: int
    transfers: int = 0
    cycles: int = 0
    queue: int = 0
    harts: int = 0
    pairs: dict[tuple[str, ...], Pair] = field(default_factory=dict)

    def hottest_pairs(self, most: int) -> list[Pair]:
        return sorted(self.pairs.values(), key=lambda p: -p.cycles)[:most]


@dataclass
class Report:
    """All regions together."""
    profile: str = "-"
    harts: int = 0
    regions: int = 0
    participants: int = 0
    ops: int = 0
    breaks: int = 0
    moving_lines: int = 0  # lines that passed from hart to hart
    transfers: int = 0
    line_cycles: int = 0
    cost: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(COSTS, 0))
    adds_up: bool = True
    lines: dict[str, Line] = field(default_factory=dict)

    def hottest(self, most: int) -> list[Line]:
        return sorted(self.lines.values(), key=lambda x: -x.cycles)[:most]


class _Reader:
    def __init__(self) -> None:
        self.report = Report()
        self.length_of: dict[str, int] = {}  # cycles of a region
        self.line: Optional[Line] = None

    def model(self, word: dict[str, str]) -> None:
        self.report.profile = word["profile"]
        self.report.harts = int(word["harts"])

    def region(self, word: dict[str, str]) -> None:
        report = self.report
        report.regions += 1
        report.ops += int(word["ops"])
        report.breaks += int(word["breaks"])
        report.participants = int(word["participants"])
        self.length_of[word["n"]] = int(word["cycles"])

    def hart(self, word: dict[str, str]) -> None:
        cost = self.report.cost
        spent = [int(word[what]) for what in OF_A_HART]
        for what, cycles in zip(OF_A_HART, spent):
            cost[what] += cycles
        if sum(spent) != int(word["cycles"]):
            self.report.adds_up = False
        # Harts that take no part may have gone on for longer.
        cost["end"] += max(0, self.length_of[word["region"]] - sum(spent))

    def lines(self, word: dict[str, str]) -> None:
        self.report.moving_lines += int(word["n"])
        self.report.transfers += int(word["transfers"])
        self.report.line_cycles += int(word["cycles"])

    def line_record(self, word: dict[str, str]) -> None:
        line = self.report.lines.setdefault(word["pa"], Line(
            word["pa"], "-", "-", "-", 0, 0))
        line.object = word.get("object", "-")
        line.type = word.get("type", "-")
        line.index = word.get("index", "-")
        line.offset = int(word.get("offset", "0"))
        line.va = int(word.get("va", "0"), 16)
        line.transfers += int(word["transfers"])
        line.cycles += int(word["cycles"])
        line.queue += int(word["queue"])
        line.harts = max(line.harts, int(word["harts"]))
        self.line = line

    def pair(self, word: dict[str, str]) -> None:
        """Those of a line follow it."""
        assert self.line
        keys = ("pc", "from", "lo", "hi", "from_lo", "from_hi")
        identity = tuple(word.get(key, "0") for key in keys)
        pair = self.line.pairs.setdefault(identity, Pair(
            word["pc"], word["from"], int(word["lo"]),
            int(word.get("from_lo", "0"))))
        pair.count += int(word["count"])
        pair.cycles += int(word["cycles"])


def read(path: Path) -> Optional[Report]:
    """None if there is no region in it, or it is no report."""
    reader = _Reader()
    take = {"model": reader.model, "region": reader.region,
            "hart": reader.hart, "lines": reader.lines,
            "line": reader.line_record, "pair": reader.pair}
    try:
        for text in path.read_text().splitlines():
            name, _, rest = text.partition(" ")
            if name in take:
                take[name](parse_values(rest))
    except (KeyError, ValueError):
        return None
    return reader.report if reader.report.regions else None


def figures(path: Path, harts: int) -> Optional[dict[str, str]]:
    """For a row of the CSV: cost.WHAT, and

        model_regions     regions of interest
        model_ops         operations in them, what costs are divided by: a
                          benchmark may have more regions than its own figures
                          are made of
        model_breaks      times that the watchdog had to let harts out of
                          order: if any, the figures are not to be trusted
        model_lines       lines that passed from hart to hart
        model_transfers   how often they did

    None if there is no report, or it is of another number of harts, or the
    harts' cycles do not add up."""
    report = read(path) if path.exists() else None
    if not report or report.harts != harts or not report.adds_up:
        return None
    found = {"model_regions": report.regions, "model_ops": report.ops,
             "model_breaks": report.breaks,
             "model_lines": report.moving_lines,
             "model_transfers": report.transfers}
    found.update((f"cost.{what}", report.cost[what]) for what in COSTS)
    return {key: str(value) for key, value in found.items()}

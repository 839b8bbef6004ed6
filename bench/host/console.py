"""What a point printed, as the values of its row.

There must be one RESULT line of that benchmark, variant and hart count, and
for kind "locks" behind it the table of lockstat, whose columns become keys
lock.CLASS.COLUMN.

Under the coherence model host time says nothing: keys that have their numbers
from it are left out, and there must be one that has its from the model.
"""

import re
from typing import Optional

from .points import is_modelled, no_commas, parse_values

_HOST_TIME = re.compile(
    r"seconds$|ns_|.*_per_s$|.*_(ns|us)(_|$)|evenness$|.*_evenness$|"
    r".*_permille$")
_MODELLED = re.compile(r"model_|.*_(instr|cycles)$")


def lock_table(lines: list[str]) -> dict[str, dict[str, str]]:
    """The columns of each lock class in lockstat's table, which ends at the
    first line of another form."""
    classes: dict[str, dict[str, str]] = {}
    columns: list[str] = []
    for line in lines:
        words = line.split()
        if words[:2] == ["class", "acquisitions"]:
            columns = words[1:]
        elif columns and len(words) == len(columns) + 1 and \
                all(word.isdigit() for word in words[1:]):
            classes[words[0]] = dict(zip(columns, words[1:]))
        else:
            columns = []
    return classes


def results(lines: list[str], bench: str) -> list[dict[str, str]]:
    """The RESULT lines of a benchmark."""
    begin = ["RESULT", f"bench={bench}"]
    return [parse_values(line) for line in lines if line.split()[:2] == begin]


def _belongs(key: str, kind: str, variant: str) -> bool:
    if key in ("bench", "variant", "harts"):
        return False  # columns of their own
    # Linux has no such counters: zeros there would mislead.
    if variant.startswith("linux") and key in ("sole_copies", "sole_upgrades"):
        return False
    return not is_modelled(kind) or bool(_MODELLED.match(key)) or \
        not _HOST_TIME.match(key)


def values(console: str, kind: str, bench: str, variant: str,
           harts: int) -> Optional[dict[str, str]]:
    """None if the console is not what it should be."""
    lines = console.replace("\r", "").splitlines()
    found = results(lines, bench)
    if len(found) != 1 or found[0].get("variant") != variant or \
            found[0].get("harts") != str(harts):
        return None
    kept = {no_commas(key): no_commas(value) for key, value
            in found[0].items() if _belongs(key, kind, variant)}
    if is_modelled(kind) and not any(key.endswith("_cycles") for key in kept):
        return None
    if kind == "locks":
        table = lock_table(lines)
        if not table:
            return None
        kept.update((no_commas(f"lock.{name}.{column}"), value)
                    for name, row in table.items()
                    for column, value in row.items())
    return kept

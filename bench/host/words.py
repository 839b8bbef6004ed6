"""Numbers, words and tables of the report, in Markdown.  A report is made of
blocks, strings that have an empty line between them."""

from typing import Iterable, Optional, Sequence

NOTHING = "-"


def num(x: float) -> str:
    if x >= 100:
        return f"{x:.0f}"
    if x >= 10:
        return f"{x:.1f}"
    return f"{x:.2f}" if x >= 0.01 or x == 0 else f"{x:.2g}"


def times(x: float) -> str:
    return f"{x:.2f}"


def percent(x: float) -> str:
    return f"{x:.1f} %" if x >= 1 or x == 0 else f"{x:.2g} %"


def maybe(x: Optional[float], scale: float = 1) -> str:
    return NOTHING if x is None else num(x * scale)


def code(text: str) -> str:
    return f"`{text}`"


def n_harts(harts: int) -> str:
    return count(harts, "hart")


def count(n: float, what: str) -> str:
    return f"{n:.9g} {what}{'' if n == 1 else 's'}"


def join(words: Sequence[str]) -> str:
    """a, b and c"""
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " and " + words[-1]


def bullets(lines: Iterable[str]) -> list[str]:
    """One block, or none."""
    text = "\n".join(f"- {line}" for line in lines)
    return [text] if text else []


def _says_something(cell: str) -> bool:
    return any(digit in cell for digit in "123456789") or \
        (cell != NOTHING and not any(digit in cell for digit in "0"))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """One block, or none.  The first column is words.  A column behind it that
    is zero or nothing everywhere is not shown."""
    shown = [0] + [i for i in range(1, len(head))
                   if any(_says_something(row[i]) for row in rows)]
    if len(shown) < 2:
        return []
    lines = [[head[i] for i in shown]] + [[row[i] for i in shown]
                                          for row in rows]
    text = ["| " + " | ".join(cells) + " |" for cells in lines]
    text.insert(1, "|---|" + "---:|" * (len(shown) - 1))
    return ["\n".join(text)]

"""A report in Markdown as one HTML file, with its SVG pictures inside."""

import html
import re
import subprocess
from pathlib import Path

from .shell import Failure

_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Drove: a sweep</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem;
       margin: 2rem auto; padding: 0 1rem }
p, li { max-width: 56rem }
figure { margin: 1rem 0; background: #fff; border-radius: 6px; padding: 6px;
         max-width: 56rem }
svg { width: 100%; height: auto; display: block }
table { border-collapse: collapse }
.wide { overflow-x: auto }
th, td { padding: .2rem .7rem; border-bottom: 1px solid #8885;
         vertical-align: top }
td { white-space: nowrap }
th:first-child, td:first-child { text-align: left }
td:first-child, td:last-child { white-space: normal }
code, pre { font-family: ui-monospace, monospace }
pre { overflow-x: auto; padding: .6rem; border: 1px solid #8885 }
</style>
</head>
<body>
"""
_END = "\n</body>\n</html>\n"


def _markdown(text: str) -> str:
    try:
        return subprocess.run(
            ["markdown_py", "-x", "tables", "-x", "fenced_code"], input=text,
            encoding="utf-8", stdout=subprocess.PIPE, check=True).stdout
    except FileNotFoundError:
        raise Failure("no markdown_py: run `make setup`, or on Debian: "
                      "apt-get install python3-markdown") from None


def _figure(alt: str, picture: Path) -> str:
    """Without what only a file of its own has."""
    svg = picture.read_text()
    return f'<figure role="img" aria-label="{html.escape(alt)}">\n' \
        f'{svg[svg.index("<svg"):]}</figure>'


def page(markdown: str, folder: Path) -> str:
    """folder: of the pictures."""
    body = _markdown(markdown)
    body = body.replace("<table>", '<div class="wide"><table>')
    body = body.replace("</table>", "</table></div>")
    body = re.sub(
        r'<p><img alt="([^"]*)" src="([^"/]*\.svg)" ?/?></p>',
        lambda found: _figure(html.unescape(found[1]), folder / found[2]),
        body)
    return _HEAD + body + _END

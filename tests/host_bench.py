#!/usr/bin/env python3
"""The bench's host side: tests/hostbench."""
from __future__ import annotations

import os
import pathlib
import sys
import unittest

import harness

ROOT = pathlib.Path(__file__).resolve().parent.parent


def load_tests(loader: unittest.TestLoader, _tests: unittest.TestSuite,
               _pattern: str | None) -> unittest.TestSuite:
    return loader.discover("tests/hostbench", top_level_dir=".")


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ["PYTHONPATH"] = str(ROOT)
    harness.main()

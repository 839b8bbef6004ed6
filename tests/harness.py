"""Counts the cases of the host's tests that are written in Python.

A test method is a case; one that has subtests is as many cases as these.
main() takes the place of unittest.main(): its last line is
`N passed, N failed`, which tests/run.py reads.
"""
from __future__ import annotations

import sys
import unittest
from typing import Any


class CountingResult(unittest.TextTestResult):
    """Results by case instead of by method."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.passed = 0
        self.failed = 0
        self._cases = 0  # subtests of the method that runs

    def startTest(self, test: unittest.TestCase) -> None:
        self._cases = 0
        super().startTest(test)

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        self._cases += 1
        if err is None:
            self.passed += 1
        else:
            self.failed += 1

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        if self._cases == 0:
            self.passed += 1

    def addFailure(self, test: Any, err: Any) -> None:
        super().addFailure(test, err)
        self.failed += 1

    def addError(self, test: Any, err: Any) -> None:
        super().addError(test, err)
        self.failed += 1


def main() -> None:
    """Runs the cases of the program, or those that its arguments name."""
    loader = unittest.defaultTestLoader
    suite = (loader.loadTestsFromNames(sys.argv[1:], sys.modules["__main__"])
             if len(sys.argv) > 1
             else loader.loadTestsFromModule(sys.modules["__main__"]))
    runner = unittest.TextTestRunner(stream=sys.stdout, verbosity=0,
                                     resultclass=CountingResult)
    result = runner.run(suite)
    assert isinstance(result, CountingResult)
    print(f"{result.passed} passed, {result.failed} failed")
    sys.exit(0 if result.failed == 0 and result.passed > 0 else 1)

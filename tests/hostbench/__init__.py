"""Tests of the bench's host side; tests/host_bench.py runs them all."""

#!/usr/bin/python3
"""Writes the table of the cases: make_table.py"""
import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TESTS), str(TESTS / "e2e")]

from conformance.websocket.table import README, whole

README.write_text(whole(), encoding="utf-8")

#!/usr/bin/env python3
"""Writes dashboards/*.json from generator/. Run it after a change there; a test holds the files
against it."""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from generator import load_test, overview  # noqa: E402 (after the path)


def made():
    """The files' texts by their names."""
    return {name: json.dumps(module.make(), indent=2, ensure_ascii=False) + "\n"
            for name, module in (("overview.json", overview), ("load-test.json", load_test))}


if __name__ == "__main__":
    for name, text in made().items():
        (HERE / "dashboards" / name).write_text(text, encoding="utf-8")

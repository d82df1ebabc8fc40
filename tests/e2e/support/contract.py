"""The tables of docs/CONTRACT.md, as tests/contract reads them."""
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "contract"))

from contract_page import counted_closes, errors, families, feeds, goodbyes, limits, settings

"""What the scripts here share: which numbers are drawn, and the binary that is tried."""
import argparse
from pathlib import Path

NNX = Path(__file__).resolve().parents[2] / ".build/release/nnx"


def arguments(usage):
    parser = argparse.ArgumentParser(usage=usage)
    parser.add_argument("numbers", help="3, 0-99 or 3,8,10-19")
    parser.add_argument("--nnx", default=str(NNX))
    return parser


def numbers(options):
    ranges = [part.split("-") for part in options.numbers.split(",")]
    return [number for ends in ranges for number in range(int(ends[0]), int(ends[-1]) + 1)]

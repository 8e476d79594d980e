"""What the scripts here share: which numbers are drawn, the binary that is tried, and turns in space."""
import argparse
import math
from pathlib import Path

import numpy as np

NNX = Path(__file__).resolve().parents[2] / ".build/release/nnx"


def arguments(usage):
    parser = argparse.ArgumentParser(usage=usage)
    parser.add_argument("numbers", help="3, 0-99 or 3,8,10-19")
    parser.add_argument("--nnx", default=str(NNX))
    return parser


def numbers(options):
    ranges = [part.split("-") for part in options.numbers.split(",")]
    return [number for ends in ranges for number in range(int(ends[0]), int(ends[-1]) + 1)]


def turn(draw, angle):
    """The rotation by an angle about an axis that is drawn (Rodrigues' formula)."""
    x, y, z = (lambda v: v / np.linalg.norm(v))(np.array([draw.gauss(0, 1) for _ in "xyz"]))
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross

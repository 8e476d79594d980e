#!/usr/bin/env python3
"""Times nnU-Net's resampling (scikit-image and SciPy) and that of nnx, in turns.

    VENV/bin/python Benchmarks/resampling.py --nnx .build/release/nnx [--rounds 3] [--threads 2]

A CT of 512 x 512 x 200 by a cubic spline to a network's grid of 273 x 273 x 200, and the scores of three
classes back by linear interpolation: `resample_data_or_seg_to_shape` as nnU-Net's plans call it, against
`nnx bench --resampling`. nnU-Net's has one thread, whatever the machine. Needs a Python with nnunetv2.
"""
import argparse
import json
import statistics
import subprocess
import time

import numpy
from nnunetv2.preprocessing.resampling.default_resampling import resample_data_or_seg_to_shape

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--nnx", default=".build/release/nnx")
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--threads", type=int, default=2)
options = parser.parse_args()

IMAGE, VOLUME = (200, 512, 512), (200, 273, 273)
FINE, COARSE = (1.5, 0.8, 0.8), (1.5, 1.5, 1.5)
noise = numpy.random.default_rng(1)
image = noise.normal(0, 300, (1, *IMAGE)).astype(numpy.float32)
scores = noise.normal(0, 5, (3, *VOLUME)).astype(numpy.float32)


def seconds(body):
    start = time.perf_counter()
    body()
    return time.perf_counter() - start


def cubic():
    resample_data_or_seg_to_shape(image, VOLUME, FINE, COARSE, order=3, order_z=0)


def linear():
    resample_data_or_seg_to_shape(scores, IMAGE, COARSE, FINE, order=1, order_z=0)


times = {"cubic": ([], []), "linear": ([], [])}
for _ in range(options.rounds):
    answer = json.loads(subprocess.run(
        [options.nnx, "bench", "--resampling", "--threads", str(options.threads), "--json"],
        check=True, capture_output=True, text=True).stdout)["data"]
    for name, body in ("cubic", cubic), ("linear", linear):
        times[name][0].append(seconds(body))
        times[name][1].append(answer[f"{name}Seconds"])
for name, runs in times.items():
    theirs, ours = map(statistics.median, runs)
    print(f"{name:7} nnU-Net {theirs:.2f} s  nnx {ours:.3f} s  ratio {theirs / ours:.1f}"
          f"  (one thread against {options.threads})")

#!/usr/bin/env python3
"""Times the resampling of nnU-Net (scikit-image and SciPy) and of TotalSegmentator (SciPy), and that of nnx, in turns.

    VENV/bin/python Benchmarks/resampling.py --nnx .build/release/nnx [--rounds 3] [--threads 2]

A CT of 512 x 512 x 200 by a cubic spline to a network's grid of 273 x 273 x 200, and the scores of three
classes back by linear interpolation: `resample_data_or_seg_to_shape` as nnU-Net's plans call it, against
`nnx bench --resampling`. Then the same CT to 273 x 273 x 133 as TotalSegmentator does it: `scipy.ndimage.zoom` of order
1, whose fractions are cut off; compared bit for bit. Theirs have one thread, whatever the machine. Needs a Python with
nnunetv2 (TotalSegmentator's has it).
"""
import argparse
import hashlib
import json
import statistics
import subprocess
import time

import numpy
import scipy.ndimage
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


def nnx_noise(shape):
    """The image of `nnx bench --resampling`: a linear congruential generator, here by doubling what is known."""
    step, add = 6364136223846793005, 1442695040888963407
    count, states = numpy.prod(shape), numpy.array([step + add], numpy.uint64)
    while len(states) < count:
        states = numpy.concatenate([states, states * numpy.uint64(step) + numpy.uint64(add)])
        step, add = step * step % 2**64, (step * add + add) % 2**64
    upper = (states[:count] >> numpy.uint64(32)).astype(numpy.uint32).view(numpy.int32)
    values = upper.astype(numpy.float32) / numpy.float32(2**31)
    return (numpy.float32(-300) + values * numpy.float32(700)).reshape(shape)


# As nibabel hands it over: x is the first axis and the fastest one, in double.
ct = nnx_noise(IMAGE).astype(numpy.float64).T
ZOOMED = (133, 273, 273)


def zoom():
    global zoomed
    factors = [new / old for new, old in zip(reversed(ZOOMED), ct.shape)]
    zoomed = scipy.ndimage.zoom(ct, factors, mode="nearest", order=1).astype(numpy.int32)


times = {"cubic": ([], []), "linear": ([], []), "zoom": ([], [])}
for _ in range(options.rounds):
    answer = json.loads(subprocess.run(
        [options.nnx, "bench", "--resampling", "--threads", str(options.threads), "--json"],
        check=True, capture_output=True, text=True).stdout)["data"]
    for name, body in ("cubic", cubic), ("linear", linear), ("zoom", zoom):
        times[name][0].append(seconds(body))
        times[name][1].append(answer[f"{name}Seconds"])
for name, runs in times.items():
    theirs, ours = map(statistics.median, runs)
    print(f"{name:7} theirs {theirs:.2f} s  nnx {ours:.3f} s  ratio {theirs / ours:.1f}"
          f"  (one thread against {options.threads})")
digest = hashlib.sha256(numpy.ascontiguousarray(zoomed.T).astype(numpy.float32)).hexdigest()
print(f"zoom: {'equal bit for bit' if digest == answer['zoomSha256'] else 'the voxels differ'}, SHA-256 {digest}")

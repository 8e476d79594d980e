"""What nnU-Net, SciPy and PyTorch make of small arrays: Tests/Fixtures/image/operations.{json,npz}.

Run: python3 operations.py FOLDER   (needs nnunetv2 2.8, batchgenerators 0.25.5, SciPy, PyTorch)
"""
import itertools
import json
import sys

import numpy as np
import torch
from scipy import ndimage
from nnunetv2.postprocessing.remove_connected_components import remove_all_but_largest_component_from_segmentation
from nnunetv2.preprocessing.resampling.default_resampling import (determine_do_sep_z_and_axis, resample_data_or_seg)

rng = np.random.default_rng(11)
cases, arrays = [], {}


def add(kind, source, result, **facts):
    arrays[f"{len(cases)}_in"], arrays[f"{len(cases)}_out"] = source, result
    cases.append({"kind": kind, "shape": list(result.shape), **facts})


def image(shape):
    return (rng.normal(0, 300, shape) + 1000 * (rng.random(shape) < 0.3)).astype(np.float32)


def blobs(shape, labels, scale=1):
    noise = np.stack([ndimage.gaussian_filter(rng.normal(size=shape), scale) for _ in range(labels)])
    return noise.argmax(0).astype(np.uint8)


SHAPES = [((5, 6, 7), (5, 6, 16)), ((1, 6, 7), (2, 12, 14)), ((4, 9, 5), (1, 2, 5)), ((8, 8, 8), (16, 4, 8)),
          ((3, 33, 30), (7, 21, 70)), ((2, 2, 2), (5, 5, 5)), ((1, 1, 1), (3, 2, 3)), ((30, 6, 6), (11, 6, 6)),
          ((6, 30, 6), (6, 11, 6)), ((6, 6, 30), (6, 6, 13)), ((7, 70, 9), (9, 9, 70)), ((3, 4, 5), (1, 1, 1))]
for source, target in SHAPES:
    x = image(source)
    for order in (3, 1, 0):
        y = resample_data_or_seg(x[None], target, False, None, order, False, 0)
        add("data", x, y[0].astype(np.float32), order=order, axis=None, along=0)
    y = torch.nn.functional.interpolate(torch.from_numpy(x)[None, None], target, mode="trilinear")
    add("torch", x, y[0, 0].numpy(), axis=None)
    s = blobs(source, 4)
    add("labels", s, resample_data_or_seg(s[None].astype(np.int16), target, True, None, 1, False, 0)[0].astype(np.uint8), axis=None)
SEPARATE = [((4, 9, 8), (9, 13, 5)), ((5, 6, 7), (5, 9, 11)), ((6, 7, 5), (3, 7, 5)), ((3, 8, 70), (12, 4, 5)), ((1, 5, 5), (1, 9, 9))]
for (source, target), axis in itertools.product(SEPARATE, (0, 1, 2)):
    source, target = np.roll(source, axis), tuple(int(v) for v in np.roll(target, axis))
    x = image(source)
    for order, along in ((3, 0), (1, 0), (1, 1), (3, 1), (3, 3)):
        y = resample_data_or_seg(x[None], target, False, axis, order, True, along)
        add("data", x, y[0].astype(np.float32), order=order, axis=axis, along=along)
    s = blobs(source, 3)
    add("labels", s, resample_data_or_seg(s[None].astype(np.int16), target, True, axis, 1, True, 0)[0].astype(np.uint8), axis=axis)
    in_plane = [n for i, n in enumerate(target) if i != axis]
    y = torch.from_numpy(np.moveaxis(x, axis, 0).copy())[None]
    y = torch.nn.functional.interpolate(y, in_plane, mode="bilinear")
    y = torch.nn.functional.interpolate(y[None], (target[axis], *in_plane), mode="nearest-exact")[0, 0].numpy()
    add("torch", x, np.moveaxis(y, 0, axis).copy(), axis=axis)
for source, target in [((6, 8, 10), (3, 4, 5)), ((8, 8, 8), (4, 8, 2)), ((9, 9, 9), (3, 3, 3)), ((12, 12, 12), (9, 8, 7)), ((4, 4, 4), (8, 8, 8))]:
    for _ in range(4):
        s = rng.integers(0, 5, source).astype(np.uint8)
        add("labels", s, resample_data_or_seg(s[None].astype(np.int16), target, True, None, 1, False, 0)[0].astype(np.uint8), axis=None)
for shape in [(5, 6, 7), (1, 9, 9), (9, 1, 9), (4, 4, 1), (12, 13, 14), (2, 2, 2)]:
    for density in (0.3, 0.6, 0.75, 0.9):
        m = (rng.random(shape) < density).astype(np.uint8)
        add("holes", m, ndimage.binary_fill_holes(m).astype(np.uint8))
for shape in [(7, 8, 9), (1, 20, 20), (12, 12, 12), (3, 5, 40)]:
    for density in (0.1, 0.2, 0.35):
        s = (rng.integers(1, 4, shape) * (rng.random(shape) < density)).astype(np.uint8)
        for labels in ([1], [1, 2], [1, 2, 3]):
            y = remove_all_but_largest_component_from_segmentation(s, [tuple(labels)] if len(labels) > 1 else labels, 0)
            add("largest", s, y.astype(np.uint8), labels=labels, connectivity="all")
            mask = np.isin(s, labels)
            components, count = ndimage.label(mask)
            sizes = ndimage.sum_labels(mask, components, range(1, count + 1))
            keep = [i + 1 for i in range(count) if sizes[i] == sizes.max()]
            y = np.where(mask & ~np.isin(components, keep), 0, s)
            add("largest", s, y.astype(np.uint8), labels=labels, connectivity="faces")

spacings = []
values = [0.5, 0.75, 1.0, 1.5, 2.25, 3.0, 3.0000001, 4.5, 5.0, 0.8]
for _ in range(300):
    current, new = [list(rng.choice(values, 3)) for _ in range(2)]
    for force in (None, True, False):
        separate, axis = determine_do_sep_z_and_axis(force, current, new)
        spacings.append({"current": current, "new": new, "force": force, "axis": int(axis) if separate else None})
with open(sys.argv[1] + "/operations.json", "w") as f:
    f.write('{"arrays": [\n' + ",\n".join(json.dumps(c) for c in cases) + '\n],\n"spacings": [\n')
    f.write(",\n".join(json.dumps(s) for s in spacings) + "\n]}\n")
np.savez_compressed(sys.argv[1] + "/operations.npz", **arrays)
print(len(cases))

"""Numbers of labels and of their agreement, from NumPy, SciPy, MedPy and MONAI: Tests/Fixtures/report/numbers.json.

Run: python3 report_numbers.py OUTPUT.json   (needs NumPy, SciPy, MedPy 0.5 and MONAI 1.6)
"""
import json
import sys

import numpy as np
import torch
from medpy.metric.binary import assd, hd95
from monai.metrics import compute_surface_dice
from scipy import ndimage

rng = np.random.default_rng(11)
TOLERANCE = 1.5


def blobs(shape, labels, seed, noise):
    """Labels from thresholded smooth noise, so that they have parts, holes and touch the edges."""
    r = np.random.default_rng(seed)
    fields = np.stack([ndimage.gaussian_filter(r.normal(size=shape), 1.7) for _ in range(labels)])
    fields += noise * np.random.default_rng(seed + 1000).normal(size=fields.shape) * 0.02
    best = fields.argmax(0) + 1
    return np.where(fields.max(0) > 0.09, best, 0).astype(np.uint16)


def world(geometry, index_xyz):
    """RAS position of a voxel index."""
    spacing = np.array(geometry["spacing"][::-1])
    lps = np.array(geometry["origin"]) + np.array(geometry["direction"]).reshape(3, 3) @ (np.asarray(index_xyz) * spacing)
    return lps * [-1, -1, 1]


def statistics(labels, image, geometry, value):
    mask = labels == value
    values = image[mask].astype(np.float64)
    z, y, x = np.nonzero(mask)
    corners = np.array([world(geometry, (a, b, c)) for a in (x.min() - .5, x.max() + .5)
                        for b in (y.min() - .5, y.max() + .5) for c in (z.min() - .5, z.max() + .5)])
    parts, count = ndimage.label(mask, np.ones((3, 3, 3)))
    sizes = np.bincount(parts.ravel())[1:]
    names = [("left", "right"), ("posterior", "anterior"), ("superior", "inferior")]
    touches = []
    for axis, array_axis in ((2, 0), (1, 1), (0, 2)):
        column = np.array(geometry["direction"]).reshape(3, 3)[:, axis]
        main = int(np.argmax(np.abs(column)))
        ends = names[main] if column[main] > 0 else names[main][::-1]
        planes = np.moveaxis(mask, array_axis, 0)
        if len(planes) == 1:
            continue  # a single slice touches both of its sides and tells nothing
        touches += [ends[0]] * bool(planes[-1].any()) + [ends[1]] * bool(planes[0].any())
    return {"value": int(value), "voxels": int(mask.sum()), "ml": float(mask.sum() * np.prod(geometry["spacing"]) / 1000),
            "mean": values.mean(), "sd": values.std(), "p05": np.percentile(values, 5), "median": np.median(values),
            "p95": np.percentile(values, 95), "centroid": list(world(geometry, (x.mean(), y.mean(), z.mean()))),
            "box": [list(corners.min(0)), list(corners.max(0))], "components": int(count),
            "largest": float(sizes.max() / mask.sum()), "touches": touches}


def agreement(a, b, geometry, value):
    p, q = a == value, b == value
    both = int((p & q).sum())
    result = {"value": int(value), "dice": 2 * both / (p.sum() + q.sum()) if p.any() or q.any() else None,
              "hd95": None, "assd": None, "surface_dice": None, "both": both, "only_a": int((p & ~q).sum()),
              "only_b": int((q & ~p).sum())}
    if p.any() and q.any():
        spacing = [float(v) for v in geometry["spacing"]]
        tensors = [torch.from_numpy(np.stack([~m, m])[None].astype(np.float32)) for m in (p, q)]
        result["hd95"] = float(hd95(p, q, voxelspacing=spacing))
        result["assd"] = float(assd(p, q, voxelspacing=spacing))
        result["surface_dice"] = float(compute_surface_dice(*tensors, [TOLERANCE], spacing=spacing)[0, 0])
    return result


turned = [0.8, 0, -0.6, 0.6, 0, 0.8, 0, -1, 0]
CASES = [
    ("small", (9, 14, 12), 3, {"spacing": [2.5, 0.8, 0.7], "origin": [-100, 20, 33.5], "direction": [1, 0, 0, 0, 1, 0, 0, 0, 1]}),
    ("turned", (12, 10, 11), 4, {"spacing": [1, 1.2, 3], "origin": [5, -7, 0], "direction": turned}),
    ("one slice", (1, 16, 18), 2, {"spacing": [999, 1, 1], "origin": [0, 0, 0], "direction": [-1, 0, 0, 0, -1, 0, 0, 0, 1]}),
]
result = []
for index, (name, shape, count, geometry) in enumerate(CASES):
    a, b = blobs(shape, count, index, 0), blobs(shape, count, index, 1)
    b[b == count] = 0  # a label that only the first has
    image = rng.normal(50, 200, shape).astype(np.float32)
    values = [int(v) for v in np.unique(a) if v]
    result.append({
        "name": name, **geometry, "shape": list(shape), "a": [int(v) for v in a.ravel()], "b": [int(v) for v in b.ravel()],
        "image": [int(v) for v in image.ravel().view(np.uint32)], "tolerance": TOLERANCE,
        "statistics": [statistics(a, image, geometry, v) for v in values],
        "agreement": [agreement(a, b, geometry, v) for v in values]})
with open(sys.argv[1], "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(r) for r in result) + "\n]\n")

"""What NumPy and SciPy make of the steps of recipes: Tests/Fixtures/image/recipes.{json,npz}.

Run: python3 recipes.py FOLDER   (needs NumPy and SciPy)
"""
import json
import math
import sys

import numpy as np
from scipy import ndimage

rng = np.random.default_rng(23)
cases, arrays = [], []
SHAPES = [(7, 8, 9), (1, 16, 15), (12, 5, 11)]
ALL = np.ones((3, 3, 3))


def keep(array):
    """The number of an array among those that are stored, each once."""
    array = array.astype(np.uint8)
    for number, other in enumerate(arrays):
        if other.shape == array.shape and (other == array).all():
            return number
    arrays.append(array)
    return len(arrays) - 1


def add(kind, result, *sources, **facts):
    cases.append({"kind": kind, "in": [keep(s) for s in sources], "out": keep(result), **facts})


def noise(shape, labels, density=0.5):
    return (rng.integers(1, labels + 1, shape) * (rng.random(shape) < density)).astype(np.uint8)


def meant(array, labels):
    return array > 0 if labels == "foreground" else np.isin(array, labels)


def components(mask, connectivity):
    return ndimage.label(mask, ALL if connectivity == "all" else None)


# Folds that vote.
for shape in SHAPES:
    truth = noise(shape, 3)
    for folds, share in ((5, 0.6), (5, 0.61), (2, 0.5), (4, 0.75)):
        maps = [np.where(rng.random(shape) < 0.6, truth, noise(shape, 3)) for _ in range(folds)]
        for labels in ([([1], 1), ([2], 2), ([3], 3)], [([3], 3), ([1], 2), ([2, 3], 1)], [("foreground", 4)]):
            result = np.zeros(shape, np.uint8)
            for source, target in labels:
                mean = np.mean([meant(m, source) for m in maps], axis=0)
                result[mean >= share] = target
            add("vote", result, *maps, atLeast=share, labels=[{"from": s, "to": t} for s, t in labels])

# Labels selected and renamed.
for shape in SHAPES:
    source = noise(shape, 9, 0.8)
    for labels in ([([8], 1), ([9], 2)], [([1, 2, 4], 3), ("foreground", 7), ([2], 200)], [([4], 3), ([3], 4)]):
        result = np.zeros(shape, np.uint8)
        for values, target in labels:
            result[meant(source, values)] = target
        add("select", result, source, labels=[{"from": s, "to": t} for s, t in labels])


def keep_largest(source, labels, count, least, share, connectivity):
    mask = meant(source, labels)
    parts, number = components(mask, connectivity)
    sizes = np.bincount(parts.ravel(), minlength=number + 1)[1:]
    order = sorted(range(number), key=lambda i: sizes[i], reverse=True)  # stable, as Python's dict order
    kept = [i + 1 for rank, i in enumerate(order) if rank < count and sizes[i] >= least
            and (rank == 0 or share == 0 or sizes[i] > share * sizes[order[0]])]
    return np.where(mask & ~np.isin(parts, kept), 0, source)


# The largest components.
for shape, density in zip(SHAPES, (0.3, 0.3, 0.15)):
    source = noise(shape, 3, density)
    for labels, each in (("foreground", False), ([1, 3], False), ("foreground", True), ([1, 2], True)):
        for count, least, share in ((1, 0, 0), (2, 0, 0), (2, 5, 0), (2, 0, 0.2), (4, 3, 0.5)):
            for connectivity in ("faces", "all"):
                groups = [labels]
                if each:
                    groups = [[int(v)] for v in np.unique(source[meant(source, labels)])]
                result = source
                for group in groups:
                    result = keep_largest(result, group, count, least, share, connectivity)
                add("keepLargest", result, source, labels=labels, each=each, count=count, minimumVoxels=least,
                    secondAbove=share, connectivity=connectivity)

# One map inside of another, and over another.
for shape in SHAPES:
    first, second = noise(shape, 3), noise(shape, 4)
    for labels in ("foreground", [2], [1, 4]):
        add("mask", np.where(meant(second, labels), first, 0), first, second, labels=labels)
    add("overlay", np.where(first > 0, first, second), first, second)


def side_in_plane(box, spacing):
    """`box`: slices (z, y, x); `spacing`: (x, y, z), as SimpleITK gives it."""
    sizes = [s.stop - s.start for s in reversed(box)]
    x, y, z = spacing
    if x == y and y != z:
        axis, space = 2, x
    elif x != y and y == z:
        axis, space = 0, y
    else:
        axis, space = 1, z
    del sizes[axis]
    return space * max(sizes)


# Small components.
for shape in SHAPES:
    source = noise(shape, 3, 0.25)
    for spacing in ((0.7, 0.7, 2.5), (2.5, 0.7, 0.7), (0.7, 2.5, 0.7), (1.0, 1.0, 1.0), (0.5, 0.75, 1.25)):
        for measure, below in (("mm in plane", 1.4), ("mm in plane", 3.0), ("mm3", 3.2)):
            for labels, target in (([2], 1), ("foreground", 0)):
                for connectivity in ("faces", "all"):
                    parts, number = components(meant(source, labels), connectivity)
                    result = source.copy()
                    for part, box in enumerate(ndimage.find_objects(parts), 1):
                        size = side_in_plane(box, spacing)
                        if measure == "mm3":
                            size = np.sum(parts == part) * (spacing[2] * spacing[1] * spacing[0])
                        if size < below:
                            result[parts == part] = target
                    add("relabelSmall", result, source, spacing=list(reversed(spacing)), measure=measure, below=below,
                        labels=labels, to=target, connectivity=connectivity)

# The box around labels.
for shape in SHAPES:
    first, second = noise(shape, 3), noise(shape, 2, 0.01)
    second[tuple(n // 2 for n in shape)] = 1
    for labels in ("foreground", [1], [9]):
        for margin in (0, 1.0, 2.5):
            spacing = (2.5, 1.0, 0.8)
            result = np.zeros(shape, np.uint8)
            places = np.argwhere(meant(second, labels))
            if len(places):
                steps = [math.ceil(margin / s) for s in spacing]
                box = tuple(slice(max(0, a - s), min(n, b + 1 + s)) for a, b, s, n in
                            zip(places.min(0), places.max(0), steps, shape))
                result[box] = first[box]
            add("crop", result, first, second, labels=labels, margin=margin, spacing=list(spacing))

# Where an image has its smallest value. Labels stand for its voxels.
for shape in SHAPES:
    first, image = noise(shape, 3), 5 + noise(shape, 4, 0.7)
    add("clearMinimum", np.where(image == image.min(), 0, first), first, image)

with open(sys.argv[1] + "/recipes.json", "w") as f:
    shapes = json.dumps([list(a.shape) for a in arrays])
    f.write('{"shapes": ' + shapes + ',\n"cases": [\n' + ",\n".join(json.dumps(c) for c in cases) + "\n]}\n")
# One long array: a zip entry for each would be larger than what it holds.
np.savez_compressed(sys.argv[1] + "/recipes.npz", voxels=np.concatenate([a.ravel() for a in arrays]))
kinds = [c["kind"] for c in cases]
print({k: kinds.count(k) for k in dict.fromkeys(kinds)})

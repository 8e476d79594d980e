#!/usr/bin/env python3
"""surface_distances.py: what segmentationmetrics 1.2.0 (and surface-distance inside it) measure.

Writes Tests/Fixtures/report/surface-distances.json: the areas of all 256 marching cubes at one spacing, with
the corner (z, y, x) as bit 4 z + 2 y + x, and pairs of masks as runs of C order, first run outside.
Needs segmentationmetrics==1.2.0, numpy<3, scipy.
"""
import itertools
import json
import pathlib

import numpy as np
import scipy.ndimage

# 1.2.0 names modules that SciPy has not had since 2.0.
scipy.ndimage.filters = scipy.ndimage.morphology = scipy.ndimage
import segmentationmetrics as sm  # noqa: E402
from segmentationmetrics.surface_distance import (  # noqa: E402
    compute_surface_dice_at_tolerance, lookup_tables)

SPACING = (5.0, 0.8, 0.7)


def areas():
    theirs = lookup_tables.create_table_neighbour_code_to_surface_area(SPACING)
    kernel = lookup_tables.ENCODE_NEIGHBOURHOOD_3D_KERNEL
    ours = []
    for code in range(256):
        their = sum(int(kernel[c]) for c in itertools.product((0, 1), repeat=3)
                    if code >> (4 * c[0] + 2 * c[1] + c[2]) & 1)
        ours.append(float(theirs[their]))
    return ours


def runs(mask):
    flat = mask.ravel()
    edges = np.flatnonzero(np.diff(flat)) + 1
    lengths = np.diff(np.concatenate([[0], edges, [flat.size]])).tolist()
    return ([0] if flat[0] else []) + [int(n) for n in lengths]


def ellipsoid(shape, centre, radii):
    z, y, x = np.indices(shape)
    return sum(((a - c) / r) ** 2 for a, c, r in zip((z, y, x), centre, radii)) <= 1


def pair(name, first, second, spacing, tolerance):
    m = sm.SegmentationMetrics(first, second, spacing)
    return dict(
        name=name, shape=list(first.shape), spacing=list(spacing), first=runs(first), second=runs(second),
        tolerance=tolerance, dice=float(m.dice), hd95=float(m.hausdorff_distance),
        average=float(m.mean_surface_distance),
        surface=float(compute_surface_dice_at_tolerance(m._surface_dist, tolerance)))


random = np.random.default_rng(3)
shape = (16, 56, 60)
islet = ellipsoid(shape, (8, 28, 28), (5, 16, 18))
islet[13, 50, 50] = True
noise = [random.random((6, 9, 11)) < 0.35 for _ in range(2)]
cases = [
    pair("ellipsoids", islet, ellipsoid(shape, (8.4, 30, 29), (5, 15, 19)), (5.0, 0.7, 0.7), 2.0),
    pair("noise", *noise, SPACING, 1.0),
    pair("same", noise[0], noise[0], SPACING, 1.0),
    pair("one voxel each", *[np.arange(24).reshape(2, 3, 4) == n for n in (0, 23)], (1.0, 2.0, 3.0), 3.0),
]
path = pathlib.Path(__file__).parents[2] / "Tests/Fixtures/report/surface-distances.json"
path.write_text(json.dumps(dict(spacing=SPACING, areas=areas(), pairs=cases)) + "\n")

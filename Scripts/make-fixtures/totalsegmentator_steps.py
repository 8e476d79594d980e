"""Thirds of an image and small components, as TotalSegmentator 2.18.0 has them: Tests/Fixtures/image/totalsegmentator.npz.

Run: python3 totalsegmentator_steps.py FILE REFIMPL   (needs TotalSegmentator, NumPy, SciPy, nibabel and tqdm; REFIMPL: the
folder of refimpl.py, whose split and join meet the package's own intermediates)

Arrays are (x, y, z) there, and stored as (z, y, x): images and labels of 61 and 122 planes with their parts and what
becomes of these; maps with what is left of them at a limit (mm³) and a spacing (mm, x first).
"""
import sys

import numpy as np
from totalsegmentator.postprocessing import remove_small_blobs_multilabel

OUT, REFIMPL = sys.argv[1:3]
sys.path.insert(0, REFIMPL)
sys.argv[1:] = []
from refimpl import join, split

random = np.random.default_rng(7)
arrays = {}


def keep(name, array):
    arrays[name] = np.ascontiguousarray(np.asarray(array).transpose(2, 1, 0))


for planes in (61, 122):
    image = random.integers(-1000, 1000, (3, 4, planes)).astype(np.int16)
    keep(f"image{planes}", image)
    labels = {}
    for part in ("s01", "s02", "s03"):
        keep(f"image{planes}_{part}", split(image, part))
        labels[part] = random.integers(0, 118, split(image, part).shape).astype(np.uint8)
        keep(f"labels{planes}_{part}", labels[part])
    keep(f"labels{planes}", join(labels, planes))

for number, (spacing, limit) in enumerate([((1.5, 1.5, 1.5), 200), ((3, 3, 3), 200), ((0.75, 0.75, 1), 40.5), ((1.5, 1.5, 1.5), 33.75)]):
    # Lumps of several sizes: noise, smoothed by a vote of neighbours.
    noise = random.integers(0, 4, (18, 20, 22))
    votes = sum(np.roll(noise == 1, shift, axis).astype(int) for axis in range(3) for shift in (-1, 0, 1))
    map = np.where(votes > 3, 5, np.where(votes == 3, 90, 0)).astype(np.uint8)
    keep(f"map{number}", map)
    voxel = np.prod(np.float32(spacing))
    names = {5: "liver", 90: "heart"}
    cleared = remove_small_blobs_multilabel(map.copy(), names, list(names.values()), interval=[limit / voxel, 1e10], quiet=True)
    keep(f"cleared{number}", cleared)
    arrays[f"facts{number}"] = np.array([limit, *spacing], float)
    print(number, (map > 0).sum(), (cleared > 0).sum())

np.savez_compressed(OUT, **arrays)

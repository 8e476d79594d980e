"""What ITK and nibabel call the orientation of oblique, flipped and sheared axes: Tests/Fixtures/image/orientations.json.

Run: python3 orientations.py OUTPUT.json   (needs nnunetv2 2.8: SimpleITK 2.5, nibabel 5.4)

`direction`: nine cosines, LPS, row by row. `itk` and `nibabel`: letters of the file's axes, x first, as towards
which side they run; null for directions that SimpleITK refuses.
"""
import json
import sys

import nibabel
import numpy as np
import SimpleITK as sitk

rng = np.random.default_rng(7)
directions = [np.eye(3)[:, p] * s for p in ([0, 1, 2], [2, 0, 1], [1, 0, 2]) for s in ([1, 1, 1], [-1, 1, -1])]
while len(directions) < 60:  # anything from slight to extreme tilts
    q, _ = np.linalg.qr(rng.normal(size=(3, 3)) + np.eye(3)[:, rng.permutation(3)] * rng.uniform(0, 6))
    directions.append(q * np.sign(rng.normal(size=3)))
sheared = [d @ (np.eye(3) + np.triu(rng.uniform(-.6, .6, (3, 3)), 1)) for d in directions[20:50]]


def itk(direction):
    opposite = dict(zip("LRPASI", "RLAPIS"))
    name = sitk.DICOMOrientImageFilter_GetOrientationFromDirectionCosines(direction.ravel().tolist())
    assert set(name) <= set(opposite)
    return name


rows = []
for direction, orthonormal in [(d, True) for d in directions] + [(d / np.linalg.norm(d, axis=0), False) for d in sheared]:
    affine = np.eye(4)
    affine[:3, :3] = np.diag([-1, -1, 1]) @ direction
    axes = nibabel.orientations.ornt2axcodes(nibabel.io_orientation(affine))
    rows.append({"direction": direction.ravel().tolist(), "itk": itk(direction) if orthonormal else None, "nibabel": "".join(axes)})
json.dump(rows, open(sys.argv[1], "w"), indent=None, separators=(",", ":"))
print(len(rows), "directions;", sum(r["itk"] not in (None, r["nibabel"]) for r in rows), "of them two orientations")

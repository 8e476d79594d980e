#!/usr/bin/env bash
# Labels brought from 2 mm to 3 mm with SimpleITK's nearest neighbour: every second voxel lies half way between two, and
# rounding decides which it takes. Not even one grid decides alike throughout, with axes along the patient's neither; and
# moved by 1e-12 mm together with its labels, an oblique grid decides anew. A mask that was brought back so hangs on the
# last bit of an origin, and on the order in which its scan was stored, by which that is reckoned.
# Exits 0 while SimpleITK 2.5.7 does so, 1 when it does something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q SimpleITK==2.5.7 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PY'
import math
import numpy as np, SimpleITK as sitk


def brought(angles, moved=0.0):
    """Labels on a grid of 3 mm; each is the number of its voxel along x, of 2 mm, where it came from."""
    (ca, sa), (cb, sb) = [(math.cos(angle), math.sin(angle)) for angle in angles]
    labels = sitk.GetImageFromArray(np.broadcast_to(np.arange(45, dtype=np.uint8), (36, 33, 45)).copy())
    grid = sitk.Image([29, 22, 24], sitk.sitkUInt8)
    for image, spacing in ((labels, 2), (grid, 3)):
        image.SetSpacing([spacing] * 3)
        image.SetOrigin([-31.25 + moved, 12.5, 7.75])
        image.SetDirection([ca, -sa * cb, sa * sb, sa, ca * cb, -ca * sb, 0, sb, cb])
    return sitk.GetArrayFromImage(sitk.Resample(labels, grid, sitk.Transform(), sitk.sitkNearestNeighbor, 0))


places = 1.5 * np.arange(29)
ties = places != np.floor(places)
print("SimpleITK 2.5.7, labels of 2 mm on a grid of 3 mm, voxels half way between two along x")
passed = True
for name, angles in (("straight axes", (0, 0)), ("oblique axes", (0.2, -0.15))):
    found, moved = brought(angles)[..., ties], brought(angles, 1e-12)[..., ties]
    higher, lower = int((found > places[ties]).sum()), int((found < places[ties]).sum())
    other = int((found != moved).sum())
    print(f"{name}: {higher} took the higher number, {lower} the lower; {other} take the other one, moved by 1e-12 mm")
    passed = passed and higher + lower == found.size and min(higher, lower) > 0
raise SystemExit(0 if passed and other > 0 else 1)
PY

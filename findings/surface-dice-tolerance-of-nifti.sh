#!/usr/bin/env bash
# Of two masks that lie exactly five voxels of 0.4 mm apart, the surface Dice at 2 mm is 1 or 0.86 in surface-distance 0.1: 1
# with the spacing typed in, 0.86 with the one that SimpleITK reads from NIfTI, whose float32 makes it 0.4000000059604645, so
# that five voxels are beyond 2 mm in double. MONAI keeps distances in float32 and says 1 for both. Tolerances that are
# whole numbers of voxels are common (1, 2, 3 mm), and every distance of the far side then hangs on the last bit.
# Exits 0 while the pinned versions give these values, 1 when they do something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q surface-distance==0.1 monai==1.6.1 'torch==2.13.0' SimpleITK==2.5.7 numpy==2.4.6 scipy==1.17.1
cd "$folder"
venv/bin/python -W ignore - <<'PY'
import numpy as np, SimpleITK as sitk, torch
from monai.metrics import compute_surface_dice
from surface_distance import compute_surface_dice_at_tolerance, compute_surface_distances

typed = (1.0, 1.0, 0.4)
truth = np.zeros((12, 12, 40), bool)
truth[:, :, :20] = True
made = truth.copy()
made[:, :, :25] = True  # the far side lies five voxels of 0.4 mm farther

image = sitk.GetImageFromArray(truth.transpose(2, 1, 0).astype(np.uint8))
image.SetSpacing(typed)
sitk.WriteImage(image, "truth.nii.gz")
read = sitk.ReadImage("truth.nii.gz").GetSpacing()
print("spacing from NIfTI:", read, "five voxels:", 5 * read[2], "mm")


def of_surface_distance(spacing):
    return float(compute_surface_dice_at_tolerance(compute_surface_distances(truth, made, spacing), 2))


def of_monai(spacing):
    masks = [torch.tensor(np.stack([~mask, mask])[None]) for mask in (made, truth)]
    return float(compute_surface_dice(*masks, [2], spacing=spacing)[0, 0])


values = [[of(spacing) for spacing in (typed, read)] for of in (of_surface_distance, of_monai)]
for name, (plain, nifti) in zip(("surface-distance 0.1", "MONAI 1.6.1"), values):
    print(f"{name}: surface Dice at 2 mm {plain:.3f} with 0.4 mm typed in, {nifti:.3f} with NIfTI's")
(a, b), (c, d) = values
raise SystemExit(0 if a == 1 and abs(b - 0.860) < 0.001 and c == d == 1 else 1)
PY

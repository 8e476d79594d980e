#!/usr/bin/env bash
# A NIfTI file whose q-form (code 1, scanner) and s-form (code 2, aligned) are mirrored: ITK 5.4 takes the q-form when
# the two are mirrored about the middle of the image, and the s-form when they are mirrored about the first voxel,
# because it compares the left singular vectors of the matrices and not the matrices. Left and right change with it.
# Exits 0 while SimpleITK 2.5.7 does so, 1 when it does something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q SimpleITK==2.5.7 nibabel==5.4.2 numpy
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import nibabel, numpy as np, SimpleITK as sitk

def taken(shift):
    image = nibabel.Nifti1Image(np.zeros((20, 16, 12), np.uint8), None)
    q = np.array([[1, 0, 0, 4], [0, 1, 0, 5], [0, 0, 1, 6], [0, 0, 0, 1.0]])
    s = q.copy()
    s[0, 0], s[0, 3] = -1, 4 + shift
    image.set_qform(q, code=1)
    image.set_sform(s, code=2)
    nibabel.save(image, "a.nii")
    x = sitk.ReadImage("a.nii").GetDirection()[0]  # LPS: -1 runs to the right, as the q-form says
    return "q-form" if x < 0 else "s-form"

first, middle = taken(0), taken(19)
print("SimpleITK", sitk.__version__)
print("mirrored about the first voxel: ITK takes the", first)
print("mirrored about the middle:      ITK takes the", middle)
raise SystemExit(0 if (first, middle) == ("s-form", "q-form") else 1)
PY

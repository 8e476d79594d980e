#!/usr/bin/env bash
# ITK's NIfTI reader makes 0 of voxels that are NaN or infinite, before it scales, and says nothing: with slope 2 and
# intercept -1000 a voxel that nobody measured is -1000. The same voxels stay NaN in NRRD, and in nibabel.
# Exits 0 while SimpleITK 2.5.7 and nibabel 5.4.2 do so, 1 when they do something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q SimpleITK==2.5.7 nibabel==5.4.2 numpy
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import nibabel, numpy as np, SimpleITK as sitk

stored = np.array([np.nan, np.inf, 7], np.float32).reshape(3, 1, 1)
raw = bytearray(nibabel.Nifti1Image(stored, np.eye(4)).header.structarr.tobytes())
raw[112:120] = np.array([2, -1000], "<f4").tobytes()
raw[108:112] = np.array([352], "<f4").tobytes()
raw[344:348] = b"n+1\0"
open("a.nii", "wb").write(bytes(raw) + bytes(4) + stored.tobytes(order="F"))
sitk.WriteImage(sitk.GetImageFromArray(stored.T.copy()), "a.nrrd")

itk = sitk.GetArrayFromImage(sitk.ReadImage("a.nii")).ravel()
nrrd = sitk.GetArrayFromImage(sitk.ReadImage("a.nrrd")).ravel()
nib = nibabel.load("a.nii").get_fdata().ravel()
print("SimpleITK", sitk.__version__, "| nibabel", nibabel.__version__)
print("stored NaN inf 7, times 2 minus 1000")
print("SimpleITK, NIfTI:", itk)
print("nibabel, NIfTI:  ", nib)
print("SimpleITK, NRRD (not scaled):", nrrd)
same = itk.tolist() == [-1000, -1000, -986] and np.isnan(nib[0]) and np.isinf(nib[1]) and np.isnan(nrrd[0])
raise SystemExit(0 if same else 1)
PY

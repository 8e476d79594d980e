"""What SimpleITK and nibabel make of odd files, in words: Tests/Fixtures/image/odd-files.json.

Run: python3 odd_files.py OUTPUT.json   (needs SimpleITK 2.5.7, nibabel 5.4.2)

The table of docs/images.md is made of these rows, and of what nnx makes of the same bytes, by OddFilesTests. A cell
tells spacing, where the first voxel lies, and where the axes run to (RAS), or the values of the voxels.
"""
import json
import math
import os
import sys
import tempfile
import warnings

import nibabel
import numpy as np
import SimpleITK as sitk

sitk.ProcessObject.SetGlobalWarningDisplay(False)
warnings.simplefilter("ignore")
nibabel.imageglobals.logger.setLevel(100)
FOLDER = tempfile.mkdtemp()
NAN, INF = math.nan, math.inf
SQUARE = np.hstack([np.diag([1, 2, 3]), [[4], [5], [6]]])
MIRRORED = SQUARE * [-1, 1, 1, 1]


def nifti(values=None, scale=(1, 0), rows=SQUARE, codes=(1, 1), pixdim=(1, 2, 3), units=2):
    voxels = np.arange(2 * 3 * 4, dtype=np.uint8) if values is None else np.array(values, np.float32)
    h = nibabel.Nifti1Header()
    h.set_data_dtype(voxels.dtype)
    h.set_data_shape((2, 3, 4) if values is None else (len(values), 1, 1))
    s = h.structarr
    s["pixdim"][1:4], s["pixdim"][0] = pixdim, 1
    s["qoffset_x"], s["qoffset_y"], s["qoffset_z"] = 4, 5, 6
    s["srow_x"], s["srow_y"], s["srow_z"] = rows
    s["qform_code"], s["sform_code"], s["xyzt_units"] = *codes, units
    s["scl_slope"], s["scl_inter"] = scale
    s["vox_offset"], s["magic"] = 352, b"n+1"
    return ".nii", s.tobytes() + bytes(4) + voxels.tobytes()


def nrrd(fields="", values=None):
    kind = "uchar" if values is None else "float"
    data = bytes(range(24)) if values is None else np.array(values, np.float32).tobytes()
    sizes = "2 3 4" if values is None else f"{len(values)} 1 1"
    return ".nrrd", f"NRRD0004\ntype: {kind}\ndimension: 3\nsizes: {sizes}\nendian: little\nencoding: raw\n{fields}\n".encode() + data


def meta(fields="", values=None):
    kind = "MET_UCHAR" if values is None else "MET_FLOAT"
    data = bytes(range(24)) if values is None else np.array(values, np.float32).tobytes()
    sizes = "2 3 4" if values is None else f"{len(values)} 1 1"
    return ".mha", f"ObjectType = Image\nNDims = 3\nDimSize = {sizes}\nElementType = {kind}\n{fields}ElementDataFile = LOCAL\n".encode() + data


PLACED = "space: left-posterior-superior\nspace directions: (1,0,0) (0,2,0) (0,0,3)\nspace origin: (-4,-5,6)\n"
ODD = [NAN, INF, -INF, 7]
ROWS = [
    ("NIfTI: s-form (code 1) and q-form mirrored", nifti(rows=MIRRORED)),
    ("NIfTI: s-form (code 2) and q-form mirrored, same first voxel", nifti(rows=MIRRORED, codes=(1, 2))),
    ("NIfTI: s-form (code 2) and q-form mirrored about the middle", nifti(rows=MIRRORED + [[0, 0, 0, 1], [0] * 4, [0] * 4], codes=(1, 2))),
    ("NIfTI: s-form (code 2) 30 mm beside the q-form", nifti(rows=SQUARE + [[0, 0, 0, 30], [0] * 4, [0] * 4], codes=(1, 2))),
    ("NIfTI: s-form (code 1) 1.5 times as long as `pixdim`", nifti(rows=SQUARE * [1.5, 1.5, 1.5, 1])),
    ("NIfTI: sheared s-form, and a q-form", nifti(rows=SQUARE + [[0, 0.5, 0, 0], [0] * 4, [0] * 4])),
    ("NIfTI: sheared s-form alone", nifti(rows=SQUARE + [[0, 0.5, 0, 0], [0] * 4, [0] * 4], codes=(0, 1))),
    ("NIfTI: s-form of zeros, and a q-form", nifti(rows=SQUARE * 0, codes=(1, 1))),
    ("NIfTI: no form", nifti(codes=(0, 0))),
    ("NIfTI: `xyzt_units` metre", nifti(units=1)),
    ("NIfTI: `xyzt_units` metre, of 1 x 2 x 3 mm", nifti(rows=SQUARE * 1e-3, pixdim=(1e-3, 2e-3, 3e-3), units=1, codes=(0, 1))),
    ("NIfTI: `xyzt_units` micrometre", nifti(units=3)),
    ("NIfTI: `pixdim` 0", nifti(pixdim=(1, 2, 0))),
    ("NIfTI: `pixdim` NaN", nifti(pixdim=(1, 2, NAN))),
    ("NIfTI: `pixdim` -3", nifti(pixdim=(1, 2, -3))),
    ("NRRD: no spacing", nrrd()),
    ("NRRD: `spacings: 1 2 NaN`", nrrd("spacings: 1 2 NaN\n")),
    ("NRRD: `units: \"cm\" \"cm\" \"cm\"`", nrrd("spacings: 1 2 3\nunits: \"cm\" \"cm\" \"cm\"\n")),
    ("NRRD: `space origin: (1e39,0,0)`", nrrd(PLACED.replace("(-4,-5,6)", "(1e39,0,0)"))),
    ("NRRD: `space: somewhere`", nrrd(PLACED.replace("left-posterior-superior", "somewhere"))),
    ("NRRD: `spacings: 1 2 0x10`", nrrd("spacings: 1 2 0x10\n")),
    ("MetaImage: no spacing", meta()),
    ("MetaImage: `ElementSpacing = 1 2 NaN`", meta("ElementSpacing = 1 2 NaN\n")),
    ("MetaImage: `DistanceUnits = m`", meta("ElementSpacing = 1 2 3\nDistanceUnits = m\n")),
    ("MetaImage: `Offset = 0x10 0 0`", meta("ElementSpacing = 1 2 3\nOffset = 0x10 0 0\n")),
    ("NIfTI: NaN, inf, -inf, 7", nifti(ODD, rows=np.eye(3, 4))),
    ("NIfTI: NaN, inf, -inf, 7, times 2 minus 1000", nifti(ODD, (2, -1000), rows=np.eye(3, 4))),
    ("NRRD: NaN, inf, -inf, 7", nrrd("spacings: 1 1 1\n", ODD)),
    ("MetaImage: NaN, inf, -inf, 7", meta("ElementSpacing = 1 1 1\n", ODD)),
]


def number(value):
    return {NAN: "NaN"}.get(value, "NaN" if value != value else f"{value:.6g}".replace("e+", "e").replace("-0.", "-0.") if value else "0")


def numbers(values):
    return " ".join(number(float(v)) for v in values)


def place(spacing, ras, affine):
    axes = nibabel.aff2axcodes(np.vstack([affine, [0, 0, 0, 1]]))
    return f"{numbers(spacing)} mm from {numbers(ras)}, {''.join(axes)}" if None not in axes else "an affine of zeros"


def by_itk(path, isValues):
    try:
        image = sitk.ReadImage(path)
    except RuntimeError:
        return "refused"
    if isValues:
        return numbers(sitk.GetArrayFromImage(image).astype(np.float32).ravel())
    signs = np.array([-1, -1, 1])
    direction = signs[:, None] * np.array(image.GetDirection()).reshape(3, 3)
    ras = signs * image.GetOrigin()
    return place(image.GetSpacing(), ras, np.hstack([direction, ras[:, None]]))


def by_nibabel(path, isValues):
    if not path.endswith(".nii"):
        return "-"
    try:
        image = nibabel.load(path)
        if isValues:
            return numbers(image.get_fdata().astype(np.float32).ravel(order="F"))
    except Exception:
        return "refused"
    return place(image.header.get_zooms(), image.affine[:3, 3], image.affine[:3])


rows = []
for name, (ending, data) in ROWS:
    path = FOLDER + "/a" + ending
    with open(path, "wb") as out:
        out.write(data)
    isValues = "inf" in name
    rows.append({"name": name, "ending": ending, "values": isValues, "itk": by_itk(path, isValues),
                 "nibabel": by_nibabel(path, isValues), "file": data.hex()})
    print(rows[-1]["name"].ljust(62), rows[-1]["itk"].ljust(36), rows[-1]["nibabel"])
with open(sys.argv[1], "w") as out:
    out.write("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")

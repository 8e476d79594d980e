"""What SimpleITK reads from small NIfTI files: Tests/Fixtures/image/itk-reading.json.

Run: python3 itk_reading.py OUTPUT.json   (needs SimpleITK 2.5 and NumPy)
"""
import itertools
import json
import os
import struct
import sys
import tempfile

import numpy as np
import SimpleITK as sitk

NAN, INF = float("nan"), float("inf")
TYPES = {"u1": 2, "i2": 4, "i4": 8, "f4": 16, "f8": 64, "i1": 256, "u2": 512, "u4": 768, "i8": 1024, "u8": 1280}
AXES = ((2, 0, 0, 5), (0, 3, 0, 6), (0, 0, 4, 7))


def header(order="<", dim=(3, 3, 2, 2, 1, 1, 1, 1), kind="i2", pixdim=(1, 2, 3, 4, 0, 0, 0, 0), offset=352,
           slope=1.0, intercept=0.0, qform=0, sform=1, quaternion=(0, 0, 0), place=(1, 2, 3), rows=AXES, units=2):
    b = bytearray(352)
    struct.pack_into(order + "i", b, 0, 348)
    struct.pack_into(order + "8h", b, 40, *dim)
    struct.pack_into(order + "hh", b, 70, TYPES[kind], 8 * int(kind[1]))
    struct.pack_into(order + "8f", b, 76, *pixdim)
    struct.pack_into(order + "fff", b, 108, offset, slope, intercept)
    b[123] = units
    struct.pack_into(order + "hh", b, 252, qform, sform)
    struct.pack_into(order + "6f", b, 256, *quaternion, *place)
    for i, row in enumerate(rows):
        struct.pack_into(order + "4f", b, 280 + 16 * i, *row)
    b[344:348] = b"n+1\0"
    return bytes(b)


def voxels(kind, order, count, seed):
    rng = np.random.default_rng(seed)
    if kind[0] == "f":
        v = rng.normal(0, 1000, count)
    else:
        info = np.iinfo(kind)
        v = rng.integers(info.min, info.max, count, dtype=kind, endpoint=True)
    return np.asarray(v).astype(order + kind).tobytes()


def rotated(degrees, spacing):
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    r = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) * np.array(spacing)
    return [list(row) + [t] for row, t in zip(r, (10, -20, 30))]


CASES = {}
for kind in TYPES:
    for order in "<>":
        CASES[f"type {kind} {'little' if order == '<' else 'big'}-endian"] = dict(kind=kind, order=order)
    for slope, intercept in ((0.1, -3.7), (2, -1024)):
        CASES[f"type {kind} slope {slope} intercept {intercept}"] = dict(kind=kind, slope=slope, intercept=intercept)
for slope, intercept in ((0, 0), (0, 5), (1, 5), (NAN, NAN), (1, NAN), (INF, 1), (1e-17, 2), (-1, 0), (1, 1e-17)):
    CASES[f"slope {slope} intercept {intercept}"] = dict(slope=slope, intercept=intercept)
for units in range(8):
    CASES[f"units {units}"] = dict(units=units)
for dim in ((4, 3, 2, 2, 1, 1, 1, 1), (5, 3, 2, 2, 1, 1, 1, 1), (3, 12, 1, 1, 1, 1, 1, 1), (3, 4, 3, 1, 1, 1, 1, 1),
            (4, 4, 3, 1, 1, 1, 1, 1), (3, 3, 2, 2, 0, 0, 0, 0)):
    CASES[f"dim {dim}"] = dict(dim=dim)
for q, s in itertools.product((0, 1, 2, 4), (0, 1, 2, 4)):
    CASES[f"forms that disagree, qform {q} sform {s}"] = dict(
        qform=q, sform=s, quaternion=(0, 0, 0.6), rows=((0, 0, 4, 5), (2, 0, 0, 6), (0, 3, 0, 7)))
for skew in (1e-5, 1e-3, 0.2):
    for s in (1, 2):
        CASES[f"shear {skew}, qform 1 sform {s}"] = dict(
            qform=1, sform=s, quaternion=(0, 0, 0.6), rows=((1, skew, 0, 5), (0, 1, 0, 6), (0, 0, 1, 7)))
CASES["singular s-form, qform 1"] = dict(qform=1, quaternion=(0, 0, 0.6), rows=((0,) * 4,) * 3)
# ITK lets an axis of negative spacing run backwards.
CASES["negative pixdim"] = dict(pixdim=(1, -2, -3, -4, 0, 0, 0, 0))
CASES["float32 pixdim"] = dict(pixdim=(1, 0.7, 0.3, 1.1, 0, 0, 0, 0))
for sign in (-1, 0, 1):
    CASES[f"sign of the quaternion {sign}"] = dict(qform=1, sform=0, quaternion=(0.1, 0.2, 0.3), pixdim=(sign, 2, 3, 4, 0, 0, 0, 0))
CASES["quaternion too long"] = dict(qform=1, sform=0, quaternion=(2, 3, 4))
CASES["s-form turned by 30 degrees"] = dict(rows=rotated(30, (2, 3, 4)))
CASES["s-form turned by 30 degrees in metres"] = dict(rows=rotated(30, (2, 3, 4)), units=1)
CASES["extension before the voxels"] = dict(offset=384)


def read(data):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.nii")
        with open(path, "wb") as f:
            f.write(data)
        image = sitk.ReadImage(path)
    array = sitk.GetArrayFromImage(image).astype(np.float32)
    return {
        "shape": list(array.shape), "spacing": list(image.GetSpacing())[::-1], "origin": list(image.GetOrigin()),
        "direction": list(image.GetDirection()), "voxels": [int(v) for v in array.ravel().view(np.uint32)],
    }


result = []
for seed, (name, options) in enumerate(CASES.items()):
    dim = options.get("dim", (3, 3, 2, 2))
    data = header(**options) + bytes(options.get("offset", 352) - 352)
    data += voxels(options.get("kind", "i2"), options.get("order", "<"), int(np.prod(dim[1:dim[0] + 1])), seed)
    values = read(data)
    result.append({"name": name, "file": data.hex(), **values})
with open(sys.argv[1], "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(r) for r in result) + "\n]\n")

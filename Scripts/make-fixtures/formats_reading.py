"""What SimpleITK reads from small NRRD, MetaImage and GIPL files: Tests/Fixtures/image/formats-reading.json.

Run: python3 formats_reading.py OUTPUT.json   (needs SimpleITK 2.5 and NumPy)
Shape and spacing are those that nnU-Net's SimpleITKIO makes of the image (a 2-D file is one slice, 999 times as
thick as its larger spacing).
"""
import gzip
import json
import os
import struct
import sys
import tempfile
import zlib

import numpy as np
import SimpleITK as sitk

rng = np.random.default_rng(4)
COUNT = 24


def values(kind):
    if kind[-2] == "f":
        return rng.normal(0, 1000, COUNT).astype(kind)
    info = np.iinfo(kind)
    return rng.integers(info.min, info.max, COUNT, dtype=np.dtype(kind).newbyteorder("="), endpoint=True).astype(kind)


SHORTS = values("<i2").tobytes()
CASES = []  # name, {file name: bytes}; the first file is read


def nrrd(name, *lines, data=SHORTS, kind="short", sizes="4 3 2", encoding="raw", endian="little", magic="NRRD0004",
         end="\n", other=None):
    axes = len(sizes.split())
    head = [magic, f"type: {kind}", f"dimension: {axes}", f"sizes: {sizes}", f"encoding: {encoding}"]
    head += [f"endian: {endian}"] if endian else []
    text = (end.join(head + list(lines)) + end * 2).encode()
    CASES.append((f"NRRD, {name}", {"a.nhdr" if other else "a.nrrd": text + (b"" if other else data), **(other or {})}))


def meta(name, *lines, data=SHORTS, kind="MET_SHORT", size="4 3 2", last="LOCAL", end="\n", equals=" = ", other=None):
    head = ["ObjectType = Image", f"NDims = {len(size.split())}", f"DimSize = {size}", f"ElementType = {kind}"]
    text = end.join([line.replace(" = ", equals) for line in [*head, *lines, f"ElementDataFile = {last}"]]) + end
    CASES.append((f"MetaImage, {name}", {"a.mhd" if other else "a.mha": text.encode() + (b"" if other else data),
                                         **(other or {})}))


AXES = "space directions: (0.7,0,0) (0,0.8,0) (0,0,3)"
PLACE = "space origin: (1,2,3)"
TYPES = {"i1": "int8 signed_char", "u1": "uint8_t uchar", "i2": "int16 short_int", "u2": "unsigned_short ushort",
         "i4": "int signed_int", "u4": "uint32_t unsigned_int", "i8": "long_long_int longlong",
         "u8": "unsigned_long_long uint64", "f4": "float", "f8": "double"}
for code, names in TYPES.items():
    for name in names.split():
        for order, endian in ("<", "little"), (">", "big"):
            nrrd(f"type {name} {endian}", data=values(order + code).tobytes(), kind=name.replace("_", " ")
                 if not name.endswith("_t") else name, endian=endian)
nrrd("type uint8 without endian", data=values("u1").tobytes(), kind="uint8", endian=None)
for space in ("right-anterior-superior", "RAS", "left-anterior-superior", "LAS", "left-posterior-superior", "LPS",
              "scanner-xyz", "3D-right-handed"):
    nrrd(f"space {space}", f"space: {space}", AXES, PLACE)
nrrd("space dimension 3", "space dimension: 3", AXES, PLACE)
nrrd("oblique", "space: RAS", "space directions: (0.6,0.4,0) (-0.4,0.6,0.01) (0,0,-3)", PLACE)
nrrd("sheared", "space: LPS", "space directions: (0.7,0.1,0) (0,0.8,0) (0,0,3)", PLACE)
nrrd("axes permuted", "space: LPS", "space directions: (0,0,0.1) (0.3333333333333333,0,0) (0,-3,0)", PLACE)
nrrd("no origin", "space: LPS", AXES)
nrrd("spaces inside of vectors", "space: LPS", "space directions: ( 0.7, 0, 0 )  ( 0, 0.8, 0 ) (0,0,3)", PLACE)
nrrd("spacings", "spacings: 0.5 0.6 0.7")
nrrd("a negative spacing", "spacings: 0.5 -0.6 0.7")
nrrd("axis mins of cells", "spacings: 0.5 0.6 0.7", "axis mins: 1 2 3", "centers: cell cell cell")
nrrd("axis mins of nodes", "spacings: 0.5 0.6 0.7", "axis mins: 1 2 3", "centerings: node node node")
nrrd("axis mins alone", "axis mins: 1 2 3", "axis maxs: 5 5 5")
nrrd("nothing but sizes")
nrrd("other fields, keys and comments", "space: LPS", AXES, PLACE, 'space units: "mm" "mm" "mm"', "# comment",
     "content: a head", "kinds: domain domain domain", "key:=value: 3", "measurement frame: (1,0,0) (0,1,0) (0,0,1)",
     'labels: "i" "j" "k"', "thicknesses: 1 nan 3", magic="NRRD0005")
nrrd("lines that end with CR LF", "space: LPS", AXES, PLACE, end="\r\n")
nrrd("names in capitals", "SPACE: LPS", AXES.replace("space", "Space"), PLACE)
nrrd("byte skip", "byte skip: 3", data=b"xxx" + SHORTS)
nrrd("byte skip -1", "byte skip: -1", data=b"xxxddd" + SHORTS)
nrrd("line skip", "line skip: 2", data=b"xxx\nyy\n" + SHORTS)
nrrd("line skip and byte skip", "line skip: 1", "byte skip: 2", data=b"xxx\nyy" + SHORTS)
nrrd("gzip", data=gzip.compress(SHORTS), encoding="gzip")
nrrd("gz with byte skip", "byte skip: 2", data=gzip.compress(b"xx" + SHORTS), encoding="gz")
nrrd("detached", "data file: a.raw", other={"a.raw": SHORTS})
nrrd("detached with skip and gzip", "datafile: a.raw.gz", encoding="gzip", other={"a.raw.gz": gzip.compress(SHORTS)})
nrrd("two axes", "space dimension: 2", "space directions: (0.5,0) (0,0.25)", "space origin: (1,2)", sizes="4 6")
nrrd("two axes and spacings", "spacings: 0.3 0.7", sizes="4 6")
nrrd("two axes, turned", "space dimension: 2", "space directions: (0,0.5) (-0.25,0)", sizes="4 6")

for kind, name in {"i1": "CHAR", "u1": "UCHAR", "i2": "SHORT", "u2": "USHORT", "i4": "INT", "u4": "UINT",
                   "i8": "LONG_LONG", "u8": "ULONG_LONG", "f4": "FLOAT", "f8": "DOUBLE"}.items():
    for order, msb in ("<", "False"), (">", "True"):
        meta(f"type {name}, MSB {msb}", f"BinaryDataByteOrderMSB = {msb}", data=values(order + kind).tobytes(),
             kind="MET_" + name)
for name, kind in ("LONG", "<i4"), ("ULONG", "<u4"):
    meta(f"type {name}", data=values(kind).tobytes(), kind="MET_" + name)
PACKED = zlib.compress(SHORTS)
meta("placed", "ElementSpacing = 0.5 0.6 0.7", "Offset = 1 2 3", "TransformMatrix = 0 1 0 0 0 -1 -1 0 0",
     "CenterOfRotation = 0 0 0", "AnatomicalOrientation = RAI", "BinaryData = True", "CompressedData = False")
meta("oblique", "TransformMatrix = 0.8 0.6 0 -0.6 0.8 0 0 0 1", "ElementSpacing = 0.7 0.1 0.3333333333333333")
meta("ElementSize", "ElementSize = 0.5 0.6 0.7")
meta("both spacings", "ElementSize = 0.5 0.6 0.7", "ElementSpacing = 1 2 3")
meta("Position and Orientation", "Position = 1 2 3", "Orientation = 0 1 0 1 0 0 0 0 1")
meta("Origin and Rotation", "Origin = 1 2 3", "Rotation = 0 1 0 1 0 0 0 0 1")
meta("sheared", "TransformMatrix = 1 0.2 0 0 1 0 0 0 1")
meta("a negative spacing", "ElementSpacing = 0.5 -0.6 0.7")
meta("the older name of the byte order", "ElementByteOrderMSB = True")
meta("a slope that ITK does not apply", "ElementToIntensityFunctionSlope = 2", "ElementToIntensityFunctionOffset = 5")
meta("packed", "CompressedData = True", f"CompressedDataSize = {len(PACKED)}", data=PACKED)
meta("lines that end with CR LF", "ElementSpacing = 0.5 0.6 0.7", end="\r\n")
meta("no spaces", "ElementSpacing = 0.5 0.6 0.7", equals="=")
meta("colons", "ElementSpacing = 0.5 0.6 0.7", equals=": ")
meta("detached", last="a.raw", other={"a.raw": SHORTS})
meta("detached and packed", "CompressedData = True", last="a.zraw", other={"a.zraw": PACKED})
meta("detached with HeaderSize", "HeaderSize = 3", last="a.raw", other={"a.raw": b"xxx" + SHORTS})
meta("detached with HeaderSize -1", "HeaderSize = -1", last="a.raw", other={"a.raw": b"xxxxx" + SHORTS})
meta("two axes", "ElementSpacing = 0.5 0.25", "Offset = 1 2", size="4 6")
meta("two axes, turned", "TransformMatrix = 0 1 -1 0", "ElementSpacing = 0.5 0.25", size="4 6")

image = sitk.GetImageFromArray(np.frombuffer(SHORTS, "<i2").reshape(2, 3, 4))
image.SetSpacing((0.7, 0.1, 1 / 3))
image.SetOrigin((1e-7, -123.456, 1e10))
image.SetDirection((0.8, 0.6, 0, -0.6, 0.8, 0, 0, 0, -1))
with tempfile.TemporaryDirectory() as folder:
    for ending in "nrrd", "mha", "nhdr", "mhd":
        sitk.WriteImage(image, os.path.join(folder, "a." + ending), True)
        names = sorted(os.listdir(folder), key=lambda n: not n.endswith(ending))
        CASES.append((f"written by SimpleITK as {ending}",
                      {n: open(os.path.join(folder, n), "rb").read() for n in names}))
        for name in names:
            os.remove(os.path.join(folder, name))


def gipl(name, kind, data, extents=(4, 3, 2, 1), spacing=(0.7, 0.8, 3.0, 1.0), magic=4026526128, matrix=b""):
    head = struct.pack(">4HH4f", *extents, kind, *spacing) + b"a text".ljust(80, b"\0") + matrix.ljust(80, b"\0")
    head = head.ljust(204, b"\0") + struct.pack(">4d", 1.5, -2.25, 1e7 / 3, 0) + bytes(16) + struct.pack(">I", magic)
    CASES.append((f"GIPL, {name}", {"a.gipl": head + data}))


for kind, code in (7, "i1"), (8, "u1"), (15, "i2"), (16, "u2"), (64, "f4"), (65, "f8"):
    gipl(f"type {kind}", kind, values(">" + code).tobytes())
BIG = values(">i2").tobytes()
gipl("the other magic number", 15, BIG, magic=719555000)
gipl("no fourth extent", 15, BIG, extents=(4, 3, 2, 0))
gipl("one slice", 15, BIG, extents=(4, 6, 1, 1))
gipl("a matrix, which ITK ignores", 15, BIG, matrix=struct.pack(">20f", *range(20)))


def read(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            with open(os.path.join(folder, name), "wb") as f:
                f.write(content)
        image = sitk.ReadImage(os.path.join(folder, next(iter(files))))
    array = sitk.GetArrayFromImage(image)
    spacing, origin, direction = list(image.GetSpacing())[::-1], list(image.GetOrigin()), list(image.GetDirection())
    if array.ndim == 2:
        array = array[None]
        spacing = [999 * max(spacing)] + spacing
        origin += [0]
        direction = direction[:2] + [0] + direction[2:] + [0, 0, 0, 1]
    assert array.ndim == 3
    return {"shape": list(array.shape), "spacing": spacing, "origin": origin, "direction": direction,
            "voxels": [int(v) for v in array.astype(np.float32).ravel().view(np.uint32)]}


result = [{"name": name, "files": {n: b.hex() for n, b in files.items()}, **read(files)} for name, files in CASES]
with open(sys.argv[1], "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(r) for r in result) + "\n]\n")
print(len(result))

"""What nnU-Net's own readers make of small PNG, BMP and TIFF files: Tests/Fixtures/image/pictures-reading.json.

Run: python3 pictures_reading.py OUTPUT.json   (needs nnunetv2 2.8 with its readers' packages, and imagecodecs for
packed files; the readers are NaturalImage2DIO and Tiff3DIO of nnunetv2.imageio)
"""
import io
import json
import os
import struct
import sys
import tempfile
import zlib

import numpy as np
import tifffile
from nnunetv2.imageio.natural_image_reader_writer import NaturalImage2DIO
from nnunetv2.imageio.tif_reader_writer import Tiff3DIO
from PIL import Image

rng = np.random.default_rng(8)
grey = rng.integers(0, 256, (5, 7), dtype=np.uint8)
rgb = rng.integers(0, 256, (5, 7, 3), dtype=np.uint8)
rgba = rng.integers(0, 256, (5, 7, 4), dtype=np.uint8)
wide = rng.integers(0, 65536, (5, 7), dtype=np.uint16)
large = np.tile(grey, (5, 6))
CASES = []  # name, reader, {file: bytes}


def add(name, ending, content, reader=NaturalImage2DIO, other=None):
    CASES.append((f"{ending[1:].upper()}, {name}" + (", as a volume" if reader is Tiff3DIO else ""), reader,
                  {"a_0000" + ending: content, **(other or {})}))


def pil(name, ending, image, **options):
    data = io.BytesIO()
    image.save(data, {".png": "PNG", ".bmp": "BMP", ".tif": "TIFF"}[ending], **options)
    add(name, ending, data.getvalue())


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(name, depth, color, width, height, rows, *extra, interlace=0):
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace)
    add(name, ".png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(extra)
        + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + r for r in rows))) + chunk(b"IEND", b""))


def tif(name, array, reader=NaturalImage2DIO, ending=".tif", other=None, **options):
    data = io.BytesIO()
    tifffile.imwrite(data, array, **options)
    add(name, ending, data.getvalue(), reader, other)


pil("grey", ".png", Image.fromarray(grey))
pil("grey of 16 bits", ".png", Image.fromarray(wide))
pil("grey of 1 bit", ".png", Image.fromarray(grey > 100))
pil("RGB", ".png", Image.fromarray(rgb))
pil("RGB and alpha", ".png", Image.fromarray(rgba))
palette = Image.fromarray(rgb).quantize(5)
pil("palette", ".png", palette)
pil("palette with transparency", ".png", palette, transparency=2)
pil("palette of greys", ".png", Image.fromarray(grey).convert("P"))
pil("grey with a transparent level", ".png", Image.fromarray(grey), transparency=int(grey[0, 0]))
pil("RGB with a transparent colour", ".png", Image.fromarray(rgb), transparency=tuple(int(v) for v in rgb[0, 0]))
png("grey of 2 bits", 2, 0, 4, 2, [b"\x1b", b"\xe4"])
png("grey of 4 bits", 4, 0, 3, 2, [b"\x1b\xf0", b"\xe4\x07"])
png("palette of 1 bit", 1, 3, 4, 2, [b"\x50", b"\xa0"], chunk(b"PLTE", bytes([10, 20, 30, 40, 50, 60])))
png("grey with gamma", 8, 0, 4, 2, [b"\x1b\xf0\x80\x10", b"\xe4\x07\1\2"], chunk(b"gAMA", struct.pack(">I", 100000)))
for channels, color in (3, 2), (4, 6):
    deep = rng.integers(0, 65536, (5, 7, channels), dtype=np.uint16)
    png(f"{channels} channels of 16 bits", 16, color, 7, 5, [row.astype(">u2").tobytes() for row in deep])
# Adam7: seven passes over a 3 x 3 picture; passes without pixels are left out.
PASSES = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
rows = [row.tobytes() for y, x, dy, dx in PASSES for row in grey[y::dy, x::dx] if row.size]
png("interlaced", 8, 0, 7, 5, rows, interlace=1)
png("several IDAT and text", 8, 0, 7, 5, [r.tobytes() for r in grey], chunk(b"tEXt", b"Comment\0hello"))

pil("grey", ".bmp", Image.fromarray(grey))
pil("1 bit", ".bmp", Image.fromarray(grey > 100))
pil("RGB", ".bmp", Image.fromarray(rgb))
pil("RGB and alpha", ".bmp", Image.fromarray(rgba))
pil("palette", ".bmp", palette)
flipped = io.BytesIO()
Image.fromarray(rgb).save(flipped, "BMP")
flipped = bytearray(flipped.getvalue())
flipped[22:26] = struct.pack("<i", -5)
add("rows from the top", ".bmp", bytes(flipped))

for code in "u1 u2 u4 u8 i1 i2 i4 i8 f2 f4 f8".split():
    for order in "<>":
        kind = np.dtype(order + code)
        if code[0] == "f":
            values = rng.normal(0, 1000, (5, 7)).astype(kind)
        else:
            info = np.iinfo(code)
            values = rng.integers(info.min, info.max, (5, 7), dtype=code, endpoint=True).astype(kind)
        tif(f"type {code} {'little' if order == '<' else 'big'}-endian", values, byteorder=order)
tif("1 bit", grey > 100)
tif("white is zero", grey, photometric="miniswhite")
tif("palette", grey, photometric="palette", colormap=rng.integers(0, 65535, (3, 256), dtype=np.uint16))
tif("RGB", rgb, photometric="rgb")
tif("RGB and alpha", rgba, photometric="rgb", extrasamples=["unassalpha"])
tif("RGB in planes", np.moveaxis(rgb, -1, 0).copy(), photometric="rgb", planarconfig="separate")
tif("RGB of 16 bits, packed", rng.integers(0, 65536, (5, 7, 3), dtype=np.uint16), photometric="rgb", compression="zlib",
    predictor=True)
tif("three pages", np.stack([grey, grey // 2, grey // 3]), photometric="minisblack")
tif("four pages", np.stack([grey, grey // 2, grey // 3, grey // 4]), photometric="minisblack", metadata=None)
for method in "lzw zlib packbits zstd lzma".split():
    tif(f"packed with {method}", large, compression=method)
tif("tiles", large, tile=(16, 32))
tif("tiles of RGB, packed", np.tile(rgb, (5, 6, 1)), tile=(32, 16), photometric="rgb", compression="zlib")
tif("strips", large, rowsperstrip=7, compression="zlib")
tif("floats with a predictor", large.astype("f4") / 3, compression="zlib", predictor=3)
tif("BigTIFF", grey, bigtiff=True)
pil("from Pillow", ".tif", Image.fromarray(grey))

stack = rng.integers(0, 65536, (6, 5, 7), dtype=np.uint16)
BESIDE = {"a.json": b'{"spacing": [2.5, 0.7, 0.8]}'}
tif("pages", stack, Tiff3DIO, other=BESIDE, photometric="minisblack")
tif("pages without a spacing file", stack, Tiff3DIO, photometric="minisblack")
tif("pages packed", stack.astype("f4"), Tiff3DIO, ".tiff", BESIDE, photometric="minisblack", compression="zlib")
tif("pages of ImageJ", stack, Tiff3DIO, other=BESIDE, imagej=True)
tif("pages of 1 bit", stack > 30000, Tiff3DIO, other=BESIDE, photometric="minisblack")
tif("one page in a stack", stack[:1], Tiff3DIO, other=BESIDE, photometric="minisblack")
tif("three pages", stack[:3], Tiff3DIO, other=BESIDE, photometric="minisblack")


def read(reader, files):
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            with open(os.path.join(folder, name), "wb") as f:
                f.write(content)
        array, properties = reader().read_images([os.path.join(folder, next(iter(files)))])
    assert array.dtype == np.float32 and array.ndim == 4
    return {"reader": reader.__name__, "channels": array.shape[0], "shape": list(array.shape[1:]),
            "spacing": list(properties["spacing"]), "voxels": [int(v) for v in array.ravel().view(np.uint32)]}


result = []
for name, reader, files in CASES:
    try:
        result.append({"name": name, "files": {n: b.hex() for n, b in files.items()}, **read(reader, files)})
    except Exception as error:
        sys.exit(f"{name}: {error!r}")
with open(sys.argv[1], "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(r) for r in result) + "\n]\n")
print(len(result))

"""Small valid files of every kind that nnx reads, to begin fuzzing with: Tests/Fixtures/fuzz.

Run: python3 fuzz_seeds.py NNX OUTPUT   (needs SimpleITK 2.5, nibabel 5 and NumPy; NNX is the binary)
"""
import gzip
import io
import json
import os
import pathlib
import pickle
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import types
import zipfile
import zlib
from collections import OrderedDict

import nibabel as nib
import numpy as np
import SimpleITK as sitk

NNX, OUTPUT = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures"
WORK = pathlib.Path(tempfile.mkdtemp())
LABELS = (np.arange(60) % 4).astype("u1").reshape(3, 4, 5)
FLOATS = np.linspace(-1000, 1000, 60, dtype="f4").reshape(3, 4, 5)


def put(name, content):
    path = OUTPUT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


# Images

def itk(array, name, compressed=False, **meta):
    image = sitk.GetImageFromArray(array, isVector=array.ndim == 4)
    if image.GetDimension() == 3:
        image.SetSpacing((0.7, 0.8, 2.5))
        image.SetOrigin((-10, 20.5, 3))
        image.SetDirection((1, 0, 0, 0, -1, 0, 0, 0, -1) if not name.endswith("gipl") else (1, 0, 0, 0, 1, 0, 0, 0, 1))
    path = WORK / name
    sitk.WriteImage(image, str(path), compressed)
    return path.read_bytes()


def images():
    affine = np.array([[-0.7, 0.1, 0, 10], [0, 0.8, 0, -20.5], [0.1, 0, 2.5, 3], [0, 0, 0, 1]])

    def nifti(array, kind=nib.Nifti1Image, endian="<", scale=None):
        header = kind.header_class(endianness=endian)
        image = kind(array.T, affine, header)
        image.header.set_data_dtype(array.dtype)
        image.header.set_xyzt_units("mm")
        if scale:
            image.header.set_slope_inter(*scale)
        return image.to_bytes()

    int16 = nifti(FLOATS.astype("i2"))
    put("nifti/int16.nii", int16)
    put("nifti/float32_scaled.nii", nifti(FLOATS, scale=(2, -3)))
    put("nifti/labels_big_endian.nii", nifti(LABELS, endian=">"))
    put("nifti/labels_two.nii", nifti(LABELS, nib.Nifti2Image))
    put("nifti/itk.nii", itk(LABELS, "a.nii"))
    put("nifti/float64.nii", nifti(FLOATS.astype("f8")))
    put("gzip/labels.nii.gz", gzip.compress(nifti(LABELS), 9, mtime=0))
    put("gzip/members.nii.gz", gzip.compress(int16[:400], mtime=0) + gzip.compress(int16[400:], mtime=0))
    put("gzip/stored.nii.gz", gzip.compress(int16, 0, mtime=0))
    fancy = bytearray(gzip.compress(nifti(LABELS), mtime=0))
    fancy[3] = 0x1E  # header checksum, extra field, name, comment
    extra = struct.pack("<H", 6) + b"ab\2\0xy" + b"name\0" + b"remark\0"
    head = bytes(fancy[:10]) + extra
    put("gzip/fields.nii.gz", head + struct.pack("<H", zlib.crc32(head) & 0xFFFF) + bytes(fancy[10:]))
    for name, array in {"labels": LABELS, "float32": FLOATS, "uint16": LABELS.astype("u2")}.items():
        put(f"nrrd/{name}.nrrd", itk(array, "a.nrrd"))
        put(f"mha/{name}.mha", itk(array, "a.mha"))
        put(f"gipl/{name}.gipl", itk(array, "a.gipl"))
    put("nrrd/gzip.nrrd", itk(LABELS, "a.nrrd", True))
    put("mha/zlib.mha", itk(LABELS, "a.mha", True))
    put("mha/picture.mha", itk(LABELS[0], "p.mha"))
    grid = "dimension: 3\nsizes: 5 4 3\nspace: left-posterior-superior\n" \
        "space directions: (0.7,0,0) (0,0.8,0) (0,0,2.5)\nspace origin: (1,2,3)\n"
    values = " ".join(str(value) for value in LABELS.ravel())
    put("nrrd/ascii.nrrd", f"NRRD0004\n# remark\ntype: uint8\n{grid}kinds: domain domain domain\n"
        f"encoding: ascii\nkey:=value\n\n{values}\n")
    put("nrrd/spacings.nrrd", b"NRRD0001\ntype: short\ndimension: 3\nsizes: 5 4 3\nspacings: 1 1 2\n"
        b"endian: big\nencoding: raw\n\n" + LABELS.astype(">i2").tobytes())
    put("nrrd/slicer.nrrd", f"NRRD0004\ntype: unsigned char\n{grid}encoding: raw\n"
        "Segment0_ID:=Segment_1\nSegment0_Name:=liver\nSegment0_Color:=0.8 0.2 0.1\nSegment0_Layer:=0\n"
        "Segment0_LabelValue:=1\nSegment0_Extent:=0 4 0 3 0 2\nSegment1_ID:=Segment_2\nSegment1_Name:=spleen\n"
        "Segment1_Color:=0.1 0.2 0.9\nSegment1_Layer:=0\nSegment1_LabelValue:=2\n"
        "Segment1_Tags:=TerminologyEntry:Segmentation category~SCT^123037004^Anatomical Structure~"
        "SCT^78961009^Spleen~^^~Anatomic codes~^^~^^|\nSegmentation_MasterRepresentation:=Binary labelmap\n\n".encode()
        + LABELS.tobytes())
    put("nhdr/raw.nhdr", f"NRRD0004\ntype: int16\n{grid}endian: little\nencoding: raw\ndata file: data.raw\n")
    put("nhdr/skips.nhdr", f"NRRD0005\ntype: uint8\n{grid}encoding: raw\nline skip: 0\nbyte skip: 60\ndata file: data.raw\n")
    put("nhdr/list.nhdr", f"NRRD0004\ntype: uint8\n{grid}encoding: raw\ndata file: LIST 2\nslice1.raw\nslice2.raw\nslice1.raw\n")
    put("nhdr/pattern.nhdr", f"NRRD0004\ntype: uint8\n{grid}encoding: raw\ndata file: slice%d.raw 1 2 1 2\n")
    meta = "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nCompressedData = False\n" \
        "TransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = 1 2 3\nCenterOfRotation = 0 0 0\nAnatomicalOrientation = RAI\n" \
        "ElementSpacing = 0.7 0.8 2.5\nDimSize = 5 4 3\n"
    put("mhd/raw.mhd", meta + "ElementType = MET_SHORT\nElementDataFile = data.raw\n")
    put("mhd/skip.mhd", meta + "HeaderSize = 60\nElementType = MET_UCHAR\nElementDataFile = data.raw\n")
    put("mhd/local.mhd", (meta + "ElementType = MET_UCHAR\nElementDataFile = LOCAL\n").encode() + LABELS.tobytes())
    colour = np.stack([LABELS[0] * 60, LABELS[1] * 60, LABELS[2] * 60], axis=-1)[None]
    for name, array in {"grey": LABELS[0], "colour": colour[0]}.items():
        put(f"bmp/{name}.bmp", itk2d(array, "a.bmp"))
        put(f"png/{name}.png", itk2d(array, "a.png"))
        put(f"tiff/{name}.tif", itk2d(array, "a.tif"))
    put("png/grey16.png", itk2d(LABELS[0].astype("u2") * 9000, "a.png"))
    put("png/palette.png", palette())
    put("tiff/pages.tif", itk(LABELS, "p.tif"))
    put("tiff/float32.tif", itk(FLOATS, "p.tif"))
    put("tiff/deflate.tif", itk(LABELS, "p.tif", True))
    put("tiff/big_tiled.tif", big_tiff())
    put("tiff-spacing/spacing.json", '{"spacing": [2.5, 0.7, 0.8]}')
    put("nifti-extension/table", extension(30, TABLE) + extension(6, "a remark"))
    put("nifti-extension/total", extension(0, TABLE.replace("\n", "")))
    put("nifti-extension/terms", extension(30, TERMS))


TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<CaretExtension><VolumeInformation Index="0"><LabelTable>
<Label Key="0" Red="0" Green="0" Blue="0" Alpha="0">background</Label>
<Label Key="1" Red="0.952941" Green="0.76" Blue="0" Alpha="1">liver &amp; more</Label>
<Label Key="3" Red="1" Green="0" Blue="0.5" Alpha="1"><![CDATA[left kidney]]></Label>
</LabelTable><StudyMetaDataLinkSet/><VolumeType>Label</VolumeType></VolumeInformation></CaretExtension>
"""
TERMS = """<LabelTable><Label Key="2" Red="1" Green="0.5" Blue="0" Alpha="1" \
category="SCT|123037004|Anatomical Structure" type="SCT|10200004|Liver" \
modifier="SCT|7771000|Left">&#108;iver &lt;2&gt; &quot;x&quot;</Label></LabelTable>"""


def extension(code, text):
    content = text.encode()
    size = (len(content) + 8 + 15) // 16 * 16
    return struct.pack("<II", size, code) + content.ljust(size - 8, b"\0")


def itk2d(array, name):
    sitk.WriteImage(sitk.GetImageFromArray(array, isVector=array.ndim == 3), str(WORK / name))
    return (WORK / name).read_bytes()


def palette():
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    rows = b"".join(b"\0" + bytes([0x12, 0x30 >> row, 0x20]) for row in range(4))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 5, 4, 4, 3, 0, 0, 0)) \
        + chunk(b"PLTE", bytes(range(12))) + chunk(b"tRNS", b"\0\x80") + chunk(b"tEXt", b"Title\0small") \
        + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def big_tiff():
    """BigTIFF, one page of 16 x 16 in one tile."""
    tags = [(256, 4, 1, 5), (257, 4, 1, 4), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (277, 3, 1, 1),
            (322, 4, 1, 16), (323, 4, 1, 16), (324, 16, 1, 16), (325, 16, 1, 256)]
    directory = struct.pack("<Q", len(tags)) + b"".join(struct.pack("<HHQQ", *tag) for tag in tags) + bytes(8)
    return struct.pack("<2sHHHQ", b"II", 43, 8, 0, 272) + bytes(range(256)) + directory


# Models

class Storage:
    def __init__(self, kind, key, count):
        self.kind, self.key, self.count = kind, key, count


class Writer(pickle._Pickler):
    """What torch.save pickles, without torch."""

    def persistent_id(self, value):
        if isinstance(value, Storage):
            return ("storage", fake("torch", value.kind), value.key, "cpu", value.count)


def fake(module, name):
    parts = module.split(".")
    for depth in range(1, len(parts) + 1):
        sys.modules.setdefault(".".join(parts[:depth]), types.ModuleType(".".join(parts[:depth])))
    found = getattr(sys.modules[module], name, None)
    if found is None:
        found = type(name, (), {"__module__": module})
        setattr(sys.modules[module], name, found)
    return found


class Tensor:
    def __init__(self, kind, key, shape):
        self.arguments = (Storage(kind, key, int(np.prod(shape))), 0, shape,
                          tuple(int(np.prod(shape[axis + 1:])) for axis in range(len(shape))), False, OrderedDict())

    def __reduce__(self):
        return fake("torch._utils", "_rebuild_tensor_v2"), self.arguments


def pickled(value, protocol=2):
    stream = io.BytesIO()
    Writer(stream, protocol).dump(value)
    return stream.getvalue()


def torch_zip(value, storages, method=zipfile.ZIP_STORED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as file:
        for name, content in {"data.pkl": pickled(value), "byteorder": b"little", "version": b"3\n",
                              **{f"data/{key}": content for key, content in storages.items()}}.items():
            file.writestr(zipfile.ZipInfo(f"archive/{name}", (1980, 1, 1, 0, 0, 0)), content, method)
    return stream.getvalue()


def torch_legacy(value, storages):
    return pickled(0x1950A86A20F9469CFC6C) + pickled(1001) + pickled(
        {"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}) \
        + pickled(value) + pickled(sorted(storages)) \
        + b"".join(struct.pack("<q", len(storages[key]) // 4) + storages[key] for key in sorted(storages))


def models():
    floats = np.arange(6, dtype="f4").tobytes()
    halves = np.arange(4, dtype="f2").tobytes()
    weights = OrderedDict([("encoder.conv.weight", Tensor("FloatStorage", "0", (1, 2, 3))),
                           ("encoder.conv.bias", Tensor("HalfStorage", "1", (4,)))])
    v2 = {"network_weights": weights, "optimizer_state": {"state": {}, "param_groups": [{"lr": 1e-2, "betas": (0.9, 0.99)}]},
          "init_args": {"configuration": "2d", "fold": 0}, "trainer_name": "nnUNetTrainer", "current_epoch": 1000,
          "logging": {"val_losses": [np.float32(0.5), None]}, "_best_ema": np.float64(0.9),
          "inference_allowed_mirroring_axes": (0, 1)}
    put("torch/v2_small.pth", torch_zip(v2, {"0": floats, "1": halves}))
    put("torch/v2_deflated.pth", torch_zip(v2, {"0": floats, "1": halves}, zipfile.ZIP_DEFLATED))
    v1 = {"epoch": 1000, "state_dict": OrderedDict([("conv.weight", Tensor("FloatStorage", "0", (1, 2, 3)))]),
          "optimizer_state_dict": None, "plot_stuff": ([np.float64(1)], []), "best_stuff": (None, 0.1)}
    put("torch/v1.model", torch_zip(v1, {"0": floats}))
    put("torch/legacy.model", torch_legacy(v1, {"0": floats}))
    for path in sorted((FIXTURES / "pickles").glob("plans_numpy[12]_protocol*.pkl"))[::3]:
        put(f"pickle/{path.name}", path.read_bytes())
    numbers = {"text": "é", "bytes": b"\0\xff", "int": [0, -1, 255, 65536, 2**40, 2**70], "float": 1.5,
               "set": {1, 2}, "tuple": (None, True, False), "array": np.arange(6.).reshape(2, 3),
               "ordered": OrderedDict(a=1), "shared": [[], {}]}
    for protocol in range(6):
        put(f"pickle/values_protocol{protocol}.pkl", pickle.dumps(numbers, protocol))
    rules = ([fake("nnunetv2.postprocessing.remove_connected_components",
                   "remove_all_but_largest_component_from_segmentation")],
             [{"labels_or_regions": [1, (2, 3)]}])
    put("postprocessing/v2.pkl", pickle.dumps(rules, 4))
    put("postprocessing/v2.json", json.dumps(
        {"postprocessing_fns": ["remove_all_but_largest_component_from_segmentation"],
         "postprocessing_kwargs": [{"labels_or_regions": [1, [2, 3]], "background_label": 0}], "input_folder": "x"}))
    put("postprocessing/v1.json",
        '{"for_which_classes": [1, [2, 3]], "min_valid_object_sizes": "{1: 123.4, (2, 3): 55.0}"}')
    put("postprocessing/v1_none.json", '{"for_which_classes": null, "min_valid_object_sizes": "None"}')

    def unzip(name, pattern):
        with zipfile.ZipFile(FIXTURES / "reference" / name / "model.zip") as file:
            return file.read(next(member for member in file.namelist() if re.search(pattern, member)))

    # Those of slices_2d belong to the checkpoint of that case, which the targets read from the reference.
    put("plans/slices_2d.json", unzip("v2/slices_2d", "plans.json"))
    put("plans/old_plans.json", unzip("v2/old_plans", "plans.json"))
    put("dataset/slices_2d.json", unzip("v2/slices_2d", "dataset.json"))
    put("dataset/regions.json", unzip("v2/regions_mask_crop", "dataset.json"))
    put("plans-v1/slices_2d.pkl", unzip("v1/slices_2d", r"\.model\.pkl"))
    put("plans-v1/ct_fullres.pkl", unzip("v1/ct_fullres", r"fold_0/.*\.model\.pkl"))
    put("safetensors/others.safetensors", safetensors({"a": {"dtype": "F16", "shape": [2, 2], "data_offsets": [0, 8]},
                                                       "__metadata__": {"format": "pt"}}, bytes(8), 8))
    put("safetensors/nnx.safetensors", safetensors(
        {"__metadata__": {"format": "nnx-weights", "version": "1", "fold": "0"},
         "head.weight": {"dtype": "F32", "shape": [2, 1, 1, 1, 3], "data_offsets": [0, 24]},
         "_padding.0": {"dtype": "U8", "shape": [40], "data_offsets": [24, 64]},
         "head.bias": {"dtype": "F32", "shape": [2], "data_offsets": [64, 72]}}, bytes(72), 64))
    probabilities = np.linspace(0, 1, 48, dtype="f4").reshape(2, 2, 3, 4)
    for name, save, content in [("v2", np.savez_compressed, {"probabilities": probabilities}),
                                ("v1", np.savez_compressed, {"softmax": probabilities.astype("f2")}),
                                ("stored", np.savez, {"probabilities": probabilities})]:
        stream = io.BytesIO()
        save(stream, **content)
        put(f"npz/{name}.npz", stream.getvalue())
    for name, method in {"stored": zipfile.ZIP_STORED, "deflated": zipfile.ZIP_DEFLATED}.items():
        put(f"zip/{name}.zip", zipped({"Dataset001_A/": b"", "Dataset001_A/plans.json": b"{}" * 40,
                                       "Dataset001_A/fold_0/a.pth": b"weights", "__MACOSX/x": b""}, method))
    put("zip/zip64.zip", zip64())


def zipped(members, method=zipfile.ZIP_DEFLATED, force=False):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr = (0o40755 if name.endswith("/") else 0o100644) << 16
            info.compress_type = method if content else zipfile.ZIP_STORED
            with file.open(info, "w", force_zip64=force) as member:
                member.write(content)
    return stream.getvalue()


def zip64():
    return zipped({"a/b.txt": b"text" * 9}, force=True)


def safetensors(header, content, alignment):
    text = json.dumps(header).encode()
    text = text.ljust((len(text) + 8 + alignment - 1) // alignment * alignment - 8)
    return struct.pack("<Q", len(text)) + text + content


# Documents

def documents():
    shutil.copy(FIXTURES / "reference/v2/slices_2d/model.zip", WORK / "model.zip")
    shutil.copy(FIXTURES / "reference/v2/slices_2d/image_0000.nii.gz", WORK / "scan.nii.gz")
    environment = {**os.environ, "NNX_HOME": str(WORK / "home")}

    def nnx(*arguments):
        subprocess.run([NNX, *arguments], cwd=WORK, env=environment, check=True, capture_output=True)

    nnx("install", "model.zip", "--name", "small")
    nnx("predict", "-m", "small", "-i", "scan.nii.gz", "-o", "seg.nii.gz")
    nnx("lock")
    nnx("pack", "small", "-o", "a.nnxpack")

    def clean(text):
        return text.replace(str(WORK) + "/", "").replace(str(WORK), ".").replace(NNX, "nnx")

    model = next((WORK / "home/models/small").glob("*/model.json")).parent
    record = next(path for name in ("seg.nnx.json", "seg.json", "seg.nii.gz.nnx.json")
                  if (path := WORK / name).exists())
    put("receipt/small.json", clean((model / "receipt.json").read_text()))
    put("model/small.json", clean((model / "model.json").read_text()))
    put("lock/nnx.lock", clean((WORK / "nnx.lock").read_text()))
    run = json.loads(clean(record.read_text()))
    run.update(host="host", started="2026-11-28T12:00:00Z")
    put("record/small.json", json.dumps(run, indent=1))
    run["model"].update(name="liver2-ct", source=[{"record": 11582728, "doi": "10.5281/zenodo.11582728"}])
    run["models"] = [run["model"]]
    put("record/models.json", json.dumps(run))
    with zipfile.ZipFile(WORK / "a.nnxpack") as pack:
        put("pack/small.nnxpack", zipped({name: clean(pack.read(name).decode()).encode()
                                          for name in ("nnxpack.json", "0/receipt.json")}))
    full = json.loads((FIXTURES.parents[1] / "registry.json").read_text())
    smallest = sorted(full["models"], key=lambda model: len(json.dumps(model)))
    recipe = next(model for model in smallest if '"recipe"' in json.dumps(model))
    for name, model in {"smallest": smallest[0], "recipe": recipe}.items():
        text = json.dumps(model)
        part = {**full, "models": [model],
                "collections": {k: v for k, v in full["collections"].items() if k in text},
                "citations": {k: v for k, v in full["citations"].items() if k in text}}
        put(f"registry/{name}.json", json.dumps(part))
    put("zenodo/record.json", json.dumps(
        {"id": 11582728, "doi": "10.5281/zenodo.11582728", "conceptdoi": "10.5281/zenodo.8270229", "conceptrecid": "8270229",
         "metadata": {"title": "AIMI", "publication_date": "2024-06-11", "license": {"id": "cc-by-4.0"}},
         "files": [{"key": "Dataset006.zip", "size": 1150, "checksum": "md5:3d816fddbd22765ab8765db654f6468e"}]}))
    put("zenodo/invenio.json", json.dumps(
        {"id": "11582728", "pids": {"doi": {"identifier": "10.5281/zenodo.1"}}, "parent": {"id": "7"}, "title": "x",
         "files": {"entries": {"a.zip": {"key": "a.zip", "size": 3, "checksum": "md5:3d816fddbd22765ab8765db654f6468e"}}}}))
    put("json/values.json", '{"a": [1, -2.5e-3, 1e400, true, false, null, NaN, -Infinity], "é\\ud83d\\ude00\\n": {"": []},'
        ' "big": 18446744073709551616, "int": -9223372036854775808}')
    put("json/record.json", json.dumps(run))
    put("config/all.toml", """# settings
store = "~/models"
stores = ["/srv/nnx", '/opt/nnx']
registry = ["https://example.org/registry.json"]
mirror = "https://mirror.example.org"
offline = true
threads = 4
max-memory = "4G"
progress = "plain"
log = "info"
license-policy = "ask"
accept-licenses = [
  "CC-BY-4.0", # a remark
  "Apache-2.0",
]
""")
    put("config/toml.toml", 'threads = 0x10\noffline = false\nlog = "\\u0064ebug"\nmax-memory = 1_000_000\n'
        'a = 1979-05-27T07:32:00Z\nb = """x\ny"""\nc = {d = 1.5e3, e = inf}\n[f.g]\nh = [[1], [2.0, nan]]\n[[i]]\n')


images()
models()
documents()
shutil.rmtree(WORK)

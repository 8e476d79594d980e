#!/usr/bin/env python3
"""Write Tests/Fixtures/weights-expectations.json: what converted weights of the reference cases must be.

Usage: weights_expectations.py        (needs torch; reads Tests/Fixtures/reference/*/*/model.zip)

Made with torch.load itself and with a table of names of its own, so that neither nnx's readers nor its
names are their own witness. For every case, configuration and fold: tensor name ->
[shape, first value, last value, sum in float64].
"""
import json
import re
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[2] / "Tests" / "Fixtures"

V2 = [
    (r"encoder\.stem\.convs\.0\.(conv|norm)\.(\w+)", r"stem.\1.\2"),
    (r"encoder\.stages\.(\d+)\.0\.convs\.(\d+)\.(conv|norm)\.(\w+)", r"encoder.\1.\2.\3.\4"),
    (r"encoder\.stages\.(\d+)\.blocks\.(\d+)\.conv([12])\.(conv|norm)\.(\w+)", r"encoder.\1.\2.\4\3.\5"),
    (r"encoder\.stages\.(\d+)\.blocks\.(\d+)\.skip\.\d\.(conv|norm)\.(\w+)", r"encoder.\1.\2.skip.\3.\4"),
    (r"decoder\.transpconvs\.(\d+)\.(\w+)", r"decoder.\1.up.\2"),
    (r"decoder\.stages\.(\d+)\.convs\.(\d+)\.(conv|norm)\.(\w+)", r"decoder.\1.\2.\3.\4"),
]
V1 = [
    (r"encoder\.initial_(conv|norm)\.(\w+)", r"stem.\1.\2"),
    (r"encoder\.stages\.(\d+)\.convs\.(\d+)\.(conv|norm)([12])\.(\w+)", r"encoder.\1.\2.\3\4.\5"),
    (r"encoder\.stages\.(\d+)\.convs\.(\d+)\.downsample_skip\.0\.(\w+)", r"encoder.\1.\2.skip.conv.\3"),
    (r"encoder\.stages\.(\d+)\.convs\.(\d+)\.downsample_skip\.1\.(\w+)", r"encoder.\1.\2.skip.norm.\3"),
    (r"decoder\.tus\.(\d+)\.(\w+)", r"decoder.\1.up.\2"),
    (r"decoder\.stages\.(\d+)\.convs\.(\d+)\.(conv|norm)\.(\w+)", r"decoder.\1.\2.\3.\4"),
    (r"decoder\.segmentation_output\.(\w+)", r"head.\1"),
    (r"tu\.(\d+)\.(\w+)", r"decoder.\1.up.\2"),
    (r"conv_blocks_context\.(\d+)\.blocks\.(\d+)\.(conv|norm)\.(\w+)", r"encoder.\1.\2.\3.\4"),
    # All cases here have two convolutions per stage: one in each block.
    (r"conv_blocks_context\.(\d+)\.(\d+)\.blocks\.0\.(conv|norm)\.(\w+)", r"encoder.\1.\2.\3.\4"),
    (r"conv_blocks_localization\.(\d+)\.(\d+)\.blocks\.0\.(conv|norm)\.(\w+)", r"decoder.\1.\2.\3.\4"),
]


def names(keys, table, head):
    heads = [int(m[1]) for k in keys if (m := re.fullmatch(head + r"\.(\d+)\.\w+", k))]
    for key in keys:
        if heads and (m := re.fullmatch(rf"{head}\.{max(heads)}\.(\w+)", key)):
            yield key, "head." + m[1]
            continue
        short = key.replace("instnorm", "norm")
        for pattern, name in table:
            if re.fullmatch(pattern, short):
                yield key, re.sub(pattern, name, short)


def tensors(path):
    state = torch.load(path, map_location="cpu", weights_only=False)
    v2 = "network_weights" in state
    weights = state["network_weights" if v2 else "state_dict"]
    out = {}
    for key, name in names(weights.keys(), V2 if v2 else V1, "decoder.seg_layers" if v2 else "seg_outputs"):
        value = weights[key].numpy()
        if value.ndim == 4:
            value = value[:, :, None]
        flat = value.ravel().astype(np.float64)
        out[name] = [list(value.shape), flat[0], flat[-1], flat.sum()]
    return out


result = {}
for zipped in sorted(ROOT.glob("reference/*/*/model.zip")):
    case = f"{zipped.parent.parent.name}/{zipped.parent.name}"
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(zipped).extractall(folder)
        for path in sorted(Path(folder).rglob("*.pth")) + sorted(Path(folder).rglob("*.model")):
            parts = path.relative_to(folder).parts
            configuration = parts[1].split("__")[2] if path.suffix == ".pth" else parts[0]
            fold = path.parent.name.removeprefix("fold_")
            result[f"{case} {configuration} {fold}"] = tensors(path)
target = ROOT / "weights-expectations.json"
lines = [f"{json.dumps(k)}: {json.dumps(v)}" for k, v in result.items()]
target.write_text("{\n" + ",\n".join(lines) + "\n}\n")
print(target, target.stat().st_size, "bytes,", len(result), "folds")

#!/usr/bin/env bash
# MRSegmentator halves an image for --split_level with an overlap of --split_margin planes, and joins the halves' labels. Where
# half of the planes are fewer than the margin, a start below zero counts from the end: the second half is nearly empty, its
# margin takes the rest, and the labels are written with the planes that are left; nothing says so. The functions that cut and
# join, on an image whose voxels are the numbers of their planes: 18 planes with a margin of 10 become 8.
# Exits 0 while MRSegmentator 2.0.0 does so, 1 when it does something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q numpy==2.4.6
"$folder/venv/bin/pip" install -q --no-deps mrsegmentator==2.0.0
cd "$folder"
venv/bin/python - <<'PY'
import importlib.util
from pathlib import Path

import numpy as np

# By its file: the package's own start loads PyTorch, which these functions do not need.
place = Path(importlib.util.find_spec("numpy").origin).parents[1] / "mrsegmentator" / "utils.py"
spec = importlib.util.spec_from_file_location("utils", place)
utils = importlib.util.module_from_spec(spec)
spec.loader.exec_module(utils)


def joined(planes, margin):
    image = np.broadcast_to(np.arange(planes)[None, :, None, None], (1, planes, 2, 2))
    halves = [half[0] for half in utils.split_image(image, margin=margin)]
    return utils.stitch_segmentations(*halves, margin=margin)[:, 0, 0].tolist()


wrong = []
print("MRSegmentator 2.0.0, --split_level 1, planes of the labels:")
for planes, margin in ((60, 3), (6, 3), (20, 10), (18, 10), (5, 3), (7, 4)):
    result = joined(planes, margin)
    whole = result == list(range(planes))
    print(f"  image of {planes} planes, margin {margin}: " + ("all, in their places" if whole else f"{len(result)}: {result}"))
    if whole != (planes // 2 >= margin):
        wrong.append((planes, margin))
raise SystemExit(1 if wrong or len(joined(18, 10)) != 8 else 0)
PY

#!/usr/bin/env bash
# TotalSpineSeg's step1_levels marks each disc with the Spinal Cord Toolbox's number (3 for C2-C3, 4 for C3-C4, 5 for C4-C5). It
# takes the number of the uppermost disc by its name and counts the others that are there: where the network missed a disc, all
# below it have the number of the disc above theirs, although the labels beside them name each disc rightly.
# Exits 0 while TotalSpineSeg 20260807 does so, 1 when it does something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q numpy==2.4.6 scipy==1.17.1 nibabel==5.4.2 tqdm==4.67.1
"$folder/venv/bin/pip" install -q --no-deps totalspineseg==20260807
cat > "$folder/levels.py" <<'PY'
import importlib.util
import sys
import types

import nibabel
import numpy

# The package's own start imports what only training needs; its modules are taken as they are.
for name in ("totalspineseg", "totalspineseg.utils"):
    module = types.ModuleType(name)
    place = importlib.util.find_spec("totalspineseg").submodule_search_locations[0] if "." not in name else place + "/utils"
    module.__path__ = [place]
    sys.modules[name] = module
from totalspineseg.utils.extract_levels import extract_levels
from totalspineseg.utils.image import Image

# As inference.py calls it.
DISCS = list(range(63, 68)) + list(range(71, 83)) + list(range(91, 96)) + [100]


def levels(names):
    """Numbers that a straight spine of 1 mm gets, by the names of its discs."""
    voxels = numpy.zeros((20, 30, 60), numpy.uint8)
    voxels[8:12, 4:9, :] = 2
    for number, name in enumerate(names):
        if name:
            voxels[6:14, 9:18, 50 - 12 * number:54 - 12 * number] = name
    header = nibabel.Nifti1Header()
    header.set_data_shape(voxels.shape)
    header.set_data_dtype(numpy.uint8)
    header.set_sform(numpy.eye(4), 1)
    header["pixdim"][1:4] = 1
    found = extract_levels(Image(voxels.copy(), hdr=header), [1, 2], DISCS, 11, 50).data
    return {int(voxels[tuple(place)]): int(found[tuple(place)]) for place in numpy.argwhere(found)}


whole, gap = levels([63, 64, 65, 66]), levels([63, None, 65, 66])
print(f"TotalSpineSeg 20260807, all discs, level by name: {dict(sorted(whole.items()))}")
print(f"TotalSpineSeg 20260807, without disc 64 (C3-C4): {dict(sorted(gap.items()))}")
sys.exit(whole != {63: 3, 64: 4, 65: 5, 66: 6} or gap != {63: 3, 65: 4, 66: 5})
PY
"$folder/venv/bin/python" "$folder/levels.py"

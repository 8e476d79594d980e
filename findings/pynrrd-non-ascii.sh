#!/usr/bin/env bash
# pynrrd 1.1.3 and names that are not ASCII, such as a segment called "Größe", which 3D Slicer writes into a .seg.nrrd
# as UTF-8: writing one fails with UnicodeEncodeError, reading one drops the letters and says nothing.
# Exits 0 while pynrrd does so, 1 when it does something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pynrrd==1.1.3 numpy
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import importlib.metadata
import nrrd, numpy as np

name = "Größe"
try:
    nrrd.write("written.nrrd", np.zeros((2, 2, 2), np.uint8), {"Segment0_Name": name})
    written = "written"
except UnicodeEncodeError as error:
    written = type(error).__name__
header = (
    "NRRD0005\ntype: uint8\ndimension: 3\nsizes: 2 2 2\nencoding: raw\nendian: little\n"
    f"Segment0_Name:={name}\n\n"
)
open("read.nrrd", "wb").write(header.encode("utf-8") + bytes(8))
read = nrrd.read_header("read.nrrd")["Segment0_Name"]
print("pynrrd", importlib.metadata.version("pynrrd"))
print("writing the name:", written)
print("reading the name:", repr(read))
raise SystemExit(0 if (written, read) == ("UnicodeEncodeError", "Gre") else 1)
PY

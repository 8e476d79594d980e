#!/usr/bin/env python3
"""aimi_archive.py FOLDER: Tests/Fixtures/aimi/liver-mr.zip, one case of AIMI's liver-mr in the layout of Zenodo's archive.

FOLDER holds ai/, qa/, qa-results.csv, LICENSE and NOTICE, as bamf-health/aimi-liver-mr has them.
"""
import csv
import io
import pathlib
import sys
import zipfile

source = pathlib.Path(sys.argv[1])
target = pathlib.Path(__file__).parents[2] / "Tests/Fixtures/aimi"
case = "TCGA-DD-A4NB_20040207_1"
target.mkdir(exist_ok=True)
rows = list(csv.reader(open(source / "qa-results.csv", newline="")))
place = rows[0].index("AISegmentation")
text = io.StringIO()
csv.writer(text).writerows([rows[0]] + [row for row in rows[1:] if case in row[place]])
files = {"liver-mr/qa-results.csv": text.getvalue().encode()}
for name in ("LICENSE", "NOTICE"):
    files[f"liver-mr/{name}"] = (source / name).read_bytes()
files[f"liver-mr/ai-segmentations-dcm/ai_{case}.seg.dcm"] = (source / f"ai/ai_{case}.seg.dcm").read_bytes()
for reviewer in ("rad1", "ne1"):
    name = f"{reviewer}_{case}.seg.dcm"
    files[f"liver-mr/qa-segmentations-dcm/{name}"] = (source / "qa" / name).read_bytes()
with zipfile.ZipFile(target / "liver-mr.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
    for name, data in files.items():
        archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)

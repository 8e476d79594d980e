#!/usr/bin/env python3
"""Write Tests/Fixtures/seg/hd_fractional/seg.dcm: shares of 0 to 100 hundredths, one voxel each, as highdicom writes them.

Usage: fractional_segment.py        (highdicom 0.28.2)
"""
import sys
import tempfile
from pathlib import Path

import numpy as np
import pydicom
from highdicom.seg import SegmentAlgorithmTypeValues, SegmentDescription, Segmentation, SegmentationTypeValues
from pydicom.sr.codedict import codes

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Scripts/random"))
from dicom_series import series

with tempfile.TemporaryDirectory() as folder:
    series(5, Path(folder))
    slices = [pydicom.dcmread(path) for path in Path(folder).iterdir()]
    first = min(slices, key=lambda item: int(item.InstanceNumber))
    for name in ("PatientBirthDate", "PatientSex", "AccessionNumber", "StudyID", "ReferringPhysicianName"): setattr(first, name, "")
    shares = np.zeros(first.Rows * first.Columns)
    shares[:101] = np.arange(101) / 100
    file = Segmentation(
        [first], shares.reshape(1, first.Rows, first.Columns), SegmentationTypeValues.FRACTIONAL,
        [SegmentDescription(1, "liver", codes.SCT.Organ, codes.SCT.Liver, SegmentAlgorithmTypeValues.MANUAL)], "2.25.1", 9, "2.25.2", 1,
        "maker", "model", "1", "serial", max_fractional_value=100)
target = ROOT / "Tests/Fixtures/seg/hd_fractional/seg.dcm"
target.parent.mkdir(exist_ok=True)
file.save_as(target)
print(first.Rows, first.Columns, target.stat().st_size, "bytes")

#!/usr/bin/env bash
# SimpleITK's series reader takes a folder in which one slice lies twice: the copy goes to the end of the volume, and the
# distance of slices is reckoned from the first position to the last, so that all slices shrink (20 mm of body in 13
# slices). A warning on stderr is all that is said.
# Exits 0 while SimpleITK 2.5.7 does so, 1 when it does something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q SimpleITK==2.5.7 pydicom==3.0.2 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PY'
import os
import numpy as np, pydicom, SimpleITK as sitk
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

SLICES, DISTANCE, TWICE = 12, 5, 4


def read(name, places):
    os.makedirs(name)
    study, series, frame = generate_uid(), generate_uid(), generate_uid()
    for number, k in enumerate(places):
        data = pydicom.dataset.FileDataset(None, {}, file_meta=pydicom.dataset.FileMetaDataset(), preamble=bytes(128))
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, generate_uid()
        data.StudyInstanceUID, data.SeriesInstanceUID, data.FrameOfReferenceUID = study, series, frame
        data.PatientName, data.PatientID, data.Modality, data.SeriesNumber, data.InstanceNumber = "A^B", "1", "CT", 1, number + 1
        data.ImageOrientationPatient, data.ImagePositionPatient = [1, 0, 0, 0, 1, 0], [0, 0, DISTANCE * k]
        data.PixelSpacing, data.SliceThickness = [2, 2], DISTANCE
        data.Rows = data.Columns = 16
        data.SamplesPerPixel, data.PhotometricInterpretation, data.PixelRepresentation = 1, "MONOCHROME2", 0
        data.BitsAllocated, data.BitsStored, data.HighBit, data.RescaleSlope, data.RescaleIntercept = 16, 12, 11, 1, 0
        data.PixelData = np.full((16, 16), k, "<u2").tobytes()
        data.save_as(f"{name}/{number:02}.dcm", enforce_file_format=True)
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(name))
    image = reader.Execute()
    print(f"{name}: slices {sitk.GetArrayViewFromImage(image)[:, 0, 0].tolist()}, {image.GetSpacing()[2]:.3f} mm apart")
    return image


print("SimpleITK 2.5.7, slices by where they lie, 5 mm apart")
once = read("once", range(SLICES))
twice = read("one slice twice", [*range(SLICES), TWICE])
right = abs(once.GetSpacing()[2] - DISTANCE) < 1e-6
wrong = abs(twice.GetSpacing()[2] - DISTANCE * TWICE / SLICES) < 1e-3 and twice.GetSize()[2] == SLICES + 1
raise SystemExit(0 if right and wrong else 1)
PY

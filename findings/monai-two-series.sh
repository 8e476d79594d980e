#!/usr/bin/env bash
# MONAI's LoadImage makes one volume of a folder in which two series lie, without a word, as long as the package itk is not
# installed: slices of both alternate by InstanceNumber, and the distance of slices is that of the mixture.
# Exits 0 while MONAI 1.6.1 does so, 1 when it does something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q monai==1.6.1 'torch==2.13.0' pydicom==3.0.2 numpy==2.4.6
cd "$folder"
mkdir scan
venv/bin/python - 2> said.txt <<'PY'
import numpy as np, pydicom
from monai.transforms import LoadImage
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

study, frame = generate_uid(), generate_uid()
for number, value in (1, 100), (2, 900):
    series = generate_uid()
    for k in range(8):
        data = pydicom.dataset.FileDataset(None, {}, file_meta=pydicom.dataset.FileMetaDataset(), preamble=bytes(128))
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, generate_uid()
        data.StudyInstanceUID, data.SeriesInstanceUID, data.FrameOfReferenceUID = study, series, frame
        data.PatientName, data.PatientID, data.Modality, data.SeriesNumber, data.InstanceNumber = "A^B", "1", "CT", number, k + 1
        data.ImageOrientationPatient, data.ImagePositionPatient = [1, 0, 0, 0, 1, 0], [0, 0, 5 * k]
        data.PixelSpacing, data.SliceThickness = [2, 2], 5
        data.Rows = data.Columns = 16
        data.SamplesPerPixel, data.PhotometricInterpretation, data.PixelRepresentation = 1, "MONOCHROME2", 0
        data.BitsAllocated, data.BitsStored, data.HighBit, data.RescaleSlope, data.RescaleIntercept = 16, 12, 11, 1, 0
        data.PixelData = np.full((16, 16), value, "<u2").tobytes()
        data.save_as(f"scan/{number}{k:02}.dcm", enforce_file_format=True)
image = LoadImage(image_only=True)("scan")
print("MONAI 1.6.1, two series of 8 slices, 5 mm apart, of 100 and of 900, in one folder")
print("shape", tuple(image.shape), "slices", [int(v) for v in image[0, 0]], "apart", round(abs(float(image.affine[2, 2])), 3), "mm")
raise SystemExit(0 if tuple(image.shape) == (16, 16, 16) and {int(v) for v in image[0, 0]} == {100, 900} else 1)
PY

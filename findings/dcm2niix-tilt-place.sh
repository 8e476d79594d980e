#!/usr/bin/env bash
# dcm2niix shifts the slices of a leaning CT upright (its _Tilt file) and writes a place for them that is not theirs: a
# bright block that the DICOM files put at one place in the patient lies about 10 mm away in the _Tilt file, for its
# s-form keeps the shear that the shift has undone, and moves the origin along it.
# Exits 0 while dcm2niix 1.0.20260724 does so, 1 when it does something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q dcm2niix==1.0.20260724 pydicom==3.0.2 nibabel==5.4.2 numpy==2.4.6
cd "$folder"
mkdir scan out
venv/bin/python - <<'PY'
import glob, math, subprocess
import nibabel, numpy as np, pydicom
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

# A gantry tilted by 15 degrees: the table moves along z by 5 mm, rows lie along x, columns lean.
tilt = math.radians(15)
row, column = np.array([1.0, 0, 0]), np.array([0, math.cos(tilt), math.sin(tilt)])
study, series, frame = generate_uid(), generate_uid(), generate_uid()
corner, size, spacing, count = np.array([-60.0, -60, 10]), 40, 3.0, 12
places = []
for k in range(count):
    meta = pydicom.dataset.FileMetaDataset()
    meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = ExplicitVRLittleEndian, CTImageStorage, generate_uid()
    d = pydicom.dataset.FileDataset(None, {}, file_meta=meta, preamble=bytes(128))
    d.SOPClassUID, d.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    d.StudyInstanceUID, d.SeriesInstanceUID, d.FrameOfReferenceUID = study, series, frame
    d.PatientName, d.PatientID, d.Modality, d.SeriesNumber, d.InstanceNumber = "A^B", "1", "CT", 1, k + 1
    d.StudyDate, d.StudyTime, d.Manufacturer, d.GantryDetectorTilt = "20200101", "000000", "SYNTHETIC", 15
    position = corner + np.array([0, 0, 5.0 * k])
    d.ImagePositionPatient, d.ImageOrientationPatient = [f"{v:.9g}" for v in position], [f"{v:.9g}" for v in (*row, *column)]
    d.PixelSpacing, d.SliceThickness = [spacing, spacing], 5
    d.Rows = d.Columns = size
    d.SamplesPerPixel, d.PhotometricInterpretation, d.PixelRepresentation = 1, "MONOCHROME2", 0
    d.BitsAllocated, d.BitsStored, d.HighBit, d.RescaleSlope, d.RescaleIntercept = 16, 12, 11, 1, -1024
    pixels = np.zeros((size, size), np.uint16)
    if 4 <= k < 8:
        pixels[18:24, 10:16] = 2000
        places += [position + spacing * (i * row + j * column) for j in range(18, 24) for i in range(10, 16)]
    d.PixelData = pixels.tobytes()
    d.save_as(f"scan/{k:02}.dcm", enforce_file_format=True)

truth = np.mean(places, axis=0) * [-1, -1, 1]
subprocess.run(["venv/bin/dcm2niix", "-b", "n", "-f", "a", "-o", "out", "scan"], check=True, capture_output=True)
image = nibabel.load(next(iter(glob.glob("out/*_Tilt*"))))
values = np.asarray(image.dataobj, float) + 1024
weights = np.argwhere(values > 0), values[values > 0]
centre = np.average(weights[0], axis=0, weights=weights[1])
found = nibabel.affines.apply_affine(image.affine, centre)
off = float(np.linalg.norm(found - truth))
print("dcm2niix 1.0.20260724, middle of the block, RAS in mm")
print("by the DICOM files:   ", truth.round(1))
print("by the _Tilt file:    ", found.round(1))
print(f"apart: {off:.1f} mm")
raise SystemExit(0 if off > 3 else 1)
PY

#!/usr/bin/env bash
# A series whose slices have two pixel spacings (a field of view that grew half way, from the same corner) becomes one
# volume of the first spacing, in dcm2niix and in SimpleITK: a bar of 16 mm is 16 mm wide in one half and 10 mm in the
# other. Neither says a word.
# Exits 0 while dcm2niix 1.0.20260724 and SimpleITK 2.5.7 do so, 1 when they do something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q dcm2niix==1.0.20260724 SimpleITK==2.5.7 pydicom==3.0.2 numpy==2.4.6 nibabel
cd "$folder"
venv/bin/python - <<'PY'
import os, subprocess
import nibabel, numpy as np, pydicom, SimpleITK as sitk
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

SIZE, WIDTH = 32, 16
os.makedirs("dicom")
study, series, frame = generate_uid(), generate_uid(), generate_uid()
for k in range(8):
    spacing = 1.0 if k < 4 else 1.6
    data = pydicom.dataset.FileDataset(None, {}, file_meta=pydicom.dataset.FileMetaDataset(), preamble=bytes(128))
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, generate_uid()
    data.StudyInstanceUID, data.SeriesInstanceUID, data.FrameOfReferenceUID = study, series, frame
    data.PatientName, data.PatientID, data.Modality, data.SeriesNumber, data.InstanceNumber = "A^B", "1", "CT", 1, k + 1
    data.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    data.ImagePositionPatient = [0, 0, 5 * k]
    data.PixelSpacing, data.SliceThickness = [spacing, spacing], 5
    data.Rows = data.Columns = SIZE
    data.SamplesPerPixel, data.PhotometricInterpretation, data.PixelRepresentation = 1, "MONOCHROME2", 0
    data.BitsAllocated, data.BitsStored, data.HighBit, data.RescaleSlope, data.RescaleIntercept = 16, 12, 11, 1, 0
    x = np.arange(SIZE) * spacing
    data.PixelData = np.tile(np.where(x < WIDTH, 1000, 0).astype("<u2"), (SIZE, 1)).tobytes()
    data.save_as(f"dicom/{k}.dcm", enforce_file_format=True)


def widths(array, spacing):
    """Of the bright part of the first and of the last slice, in mm; axes (slice, row, column)."""
    return [float(np.count_nonzero(array[k, SIZE // 2] > 500) * spacing) for k in (0, -1)]


made = subprocess.run(["venv/bin/dcm2niix", "-z", "n", "-b", "n", "-f", "o", "-o", ".", "dicom"], capture_output=True, text=True)
files = sorted(f for f in os.listdir(".") if f.endswith(".nii"))
image = nibabel.load(files[0])
theirs = widths(np.asarray(image.dataobj).T, image.header.get_zooms()[0])
reader = sitk.ImageSeriesReader()
reader.SetFileNames(reader.GetGDCMSeriesFileNames("dicom"))
volume = reader.Execute()
its = widths(sitk.GetArrayViewFromImage(volume), volume.GetSpacing()[0])
said = [line for line in made.stdout.splitlines() if "spacing" in line.lower() or "resolution" in line.lower()]
print(f"dcm2niix 1.0.20260724: {len(files)} file, {theirs} mm; about spacings it said: {said}")
print(f"SimpleITK 2.5.7: {volume.GetSize()[2]} slices, {its} mm")
wrong = [WIDTH * 1.0, 10.0]
raise SystemExit(0 if len(files) == 1 and theirs == wrong and its == wrong and not said else 1)
PY

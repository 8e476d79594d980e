#!/usr/bin/env bash
# Signed pixels of a CT with 10 or 14 of 16 bits stored, whose unused high bits are zero: dcm2niix reads negative numbers as
# large positive ones, with exit status 0. Those of 12 bits it extends, and those of 12 bits whose slices have slopes of
# their own it does not. SimpleITK reads all of them right.
# Exits 0 while dcm2niix 1.0.20260724 does so, 1 when it does something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q dcm2niix==1.0.20260724 SimpleITK==2.5.7 pydicom==3.0.2 nibabel==5.4.2 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PY'
import glob, os, subprocess
import nibabel, numpy as np, pydicom, SimpleITK
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

SIZE, SLICES = 24, 4
noise = np.random.default_rng(2)


def series(name, bits, slopes):
    os.makedirs(name)
    truth = noise.integers(-(1 << bits - 1), 1 << bits - 1, (SLICES, SIZE, SIZE))
    study, number, frame = generate_uid(), generate_uid(), generate_uid()
    for k in range(SLICES):
        data = pydicom.dataset.FileDataset(None, {}, file_meta=pydicom.dataset.FileMetaDataset(), preamble=bytes(128))
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, generate_uid()
        data.StudyInstanceUID, data.SeriesInstanceUID, data.FrameOfReferenceUID = study, number, frame
        data.PatientName, data.PatientID, data.Modality, data.Manufacturer = "A^B", "1", "CT", "SYNTHETIC"
        data.SeriesNumber, data.InstanceNumber, data.StudyDate, data.StudyTime = 1, k + 1, "20200101", "000000"
        data.ImageOrientationPatient, data.ImagePositionPatient = [1, 0, 0, 0, 1, 0], [0, 0, 3 * k]
        data.PixelSpacing, data.SliceThickness = [2, 2], 3
        data.Rows = data.Columns = SIZE
        data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
        data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, bits, bits - 1, 1
        data.RescaleSlope, data.RescaleIntercept = slopes[k], 0
        data.PixelData = (truth[k] & (1 << bits) - 1).astype("<u2").tobytes()
        data["PixelData"].VR = "OW"
        data.save_as(f"{name}/{k:02}.dcm", enforce_file_format=True)
    return truth * np.reshape(slopes, (SLICES, 1, 1))


def off(values, truth):
    return int(np.count_nonzero(np.abs(values - truth) > 1e-3))


print("dcm2niix 1.0.20260724, SimpleITK 2.5.7, signed pixels, unused high bits zero; voxels off:")
found = []
for name, bits, slopes in (("12 bits", 12, [1] * 4), ("10 bits", 10, [1] * 4), ("14 bits", 14, [1] * 4), ("12 bits, slopes 1.25 to 2.5", 12, [1.25, 1.5, 2, 2.5])):
    truth = series(name, bits, slopes)
    subprocess.run(["venv/bin/dcm2niix", "-b", "n", "-f", "a", name], check=True, capture_output=True)
    got = np.asarray(nibabel.load(*glob.glob(f"{name}/*.nii*")).dataobj)[:, ::-1].T
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(name))
    itk = SimpleITK.GetArrayFromImage(reader.Execute())
    found.append((off(got, truth), off(itk, truth)))
    print(f"  {name}: dcm2niix {found[-1][0]} of {truth.size} (at most {got.max():g} for {truth.max():g}), SimpleITK {found[-1][1]}")
as_said = found[0][0] == 0 and all(count > 0 for count, _ in found[1:]) and all(count == 0 for _, count in found)
raise SystemExit(0 if as_said else 1)
PY

#!/usr/bin/env bash
# A PET whose slices have slopes of their own (DICOM allows that, and PET does it): SimpleITK's series reader takes the type
# of all voxels from the first slice. Where that one has slope 1, values of the others lose their fractions and, beyond
# 16 bits, become other numbers altogether, without an error. The same series whose first slope is 1.25 comes out whole;
# dcm2niix writes both right.
# Exits 0 while SimpleITK 2.5.7 does so, 1 when it does something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q dcm2niix==1.0.20260724 SimpleITK==2.5.7 pydicom==3.0.2 nibabel==5.4.2 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PY'
import glob, os, subprocess
import nibabel, numpy as np, pydicom, SimpleITK
from pydicom.uid import ExplicitVRLittleEndian, PositronEmissionTomographyImageStorage, generate_uid

SIZE, SLICES = 24, 4
noise = np.random.default_rng(3)


def series(name, slopes):
    os.makedirs(name)
    stored = noise.integers(0, 30000, (SLICES, SIZE, SIZE))
    study, number, frame = generate_uid(), generate_uid(), generate_uid()
    for k in range(SLICES):
        data = pydicom.dataset.FileDataset(None, {}, file_meta=pydicom.dataset.FileMetaDataset(), preamble=bytes(128))
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data.SOPClassUID, data.SOPInstanceUID = PositronEmissionTomographyImageStorage, generate_uid()
        data.StudyInstanceUID, data.SeriesInstanceUID, data.FrameOfReferenceUID = study, number, frame
        data.PatientName, data.PatientID, data.Modality, data.Manufacturer = "A^B", "1", "PT", "SYNTHETIC"
        data.SeriesNumber, data.InstanceNumber, data.ImageIndex, data.Units = 1, k + 1, k + 1, "BQML"
        data.StudyDate, data.StudyTime = "20200101", "000000"
        data.ImageOrientationPatient, data.ImagePositionPatient = [1, 0, 0, 0, 1, 0], [0, 0, 3 * k]
        data.PixelSpacing, data.SliceThickness = [2, 2], 3
        data.Rows = data.Columns = SIZE
        data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
        data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 1
        data.RescaleSlope, data.RescaleIntercept = slopes[k], 0
        data.PixelData = stored[k].astype("<i2").tobytes()
        data["PixelData"].VR = "OW"
        data.save_as(f"{name}/{k:02}.dcm", enforce_file_format=True)
    return stored * np.reshape(slopes, (SLICES, 1, 1))


print("SimpleITK 2.5.7, dcm2niix 1.0.20260724, PET with slopes of each slice:")
found = []
for first in (1, 1.25):
    name = f"first slope {first}"
    truth = series(name, [first, 1.5, 2, 2.5])
    subprocess.run(["venv/bin/dcm2niix", "-b", "n", "-f", "a", name], check=True, capture_output=True)
    theirs = np.asarray(nibabel.load(*glob.glob(f"{name}/*.nii*")).dataobj)[:, ::-1].T
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(name))
    image = reader.Execute()
    values = SimpleITK.GetArrayFromImage(image)
    off = [int(np.count_nonzero(np.abs(got - truth) > 0.01)) for got in (values, theirs)]
    found.append(off)
    print(f"  {name}: {image.GetPixelIDTypeAsString()}, {off[0]} of {truth.size} voxels off, {values.min():g} to {values.max():g} "
          f"for {truth.min():g} to {truth.max():g}; dcm2niix {off[1]} off")
raise SystemExit(0 if found[0][0] > 0 and found[0][1] == 0 and found[1] == [0, 0] else 1)
PY

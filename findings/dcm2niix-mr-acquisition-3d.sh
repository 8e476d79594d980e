#!/usr/bin/env bash
# dcm2niix chooses the order of an MR volume's axes by MRAcquisitionType (0018,0023): the same coronal slices come out as
# they lie with 2D, but turned to RAS, with axes permuted and another shape, with 3D. Whoever compares arrays by index, or
# trained a network on the one, gets the other without a word.
# Exits 0 while dcm2niix 1.0.20260724 does so, 1 when it does something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q dcm2niix==1.0.20260724 pydicom==3.0.2 nibabel==5.4.2 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PY'
import glob, os, subprocess
import nibabel, numpy as np, pydicom
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

ROWS, COLUMNS, SLICES = 24, 32, 8
pixels = np.random.default_rng(1).integers(0, 1000, (SLICES, ROWS, COLUMNS)).astype("<u2")


def convert(kind):
    os.makedirs(kind)
    study, series, frame = generate_uid(), generate_uid(), generate_uid()
    for k in range(SLICES):
        data = pydicom.dataset.FileDataset(None, {}, file_meta=pydicom.dataset.FileMetaDataset(), preamble=bytes(128))
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data.SOPClassUID, data.SOPInstanceUID = MRImageStorage, generate_uid()
        data.StudyInstanceUID, data.SeriesInstanceUID, data.FrameOfReferenceUID = study, series, frame
        data.PatientName, data.PatientID, data.Modality, data.Manufacturer = "A^B", "1", "MR", "SYNTHETIC"
        data.SeriesNumber, data.InstanceNumber, data.StudyDate, data.StudyTime = 1, k + 1, "20200101", "000000"
        data.MRAcquisitionType, data.ScanningSequence, data.SequenceVariant = kind, "GR", "NONE"
        data.ImageType, data.EchoTime, data.RepetitionTime = ["ORIGINAL", "PRIMARY", "M"], 2, 5
        data.ImageOrientationPatient, data.ImagePositionPatient = [1, 0, 0, 0, 0, -1], [-48, 4 * k, 60]
        data.PixelSpacing, data.SliceThickness = [5, 3], 4
        data.Rows, data.Columns, data.SamplesPerPixel, data.PhotometricInterpretation = ROWS, COLUMNS, 1, "MONOCHROME2"
        data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 12, 11, 0
        data.PixelData = pixels[k].tobytes()
        data.save_as(f"{kind}/{k:02}.dcm", enforce_file_format=True)
    subprocess.run(["venv/bin/dcm2niix", "-b", "n", "-f", "a", kind], check=True, capture_output=True)
    return nibabel.load(*glob.glob(f"{kind}/*.nii*"))


two, three = convert("2D"), convert("3D")
same = np.array_equal(nibabel.as_closest_canonical(two).dataobj, three.dataobj)
print("dcm2niix 1.0.20260724, the same coronal MR slices")
for name, image in ("2D", two), ("3D", three):
    print(f"MRAcquisitionType {name}: shape {image.shape}, axes {''.join(nibabel.aff2axcodes(image.affine))}")
print("3D is nibabel's closest canonical form of 2D:", same)
raise SystemExit(0 if two.shape == (COLUMNS, ROWS, SLICES) and three.shape == (COLUMNS, SLICES, ROWS) and same else 1)
PY

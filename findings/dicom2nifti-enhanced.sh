#!/usr/bin/env bash
# dicom2nifti reads an enhanced multi-frame CT without its slope and intercept, which such files have in their functional
# groups: air of -1024 HU comes out as 0. The same voxels in one file for each slice are scaled.
# Exits 0 while dicom2nifti 2.6.2 does so, 1 when it does something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q dicom2nifti==2.6.2 pydicom==3.0.2 nibabel==5.4.2 numpy==2.4.6
cd "$folder"
mkdir enhanced classic
venv/bin/python - <<'PY'
import dicom2nifti, nibabel, numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import CTImageStorage, EnhancedCTImageStorage, ExplicitVRLittleEndian, generate_uid

COUNT, SIZE = 6, 16
stored = (np.arange(COUNT)[:, None, None] * 100 + np.zeros((1, SIZE, SIZE))).astype("<u2")
study, frame = generate_uid(), generate_uid()


def of(**fields):
    item = Dataset()
    for name, value in fields.items(): setattr(item, name, value)
    return item


def one(**fields): return Sequence([of(**fields)])


def image(sop_class, series, pixels):
    data = of(
        SOPClassUID=sop_class, SOPInstanceUID=generate_uid(), StudyInstanceUID=study, SeriesInstanceUID=series, FrameOfReferenceUID=frame,
        Modality="CT", PatientName="A^B", PatientID="1", SeriesNumber=1, InstanceNumber=1, Manufacturer="SYNTHETIC", ImageType=["ORIGINAL", "PRIMARY", "VOLUME", "NONE"],
        Rows=SIZE, Columns=SIZE, SamplesPerPixel=1, PhotometricInterpretation="MONOCHROME2", PixelRepresentation=0,
        BitsAllocated=16, BitsStored=12, HighBit=11, PixelData=pixels.tobytes())
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return data


data = image(EnhancedCTImageStorage, generate_uid(), stored)
data.NumberOfFrames = COUNT
data.SharedFunctionalGroupsSequence = one(
    PlaneOrientationSequence=one(ImageOrientationPatient=[1, 0, 0, 0, 1, 0]),
    PixelMeasuresSequence=one(PixelSpacing=[2, 2], SliceThickness=3),
    PixelValueTransformationSequence=one(RescaleIntercept=-1024, RescaleSlope=1, RescaleType="HU"))
data.PerFrameFunctionalGroupsSequence = Sequence([
    of(PlanePositionSequence=one(ImagePositionPatient=[0, 0, 3 * k]), FrameContentSequence=one(StackID="1", InStackPositionNumber=k + 1, DimensionIndexValues=[1, k + 1]))
    for k in range(COUNT)])
data.save_as("enhanced/a.dcm", enforce_file_format=True)

series = generate_uid()
for k in range(COUNT):
    data = image(CTImageStorage, series, stored[k])
    data.InstanceNumber, data.ImagePositionPatient, data.ImageOrientationPatient = k + 1, [0, 0, 3 * k], [1, 0, 0, 0, 1, 0]
    data.PixelSpacing, data.SliceThickness, data.RescaleIntercept, data.RescaleSlope = [2, 2], 3, -1024, 1
    data.save_as(f"classic/{k}.dcm", enforce_file_format=True)

lowest = {}
for name in ("classic", "enhanced"):
    dicom2nifti.dicom_series_to_nifti(name, f"{name}.nii.gz", reorient_nifti=False)
    lowest[name] = float(np.asarray(nibabel.load(f"{name}.nii.gz").dataobj).min())
print("dicom2nifti 2.6.2, the least value of the same CT (-1024 HU)")
print("a file for each slice:", lowest["classic"])
print("one file of frames:   ", lowest["enhanced"])
raise SystemExit(0 if lowest == {"classic": -1024, "enhanced": 0} else 1)
PY

#!/usr/bin/env bash
# dcmqi's itkimage2segimage numbers segments by the labels that occur in the image, in ascending order: where an organ of
# the JSON has no voxel, its segment is left out without a word and all later ones move up. So SegmentNumber 2 is another
# organ from one patient of a cohort to the next: segments must be matched by their codes, never by number.
# Exits 0 while dcmqi 1.5.7 does so, 1 when it does something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q dcmqi==1.5.7 SimpleITK==2.5.7 pydicom==3.0.2 numpy==2.4.6
cd "$folder"
mkdir scan
PATH="$folder/venv/bin:$PATH" venv/bin/python - <<'PY'
import json, subprocess
import numpy as np, pydicom, SimpleITK as sitk
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

SLICES, SIZE = 6, 16
study, series, frame = generate_uid(), generate_uid(), generate_uid()
for k in range(SLICES):
    data = pydicom.dataset.FileDataset(None, {}, file_meta=pydicom.dataset.FileMetaDataset(), preamble=bytes(128))
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, generate_uid()
    data.StudyInstanceUID, data.SeriesInstanceUID, data.FrameOfReferenceUID = study, series, frame
    data.PatientName, data.PatientID, data.PatientBirthDate, data.PatientSex = "A^B", "1", "", ""
    data.StudyDate, data.StudyTime, data.StudyID, data.AccessionNumber, data.ReferringPhysicianName = "20200101", "000000", "1", "", ""
    data.Modality, data.SeriesNumber, data.InstanceNumber, data.PositionReferenceIndicator = "CT", 1, k + 1, ""
    data.ImageOrientationPatient, data.ImagePositionPatient = [1, 0, 0, 0, 1, 0], [0, 0, 3 * k]
    data.PixelSpacing, data.SliceThickness = [2, 2], 3
    data.Rows = data.Columns = SIZE
    data.SamplesPerPixel, data.PhotometricInterpretation, data.PixelRepresentation = 1, "MONOCHROME2", 0
    data.BitsAllocated, data.BitsStored, data.HighBit, data.RescaleSlope, data.RescaleIntercept = 16, 12, 11, 1, 0
    data.PixelData = bytes(2 * SIZE * SIZE)
    data.save_as(f"scan/{k:02}.dcm", enforce_file_format=True)


def code(value, meaning): return {"CodeValue": value, "CodingSchemeDesignator": "SCT", "CodeMeaning": meaning}


def segment(label, value, meaning):
    return {"labelID": label, "SegmentDescription": meaning, "SegmentLabel": meaning, "SegmentAlgorithmType": "AUTOMATIC", "SegmentAlgorithmName": "n",
            "SegmentedPropertyCategoryCodeSequence": code("123037004", "Anatomical Structure"), "SegmentedPropertyTypeCodeSequence": code(value, meaning)}


organs = [segment(1, "10200004", "Liver"), segment(2, "64033007", "Kidney"), segment(3, "78961009", "Spleen")]
json.dump({"ContentCreatorName": "A", "ClinicalTrialSeriesID": "1", "ClinicalTrialTimePointID": "1", "SeriesDescription": "s", "SeriesNumber": "300",
           "InstanceNumber": "1", "segmentAttributes": [organs]}, open("organs.json", "w"))


def write(name, present):
    labels = np.zeros((SLICES, SIZE, SIZE), np.uint8)
    for label in present:
        labels[1:5, 4 * label - 2:4 * label + 1, 4:10] = label
    image = sitk.GetImageFromArray(labels)
    image.SetSpacing((2, 2, 3))
    sitk.WriteImage(image, f"{name}.nii.gz")
    done = subprocess.run(["itkimage2segimage", "--inputImageList", f"{name}.nii.gz", "--inputDICOMDirectory", "scan", "--inputMetadata", "organs.json",
                           "--outputDICOM", f"{name}.dcm"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    found = {int(s.SegmentNumber): str(s.SegmentLabel) for s in pydicom.dcmread(f"{name}.dcm").SegmentSequence}
    print(f"{name}: {found}")
    return found


print("dcmqi 1.5.7, one JSON of three organs")
raise SystemExit(0 if write("all", [1, 2, 3]) == {1: "Liver", 2: "Kidney", 3: "Spleen"} and write("nephrectomy", [1, 3]) == {1: "Liver", 2: "Spleen"} else 1)
PY

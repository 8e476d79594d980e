#!/usr/bin/env bash
# dcm2niix decodes lossless JPEG (process 14) of signed 16-bit CT wrongly where the predictor is 6: thousands of voxels are
# off by up to tens of thousands, with exit status 0. The same bits declared unsigned come out right.
# Exits 0 while dcm2niix 1.0.20260724 does so, 1 when it does something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q dcm2niix==1.0.20260724 pydicom==3.0.2 nibabel==5.4.2 numpy==2.4.6 imagecodecs==2026.3.6
cd "$folder"
venv/bin/python - <<'PY'
import glob, os, subprocess
import imagecodecs, nibabel, numpy as np, pydicom
from pydicom.encaps import encapsulate
from pydicom.uid import CTImageStorage, JPEGLossless, generate_uid

SIZE, SLICES = 64, 4
noise = np.random.default_rng(1)
y, x = np.mgrid[:SIZE, :SIZE]
body = np.where((x - 32) ** 2 + (y - 32) ** 2 < 400, 60, -1000)
volume = (body + noise.integers(-20, 20, (SLICES, SIZE, SIZE))).astype(np.int16)


def predictor(stream):
    """Of the scan's header: marker FFDA, length, components, one selector and table, then the predictor (ITU-T T.81, B.2.3)."""
    return stream[stream.index(b"\xff\xda") + 7]


def convert(name, signed):
    os.makedirs(name)
    study, series, frame = generate_uid(), generate_uid(), generate_uid()
    used = set()
    for k in range(SLICES):
        stored = volume[k].view(np.uint16) if signed else (volume[k] + 2000).astype(np.uint16)
        stream = imagecodecs.ljpeg_encode(stored, bitspersample=16)
        assert np.array_equal(imagecodecs.ljpeg_decode(stream), stored)
        used.add(predictor(stream))
        data = pydicom.dataset.FileDataset(None, {}, file_meta=pydicom.dataset.FileMetaDataset(), preamble=bytes(128))
        data.file_meta.TransferSyntaxUID = JPEGLossless
        data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, generate_uid()
        data.StudyInstanceUID, data.SeriesInstanceUID, data.FrameOfReferenceUID = study, series, frame
        data.PatientName, data.PatientID, data.Modality, data.Manufacturer = "A^B", "1", "CT", "SYNTHETIC"
        data.SeriesNumber, data.InstanceNumber, data.StudyDate, data.StudyTime = 1, k + 1, "20200101", "000000"
        data.ImageOrientationPatient, data.ImagePositionPatient = [1, 0, 0, 0, 1, 0], [0, 0, 3 * k]
        data.PixelSpacing, data.SliceThickness = [2, 2], 3
        data.Rows = data.Columns = SIZE
        data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
        data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, int(signed)
        data.RescaleSlope, data.RescaleIntercept = 1, 0 if signed else -2000
        data.PixelData = encapsulate([stream])
        data["PixelData"].is_undefined_length = True
        data.save_as(f"{name}/{k:02}.dcm", enforce_file_format=True)
    subprocess.run(["venv/bin/dcm2niix", "-b", "n", "-f", "a", name], check=True, capture_output=True)
    got = np.asarray(nibabel.load(*glob.glob(f"{name}/*.nii*")).dataobj)
    error = np.abs(got.astype(int) - volume.transpose(2, 1, 0)[:, ::-1].astype(int))
    print(f"{name}: predictor {used}, {np.count_nonzero(error)} of {error.size} voxels off, at most by {error.max()}")
    return np.count_nonzero(error)


print("dcm2niix 1.0.20260724, lossless JPEG, 16 bits")
raise SystemExit(0 if convert("unsigned", False) == 0 and convert("signed", True) > 0 else 1)
PY

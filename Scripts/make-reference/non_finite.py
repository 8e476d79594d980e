#!/usr/bin/env python3
"""What nnU-Net makes of images with NaN and infinity: Tests/Fixtures/reference/non-finite.

Run: non_finite.py FIXTURES/reference/v2 OUT_DIR   (needs the environment of Scripts/referee)

Each case takes the model and the image of a reference case, sets some voxels, writes the image as float32 in one of
the formats and predicts with float32 accumulators. OUT_DIR gets NAME.nii.gz, the labels, and cases.json.
"""
import gzip
import json
import os
import shutil
import sys
import tempfile
import types
import zipfile
from pathlib import Path

os.environ.update(nnUNet_raw="/nowhere", nnUNet_preprocessed="/nowhere", nnUNet_results="/nowhere")
import nibabel
import numpy as np
import SimpleITK as sitk
import torch

sys.modules["nnunetv2.training.nnUNetTrainer.primus.primus_trainers"] = types.ModuleType("primus_trainers")
from accumulators import float32_accumulators
from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor

NAN, INF = float("nan"), float("inf")
# name: model, ending, slope and intercept, reader, {x y z: value}
CASES = {
    "nifti-scaled": ("odd_sizes", ".nii.gz", (2, -1000), None, {(3, 4, 5): NAN, (20, 10, 9): INF, (30, 20, 15): -INF}),
    "nifti-plain": ("odd_sizes", ".nii.gz", (1, 0), None, {(3, 4, 5): NAN, (20, 10, 9): INF, (30, 20, 15): -INF}),
    "nrrd-resampled": ("odd_sizes", ".nrrd", (1, 0), None, {(3, 4, 5): NAN}),
    "nrrd-infinite": ("odd_sizes", ".nrrd", (1, 0), None, {(20, 10, 9): INF, (30, 20, 15): -INF}),
    "nrrd-in-one-patch": ("no_resampling", ".nrrd", (1, 0), None, {(1, 2, 1): NAN}),
    "meta-infinite": ("no_resampling", ".mha", (1, 0), None, {(1, 2, 1): INF, (20, 20, 10): -INF}),
    "meta-torch": ("torch_resampling", ".mha", (1, 0), None, {(2, 3, 2): NAN}),
    "nibabel-scaled": ("no_resampling", ".nii.gz", (2, -1000), "NibabelIO", {(26, 2, 1): NAN}),
    "nibabel-infinite": ("odd_sizes", ".nii.gz", (1, 0), "NibabelIO", {(20, 10, 9): INF, (30, 20, 15): -INF}),
}


def write(path, source, values, slope, intercept, ending):
    image = sitk.ReadImage(str(source))
    voxels = ((sitk.GetArrayFromImage(image).astype(np.float64) - intercept) / slope).astype(np.float32)
    for (x, y, z), value in values.items():
        voxels[z, y, x] = value
    if ending == ".nii.gz":
        header = bytearray(gzip.decompress(source.read_bytes())[:352])
        header[70:74] = np.array([16, 32], "<i2").tobytes()
        header[108:120] = np.array([352, slope, intercept], "<f4").tobytes()
        path.write_bytes(gzip.compress(bytes(header) + voxels.tobytes(), 1, mtime=0))
        return
    result = sitk.GetImageFromArray(voxels)
    result.CopyInformation(image)
    sitk.WriteImage(result, str(path))


def main(references, out):
    out.mkdir(parents=True, exist_ok=True)
    rows = []
    torch.set_num_threads(1)
    for name, (model, ending, (slope, intercept), reader, values) in CASES.items():
        work = Path(tempfile.mkdtemp())
        with zipfile.ZipFile(references / model / "model.zip") as archive:
            archive.extractall(work / "model")
        [plans] = (work / "model").rglob("plans.json")
        dataset = json.loads((plans.parent / "dataset.json").read_text())
        written = json.loads(plans.read_text())
        if reader:
            written["image_reader_writer"] = reader
            plans.write_text(json.dumps(written))
        dataset["file_ending"] = ending
        (plans.parent / "dataset.json").write_text(json.dumps(dataset))
        image = work / f"image_0000{ending}"
        write(image, references / model / "image_0000.nii.gz", values, slope, intercept, ending)
        predictor = nnUNetPredictor(perform_everything_on_device=False, device=torch.device("cpu"), allow_tqdm=False)
        predictor.initialize_from_trained_model_folder(str(plans.parent), None, "checkpoint_final.pth")
        with float32_accumulators():
            predictor.predict_from_files_sequential([[str(image)]], [str(work / "out")], False, True, None)
        labels = sitk.ReadImage(str(work / f"out{ending}"))
        array = sitk.GetArrayFromImage(labels).astype(np.uint8)
        plain = nibabel.Nifti1Image(array.transpose(2, 1, 0), np.eye(4))
        (out / f"{name}.nii.gz").write_bytes(gzip.compress(plain.to_bytes(), 9, mtime=0))
        rows.append({"name": name, "model": model, "ending": ending, "slope": slope, "intercept": intercept,
                     "reader": reader, "voxels": [[*xyz, str(v)] for xyz, v in values.items()]})
        print(name, dict(zip(*map(lambda a: a.tolist(), np.unique(array, return_counts=True)))))
        shutil.rmtree(work)
    (out / "cases.json").write_text("[\n" + ",\n".join(map(json.dumps, rows)) + "\n]\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

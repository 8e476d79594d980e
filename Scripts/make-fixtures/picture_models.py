"""Small models for pictures, TIFF volumes, NRRD and GIPL, with the real nnU-Net's answers: Tests/Fixtures/formats/CASE/.

Run: python3 picture_models.py OUTPUT_DIR   (needs nnunetv2 2.8)

Each case has model.zip (random weights, seeded), the image files, and answer.npz: `exact`, the label map of
nnU-Net's own prediction with float32 accumulators, and `own`, with its float16 ones; both (z, y, x).
"""
import json
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

work = Path(tempfile.mkdtemp())
for name in ("raw", "pre", "results"):
    (work / name).mkdir()
os.environ.update(nnUNet_raw=f"{work}/raw", nnUNet_preprocessed=f"{work}/pre", nnUNet_results=f"{work}/results",
                  nnUNet_def_n_proc="1", nnUNet_n_proc_DA="1")
import numpy as np
import SimpleITK as sitk
import tifffile
import torch
from scipy.ndimage import gaussian_filter
from skimage import io

import nnunetv2.training.nnUNetTrainer.nnUNetTrainer as trainer_module
from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor

sys.path.append(str(Path(__file__).parents[1] / "make-reference"))
from accumulators import float32_accumulators

trainer_module.infer_dataset_class = lambda folder: None  # nothing is trained
torch.set_num_threads(1)
out = Path(sys.argv[1])


def plans(name, reader, patch, spacing, schemes):
    axes = len(patch)
    op, norm = f"torch.nn.modules.conv.Conv{axes}d", f"torch.nn.modules.instancenorm.InstanceNorm{axes}d"
    resample = lambda seg, order: {"is_seg": seg, "order": order, "order_z": 0, "force_separate_z": None}
    configuration = {
        "data_identifier": "x", "preprocessor_name": "DefaultPreprocessor", "batch_size": 2, "patch_size": patch,
        "median_image_size_in_voxels": patch, "spacing": spacing, "normalization_schemes": schemes,
        "use_mask_for_norm": [False] * len(schemes),
        "resampling_fn_data": "resample_data_or_seg_to_shape", "resampling_fn_data_kwargs": resample(False, 3),
        "resampling_fn_seg": "resample_data_or_seg_to_shape", "resampling_fn_seg_kwargs": resample(True, 1),
        "resampling_fn_probabilities": "resample_data_or_seg_to_shape",
        "resampling_fn_probabilities_kwargs": resample(False, 1), "batch_dice": True,
        "architecture": {
            "network_class_name": "dynamic_network_architectures.architectures.unet.PlainConvUNet",
            "_kw_requires_import": ["conv_op", "norm_op", "dropout_op", "nonlin"],
            "arch_kwargs": {
                "n_stages": 2, "features_per_stage": [8, 16], "conv_op": op, "kernel_sizes": [[3] * axes] * 2,
                "strides": [[1] * axes, [2] * axes], "n_conv_per_stage": [1, 1], "n_conv_per_stage_decoder": [1],
                "conv_bias": True, "norm_op": norm, "norm_op_kwargs": {"eps": 1e-5, "affine": True}, "dropout_op": None,
                "dropout_op_kwargs": None, "nonlin": "torch.nn.LeakyReLU", "nonlin_kwargs": {"inplace": True}}}}
    return {
        "dataset_name": name, "plans_name": "nnUNetPlans", "original_median_spacing_after_transp": [1.0, 1.0, 1.0],
        "original_median_shape_after_transp": [1, 40, 40], "image_reader_writer": reader,
        "transpose_forward": [0, 1, 2], "transpose_backward": [0, 1, 2],
        "configurations": {"2d" if axes == 2 else "3d_fullres": configuration},
        "experiment_planner_used": "ExperimentPlanner", "label_manager": "LabelManager",
        "foreground_intensity_properties_per_channel": {
            str(c): {"max": 255.0, "mean": 120.0, "median": 120.0, "min": 0.0, "percentile_00_5": 5.0,
                     "percentile_99_5": 250.0, "std": 50.0} for c in range(len(schemes))}}


def smooth(shape, rng):
    values = gaussian_filter(rng.normal(size=shape), 2)
    return (values - values.min()) / (values.max() - values.min())


def case(name, number, reader, ending, patch, spacing, schemes, write, read):
    folder = out / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rng = np.random.default_rng(number)
    files = write(folder, rng)
    dataset = {"channel_names": {str(c): f"channel {c}" for c in range(len(schemes))},
               "labels": {"background": 0, "cell": 1, "wall": 2}, "numTraining": 1, "file_ending": ending}
    own = plans(f"Dataset{number}_{name}", reader, patch, spacing, schemes)
    configuration = next(iter(own["configurations"]))
    model = work / "results" / own["dataset_name"] / f"nnUNetTrainer__nnUNetPlans__{configuration}"
    torch.manual_seed(number)
    trainer = trainer_module.nnUNetTrainer({**own, "continue_training": False}, configuration, 0, dataset,
                                           device=torch.device("cpu"))
    trainer.initialize()
    with torch.no_grad():
        for key, weight in trainer.network.named_parameters():
            if weight.ndim == 1:
                weight.add_(torch.randn_like(weight) * .2)
            elif "seg_layers" in key:
                weight.mul_(12)
        trainer.network.eval()
        y = trainer.network(torch.randn(1, len(schemes), *patch))
        y = y[0] if isinstance(y, (list, tuple)) else y
        trainer.network.decoder.seg_layers[-1].bias -= y.flatten(2).mean((0, 2))
    trainer.inference_allowed_mirroring_axes = tuple(range(len(patch)))
    (model / "fold_0").mkdir(parents=True, exist_ok=True)
    trainer.save_checkpoint(str(model / "fold_0" / "checkpoint_final.pth"))
    # What training alone needs.
    checkpoint = torch.load(model / "fold_0" / "checkpoint_final.pth", weights_only=False)
    checkpoint["optimizer_state"] = {}
    torch.save(checkpoint, model / "fold_0" / "checkpoint_final.pth")
    (model / "plans.json").write_text(json.dumps(own))
    (model / "dataset.json").write_text(json.dumps(dataset))
    predictor = nnUNetPredictor(perform_everything_on_device=False, device=torch.device("cpu"), allow_tqdm=False)
    predictor.initialize_from_trained_model_folder(str(model), (0,), "checkpoint_final.pth")
    answers = work / "answers"
    answers.mkdir(exist_ok=True)
    predictor.predict_from_files_sequential([files], [str(answers / "own")], False, True, None)
    with float32_accumulators():
        predictor.predict_from_files_sequential([files], [str(answers / "exact")], False, True, None)
    labels = {key: read(answers / (key + ending)).astype(np.uint8) for key in ("own", "exact")}
    np.savez_compressed(folder / "answer.npz", **labels)
    with zipfile.ZipFile(folder / "model.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(model.rglob("*")):
            if file.is_file() and file.suffix in (".json", ".pth") and file.name != "debug.json":
                archive.write(file, file.relative_to(work / "results"))
    print(name, labels["exact"].shape, np.bincount(labels["exact"].ravel()), "float16 changes",
          int((labels["own"] != labels["exact"]).sum()), (folder / "model.zip").stat().st_size, "bytes")


def write_png(folder, rng):
    picture = (255 * np.stack([smooth((45, 61), rng) for _ in range(3)], -1)).astype(np.uint8)
    io.imsave(folder / "a_0000.png", picture, check_contrast=False)
    return [str(folder / "a_0000.png")]


def write_tif(folder, rng):
    tifffile.imwrite(folder / "a_0000.tif", (60000 * smooth((14, 30, 33), rng)).astype(np.uint16),
                     photometric="minisblack", compression="zlib")
    (folder / "a.json").write_text(json.dumps({"spacing": [2.0, 0.8, 0.9]}))
    return [str(folder / "a_0000.tif")]


def write_nrrd(folder, rng):
    image = sitk.GetImageFromArray((1000 * smooth((14, 30, 33), rng) - 500).astype(np.int16))
    image.SetSpacing((0.9, 0.8, 2.0))
    image.SetOrigin((-31.5, 12.25, 7))
    image.SetDirection((0.8, -0.6, 0, 0.6, 0.8, 0, 0, 0, -1))
    sitk.WriteImage(image, str(folder / "a_0000.nrrd"), True)
    return [str(folder / "a_0000.nrrd")]


def write_gipl(folder, rng):
    image = sitk.GetImageFromArray((1000 * smooth((14, 30, 33), rng) - 500).astype(np.int16))
    image.SetSpacing((0.9, 0.8, 2.0))
    image.SetOrigin((-31.5, 12.25, 7))
    sitk.WriteImage(image, str(folder / "a_0000.gipl"))
    return [str(folder / "a_0000.gipl")]


case("png", 921, "NaturalImage2DIO", ".png", [32, 32], [1.0, 1.0], ["ZScoreNormalization"] * 3, write_png,
     lambda path: io.imread(path)[None])
case("tif", 922, "Tiff3DIO", ".tif", [16, 16, 16], [1.5, 1.0, 1.0], ["ZScoreNormalization"], write_tif,
     lambda path: tifffile.imread(path))
case("nrrd", 923, "SimpleITKIO", ".nrrd", [16, 16, 16], [1.5, 1.0, 1.0], ["CTNormalization"], write_nrrd,
     lambda path: sitk.GetArrayFromImage(sitk.ReadImage(path)))
case("gipl", 924, "SimpleITKIO", ".gipl", [16, 16, 16], [1.5, 1.0, 1.0], ["CTNormalization"], write_gipl,
     lambda path: sitk.GetArrayFromImage(sitk.ReadImage(path)))
shutil.rmtree(work)

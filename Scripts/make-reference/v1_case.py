#!/usr/bin/env python3
"""Build one nnU-Net v1 model folder with the real nnunet 1.7.1, run its real prediction, keep every intermediate.

Usage: v1_case.py NAME|CASE.json OUT_DIR   (NAME: of cases.py; needs the environment of Scripts/referee)

OUT_DIR gets what v2_case.py writes, with v1's layout in model.zip (3d_fullres/TaskXXX_Name/Trainer__Plans/...):
  preprocessed.npy      float32 (c,z,y,x); for a cascade the previous stage's one-hot labels follow the images
  softmax.npy           float32 (classes,z,y,x) mean over folds, on the preprocessed grid (v1 averages softmax, not logits)
  probabilities.npz     what --save_npz writes: float16 softmax on the input grid
  segmentation.nii.gz   the final label map (v1 accumulates in float32 on the CPU, so this is the exact answer too)
  members/, ensemble.nii.gz, ensemble_pp.nii.gz: for cases with "ensemble" (post-processing), what nnUNet_ensemble makes of
                        the predictions of each fold
"legacy_checkpoint": true writes the pre-1.6 torch format (no zip), as the older published weights use.
"""
import json, os, shutil, sys, tempfile, time, zipfile
from pathlib import Path
import cases
spec = json.loads(Path(sys.argv[1]).read_text()) if sys.argv[1].endswith(".json") else cases.V1[sys.argv[1]]; out = Path(sys.argv[2]); out.mkdir(parents=True, exist_ok=True)
work = Path(tempfile.mkdtemp())
os.environ.update(nnUNet_raw_data_base=f"{work}/raw", nnUNet_preprocessed=f"{work}/pre", RESULTS_FOLDER=f"{work}/results")
for d in ("raw", "pre", "results"): (work / d).mkdir()
import numpy as np, torch, SimpleITK as sitk
from collections import OrderedDict
from batchgenerators.utilities.file_and_folder_operations import save_pickle
load, save = torch.load, torch.save
torch.load = lambda *a, **k: load(*a, **{"weights_only": False, **k})
torch.save = lambda *a, **k: save(*a, **{**k, "_use_new_zipfile_serialization": not spec.get("legacy_checkpoint", False)})
class Plateau(torch.optim.lr_scheduler.ReduceLROnPlateau):  # the oldest trainers pass what torch no longer takes
    def __init__(self, *a, verbose=None, **k): super().__init__(*a, **k)
torch.optim.lr_scheduler.ReduceLROnPlateau = Plateau
import nnunet
from nnunet.training.model_restore import recursive_find_python_class, load_model_and_checkpoint_files
from nnunet.inference.predict import predict_from_folder

rng = np.random.default_rng(spec["seed"]); torch.manual_seed(spec["seed"]); torch.set_num_threads(1)
def volume(s):
    from scipy.ndimage import gaussian_filter
    v = sum(gaussian_filter(rng.normal(size=s["shape"]), k) * k ** 1.5 for k in (1, 3, 6)); v = v / v.std() * s.get("std", 200) + s.get("mean", 50)
    if s.get("air"):
        a = s["air"]; m = np.zeros(s["shape"], bool); m[a:-a, a:-a, a:-a] = True; v = np.where(m, v, 0)
    return v
n_mod = len(spec["modalities"]); base = volume(spec["image"]); (work / "in").mkdir()
for i in range(n_mod):
    a = np.rint(base * (1 + .3 * i) + i * 40 + rng.normal(0, 15, base.shape) * (base != 0)).astype(spec["image"].get("dtype", "int16"))
    im = sitk.GetImageFromArray(a); im.SetSpacing(spec["image"]["spacing"][::-1]); im.SetOrigin(spec["image"].get("origin", [5., -8., 3.])); im.SetDirection(spec["image"].get("direction", [1, 0, 0, 0, 1, 0, 0, 0, 1]))
    sitk.WriteImage(im, str(out / f"image_{i:04d}.nii.gz")); shutil.copy(out / f"image_{i:04d}.nii.gz", work / "in" / f"image_{i:04d}.nii.gz")

arr = lambda v: np.array(v)
stages = {int(k): {"batch_size": 2, "num_pool_per_axis": s["num_pool_per_axis"], "patch_size": arr(s["patch_size"]), "median_patient_size_in_voxels": arr(s["patch_size"]),
                   "current_spacing": arr(s["spacing"], ), "original_spacing": arr(s["spacing"]), "do_dummy_2D_data_aug": False,
                   **{k: s[k] for k in ("pool_op_kernel_sizes", "conv_kernel_sizes") if k in s}, **s.get("extra", {})} for k, s in spec["stages"].items()}
ip = OrderedDict((i, {"local_props": None, "mean": 60.0 + 30 * i, "median": 70.0, "sd": 190.0 + 40 * i, "mn": -900.0, "mx": 1500.0, "percentile_99_5": 620.0, "percentile_00_5": -450.0}) for i in range(n_mod))
plans = {"num_stages": len(stages), "num_modalities": n_mod, "modalities": dict(enumerate(spec["modalities"])),
         "normalization_schemes": OrderedDict(enumerate(spec["normalization"])), "dataset_properties": {"all_classes": list(range(1, spec["classes"] + 1)), "modalities": dict(enumerate(spec["modalities"])), "intensityproperties": ip if {"CT", "CT2"} & set(spec["normalization"]) else None, "size_reductions": OrderedDict()},
         "list_of_npz_files": [], "original_spacings": [], "original_sizes": [], "preprocessed_data_folder": "", "num_classes": spec["classes"], "all_classes": list(range(1, spec["classes"] + 1)),
         "base_num_features": spec["base_num_features"], "use_mask_for_norm": OrderedDict(enumerate(spec["use_mask_for_norm"])), "keep_only_largest_region": None, "min_region_size_per_class": None, "min_size_per_class": None,
         "transpose_forward": spec.get("transpose_forward", [0, 1, 2]), "transpose_backward": spec.get("transpose_backward", [0, 1, 2]), "data_identifier": "nnUNetData_plans_v2.1", "plans_per_stage": OrderedDict(sorted(stages.items())),
         "preprocessor_name": spec.get("preprocessor", "GenericPreprocessor"), "conv_per_stage": spec.get("conv_per_stage", 2), **spec.get("plans", {})}
if spec.get("blocks"):
    for k, s in plans["plans_per_stage"].items(): s.update(num_blocks_encoder=spec["blocks"], num_blocks_decoder=[1] * (len(spec["blocks"]) - 1))

def build(model, trainer_name, stage, seed):
    cls = recursive_find_python_class([os.path.join(nnunet.__path__[0], "training", "network_training")], trainer_name, "nnunet.training.network_training")
    d = work / "results" / "nnUNet" / model / spec["task"] / f"{trainer_name}__nnUNetPlansv2.1"; d.mkdir(parents=True)
    save_pickle(plans, str(d / "plans.pkl"))
    (work / "pre" / spec["task"]).mkdir(parents=True, exist_ok=True)
    for k, fold in enumerate(spec["folds"]):
        torch.manual_seed(seed + k); (d / ("all" if fold == "all" else f"fold_{fold}")).mkdir()
        t = cls(str(d / "plans.pkl"), fold, str(d), str(work / "pre" / spec["task"]), batch_dice=True, stage=stage, unpack_data=True, deterministic=False, fp16=True,
                **({"previous_trainer": spec["trainer"]} if "CascadeFullRes" in trainer_name else {}))
        t.initialize(False)
        with torch.no_grad():
            for n, w in t.network.named_parameters():
                if w.ndim == 1 or w.numel() == w.shape[1] > 1: w.add_(torch.randn_like(w) * .2)
                elif "seg_outputs" in n or "segmentation_output" in n or "deep_supervision" in n: w.sub_(w.mean(1, keepdim=True)).mul_(spec.get("head_scale", 12.0))  # no class wins everywhere
        for n, w in t.network.named_buffers():
            if "running_mean" in n: w.add_(torch.randn_like(w) * .2)
            elif "running_var" in n: w.mul_(torch.rand_like(w) + .5)
        if t.optimizer is None: t.initialize_optimizer_and_scheduler()
        name = str(d / ("all" if fold == "all" else f"fold_{fold}") / "model_final_checkpoint.model"); t.save_checkpoint(name)
    return d
t0 = time.time()
model = spec["model"]; lo = None
if model == "3d_cascade_fullres":
    lo = build("3d_lowres", spec["trainer"], 0, spec["seed"] + 100); stage = 1; final_trainer = spec.get("cascade_trainer", spec["trainer"] + "CascadeFullRes")
else: stage = max(stages) if model != "3d_lowres" else 0; final_trainer = spec["trainer"]
if len(stages) == 1: stage = 0
d = build(model, final_trainer, stage, spec["seed"])
if "postprocessing" in spec: (d / "postprocessing.json").write_text(json.dumps(spec["postprocessing"]))
def run(folder, o, seg_from=None, folds=None):
    predict_from_folder(str(folder), str(work / "in"), str(o), "all" if spec["folds"] == ["all"] else folds, save_npz=True, num_threads_preprocessing=1,
                        num_threads_nifti_save=1, lowres_segmentations=seg_from, part_id=0, num_parts=1, tta=spec.get("mirroring", True), mixed_precision=False,
                        overwrite_existing=True, mode="normal", overwrite_all_in_gpu=None, step_size=spec.get("step_size", .5), checkpoint_name="model_final_checkpoint")
prev = None
if lo:
    run(lo, work / "prev"); prev = str(work / "prev"); shutil.copy(work / "prev" / "image.nii.gz", out / "previous_stage.nii.gz")
run(d, work / "o", prev)
shutil.copy(work / "o" / "image.nii.gz", out / "segmentation.nii.gz")
if "ensemble" in spec:  # each fold by itself, then their mean, as nnUNet_ensemble has it
    from nnunet.inference.ensemble_predictions import merge
    members = [out / "members" / f"fold_{f}" for f in spec["folds"]]
    for member, fold in zip(members, spec["folds"]):
        run(d, member, prev, [fold])
        for file in ("plans.pkl", "prediction_time.txt", "postprocessing.json"): (member / file).unlink(missing_ok=True)
    merge([str(m) for m in members], str(work / "e"), 1); shutil.copy(work / "e" / "image.nii.gz", out / "ensemble.nii.gz")
    (out / "ensemble_postprocessing.json").write_text(json.dumps(spec["ensemble"]))
    merge([str(m) for m in members], str(work / "p"), 1, postprocessing_file=str(out / "ensemble_postprocessing.json"))
    shutil.copy(work / "p" / "image.nii.gz", out / "ensemble_pp.nii.gz")
if "probabilities" in spec.get("keep", []): shutil.copy(work / "o" / "image.npz", out / "probabilities.npz")
trainer, params = load_model_and_checkpoint_files(str(d), "all" if spec["folds"] == ["all"] else None, mixed_precision=False, checkpoint_name="model_final_checkpoint")
x, s, props = trainer.preprocess_patient([str(out / f"image_{i:04d}.nii.gz") for i in range(n_mod)])
if lo:
    from batchgenerators.augmentations.utils import resize_segmentation
    prev_seg = sitk.GetArrayFromImage(sitk.ReadImage(str(out / "previous_stage.nii.gz"))).transpose(plans["transpose_forward"])
    prev_seg = resize_segmentation(prev_seg, x.shape[1:], order=1)
    x = np.vstack((x, np.stack([(prev_seg == c).astype(x.dtype) for c in range(1, spec["classes"] + 1)])))
np.save(out / "preprocessed.npy", x.astype(np.float32))
softmax = 0
for p in params:
    trainer.load_checkpoint_ram(p, False)
    softmax = softmax + trainer.predict_preprocessed_data_return_seg_and_softmax(x, do_mirroring=spec.get("mirroring", True), mirror_axes=trainer.data_aug_params["mirror_axes"],
        use_sliding_window=True, step_size=spec.get("step_size", .5), use_gaussian=True, all_in_gpu=False, mixed_precision=False)[1] / len(params)
np.save(out / "softmax.npy", np.asarray(softmax, np.float32))
with zipfile.ZipFile(out / "model.zip", "w", zipfile.ZIP_DEFLATED) as z:
    for f in sorted((work / "results" / "nnUNet").rglob("*")):
        if f.is_file() and "training_log" not in f.name and f.name != "debug.json": z.write(f, f.relative_to(work / "results" / "nnUNet"))
import importlib.metadata as md
g = sitk.GetArrayFromImage(sitk.ReadImage(str(out / "segmentation.nii.gz"))); u, c = np.unique(g, return_counts=True)
(out / "case.json").write_text(json.dumps({"spec": spec, "versions": {k: md.version(k) for k in ("nnunet", "torch", "numpy", "scipy", "scikit-image", "SimpleITK")}, "voxels_per_label": dict(zip(map(int, u), map(int, c))), "preprocessed_shape": list(x.shape)}, indent=1))
print(out.name, "labels", dict(zip(u.tolist(), c.tolist())), "pre", x.shape, f"{time.time()-t0:.1f}s"); shutil.rmtree(work)

#!/usr/bin/env python3
"""Build one nnU-Net v2 model folder with the real nnunetv2, run its real prediction, keep every intermediate.

Usage: v2_case.py NAME|CASE.json OUT_DIR   (NAME: of cases.py; needs the environment of Scripts/referee)

OUT_DIR gets
  model.zip             what nnUNetv2_export_model_to_zip ships (DatasetXXX_Name/Trainer__Plans__Config/...)
  image_0000.nii.gz ... the input channels
  preprocessed.npy      float32 (c,z,y,x) after transpose, crop, normalisation, resampling
  logits.npy            float32 (classes,z,y,x) sliding-window logits on the preprocessed grid, mean over folds,
                        accumulated in float32: nnU-Net itself accumulates in float16, which costs it about 3 digits
  probabilities.npz     what --save_probabilities writes (softmax/sigmoid on the input grid)
  segmentation.nii.gz   nnU-Net's own final label map; segmentation_pp.nii.gz too if the case has post-processing
  exact.nii.gz          the label map of the same run with float32 accumulators: what an exact engine must reproduce;
                        exact_pp.nii.gz too if the case has post-processing
  ensemble.nii.gz       for cases with "ensemble": what nnUNetv2_ensemble makes of the named configurations, with
                        their predictions in members/CONFIGURATION/ and the same after post-processing in ensemble_pp.nii.gz
  case.json             the spec, the library versions, seconds taken
The previous stage of a cascade is predicted with float32 accumulators, too. Files that "keep" does not name are left
out where they are large.
"""
import json, os, shutil, sys, tempfile, time, zipfile
from copy import deepcopy
from pathlib import Path

import cases
spec = json.loads(Path(sys.argv[1]).read_text()) if sys.argv[1].endswith(".json") else cases.V2[sys.argv[1]]; out = Path(sys.argv[2]); out.mkdir(parents=True, exist_ok=True)
work = Path(tempfile.mkdtemp()); [(work / d).mkdir() for d in ("raw", "pre", "results")]
os.environ.update(nnUNet_raw=f"{work}/raw", nnUNet_preprocessed=f"{work}/pre", nnUNet_results=f"{work}/results",
                  nnUNet_def_n_proc="1", nnUNet_n_proc_DA="1")
import numpy as np, torch, SimpleITK as sitk
from batchgenerators.utilities.file_and_folder_operations import save_pickle
from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor
from nnunetv2.inference.export_prediction import convert_predicted_logits_to_segmentation_with_correct_shape
from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer
from accumulators import float32_accumulators
import nnunetv2.training.nnUNetTrainer.nnUNetTrainer as trainer_module
import types  # Primus imports torchvision, whose operators need not fit this torch
sys.modules["nnunetv2.training.nnUNetTrainer.primus.primus_trainers"] = types.ModuleType("primus_trainers")
torch.library.register_fake = lambda *a, **k: lambda f: f
trainer_module.infer_dataset_class = lambda folder: None  # nothing is trained, so there is no preprocessed data set

def volume(s, rng):
    """Smooth random anatomy-like volume, (z,y,x) float; 'air' leaves a zero border so that cropping does something."""
    from scipy.ndimage import gaussian_filter
    v = sum(gaussian_filter(rng.normal(size=s["shape"]), k) * k ** 1.5 for k in (1, 3, 6))
    v = v / v.std() * s.get("std", 200) + s.get("mean", 50)
    if s.get("air"):
        a = s["air"]; m = np.zeros(s["shape"], bool); m[a:-a, a:-a, a:-a] = True; v = np.where(m, v, 0)
    v = np.rint(v) if s.get("integer", True) else v
    return np.clip(v, *s["clip"]) if s.get("clip") else v

def scale(path, s):
    """Sets scl_slope and scl_inter of a written NIfTI file."""
    import gzip, struct
    data = bytearray(gzip.decompress(path.read_bytes())); struct.pack_into("<ff", data, 112, s["slope"], s["intercept"])
    path.write_bytes(gzip.compress(bytes(data), mtime=0))

def image(arr, s):
    im = sitk.GetImageFromArray(arr); im.SetSpacing(s["spacing"][::-1])
    im.SetOrigin(s.get("origin", [-31.5, 12.25, 7.0])); im.SetDirection(s.get("direction", [1, 0, 0, 0, 1, 0, 0, 0, 1])); return im

rng = np.random.default_rng(spec["seed"]); torch.manual_seed(spec["seed"]); torch.set_num_threads(1)
channels = len(spec["dataset"]["channel_names"])
if "image_files" in spec["image"]:
    files = [str((Path(sys.argv[1]).parent / f).resolve()) for f in spec["image"]["image_files"]]
    for i, f in enumerate(files): shutil.copy(f, out / f"image_{i:04d}.nii.gz")
else:
    base = volume(spec["image"], rng)
    for i in range(channels):
        a = base * (1 + .3 * i) + i * 40 + rng.normal(0, 15, base.shape) * (base != 0)
        a = np.rint(a) if spec["image"].get("integer", True) else a
        a = np.clip(a, *spec["image"]["clip"]) if spec["image"].get("clip") else a
        if i in spec["image"].get("zero_channels", []): a = a * 0
        if "slope" in spec["image"]: a = (a - spec["image"]["intercept"]) / spec["image"]["slope"]
        sitk.WriteImage(image(a.astype(spec["image"].get("stored", spec["image"].get("dtype", "int16"))), spec["image"]), str(out / f"image_{i:04d}.nii.gz"))
        if "slope" in spec["image"]: scale(out / f"image_{i:04d}.nii.gz", spec["image"])
files = [str(out / f"image_{i:04d}.nii.gz") for i in range(channels)]

def build(configuration, seed):
    """A trainer with random weights saves its own checkpoint, fold by fold."""
    plans = spec["plans"]; name = spec.get("trainer", "nnUNetTrainer"); cls = nnUNetTrainer
    if name != "nnUNetTrainer":
        from nnunetv2.utilities.find_class_by_name import recursive_find_python_class
        import nnunetv2; cls = recursive_find_python_class(os.path.join(nnunetv2.__path__[0], "training", "nnUNetTrainer"), name, "nnunetv2.training.nnUNetTrainer")
    d = work / "results" / plans["dataset_name"] / f"{name}__{plans['plans_name']}__{configuration}"
    for k, fold in enumerate(spec["folds"]):
        torch.manual_seed(seed + k); p = deepcopy(plans); p["continue_training"] = False
        t = cls(p, configuration, fold, deepcopy(spec["dataset"]), device=torch.device("cpu")); t.initialize()
        for n, w in t.network.named_parameters():
            with torch.no_grad():
                if w.ndim == 1: w.add_(torch.randn_like(w) * .2)
                elif "seg_layers" in n: w.mul_(spec.get("head_scale", 12.0))
        for n, w in t.network.named_buffers():
            if "running_mean" in n: w.add_(torch.randn_like(w) * .2)
            elif "running_var" in n: w.mul_(torch.rand_like(w) + .5)
        with torch.no_grad():  # no class wins everywhere: centre the output layer on noise of the patch's size
            c = {"patch_size": t.configuration_manager.patch_size}; x = torch.randn(1, t.num_input_channels, *c["patch_size"])
            t.network.eval(); y = t.network(x); y = y[0] if isinstance(y, (list, tuple)) else y
            t.network.decoder.seg_layers[-1].bias -= y.flatten(2).mean((0, 2))
        if "mirror_axes" in spec: t.inference_allowed_mirroring_axes = spec["mirror_axes"] and tuple(spec["mirror_axes"])
        else: t.inference_allowed_mirroring_axes = tuple(range(len(t.configuration_manager.patch_size)))
        (d / f"fold_{fold}").mkdir(parents=True, exist_ok=True); t.save_checkpoint(str(d / f"fold_{fold}" / "checkpoint_final.pth"))
    clean = {k: v for k, v in plans.items()}
    (d / "plans.json").write_text(json.dumps(clean, indent=4)); (d / "dataset.json").write_text(json.dumps(spec["dataset"], indent=4))
    return d

def exact(run):
    with float32_accumulators(): return run()

def predictor_for(folder):
    p = nnUNetPredictor(tile_step_size=spec.get("tile_step_size", .5), use_gaussian=spec.get("gaussian", True),
                        use_mirroring=spec.get("mirroring", True), perform_everything_on_device=False,
                        device=torch.device("cpu"), verbose=False, allow_tqdm=False)
    p.initialize_from_trained_model_folder(str(folder), tuple(spec.get("predict_folds", spec["folds"])), "checkpoint_final.pth"); return p

final = spec["configuration"]; previous = spec["plans"]["configurations"][final].get("previous_stage"); previous = previous[0] if isinstance(previous, list) else previous
t0 = time.time(); prev_dir = None
if previous:
    lo = build(previous, spec["seed"] + 100); prev_dir = work / "prev"; prev_dir.mkdir()
    exact(lambda: predictor_for(lo).predict_from_files_sequential([files], [str(prev_dir / "image")], False, True, None))
    shutil.copy(prev_dir / "image.nii.gz", out / "previous_stage.nii.gz"); shutil.copy(prev_dir / "image.nii.gz", prev_dir / "exact.nii.gz")
folder = build(final, spec["seed"])
if "postprocessing" in spec:
    from nnunetv2.postprocessing.remove_connected_components import remove_all_but_largest_component_from_segmentation as keep
    save_pickle(([keep] * len(spec["postprocessing"]), spec["postprocessing"]), str(folder / "postprocessing.pkl"))
p = predictor_for(folder)
pre = p.configuration_manager.preprocessor_class(verbose=False)
r = pre.run_case(files, str(prev_dir / "image.nii.gz") if prev_dir else None, p.plans_manager, p.configuration_manager, p.dataset_json)
data, seg, props = r[0], r[1], r[-1]
np.save(out / "preprocessed.npy", np.asarray(data, np.float32))
if prev_dir:
    from nnunetv2.utilities.label_handling.label_handling import convert_labelmap_to_one_hot
    data = np.vstack((data, convert_labelmap_to_one_hot(seg[0], p.label_manager.foreground_labels, data.dtype)))
    np.save(out / "previous_stage_onehot.npy", np.asarray(data[channels:], np.uint8))
logits = exact(lambda: p.predict_logits_from_preprocessed_data(torch.from_numpy(np.asarray(data, np.float32))))
np.save(out / "logits.npy", np.asarray(logits.float().numpy(), np.float32))
t1 = time.time(); tmp = work / "o"; tmp.mkdir()
keeps_probabilities = "probabilities" in spec.get("keep", [])
p.predict_from_files_sequential([files], [str(tmp / "image")], keeps_probabilities, True, str(prev_dir) if prev_dir else None)
shutil.copy(tmp / "image.nii.gz", out / "segmentation.nii.gz")
if keeps_probabilities: shutil.copy(tmp / "image.npz", out / "probabilities.npz")
exact(lambda: p.predict_from_files_sequential([files], [str(tmp / "exact")], False, True, str(prev_dir) if prev_dir else None))
shutil.copy(tmp / "exact.nii.gz", out / "exact.nii.gz")
if "postprocessing" in spec:
    from nnunetv2.postprocessing.remove_connected_components import apply_postprocessing
    for name in ("segmentation", "exact"):
        a = sitk.ReadImage(str(out / f"{name}.nii.gz")); b = apply_postprocessing(sitk.GetArrayFromImage(a), [keep] * len(spec["postprocessing"]), spec["postprocessing"])
        bi = sitk.GetImageFromArray(b.astype(np.uint8)); bi.CopyInformation(a); sitk.WriteImage(bi, str(out / f"{name}_pp.nii.gz"), useCompression=True)
if "ensemble" in spec:
    from nnunetv2.ensembling.ensemble import merge_files
    from nnunetv2.postprocessing.remove_connected_components import apply_postprocessing, remove_all_but_largest_component_from_segmentation as keep
    members = []
    for k, name in enumerate(spec["ensemble"]["configurations"]):
        f = folder if name == final else build(name, spec["seed"] + 10 * k); m = out / "members" / name; m.mkdir(parents=True); members.append(m)
        exact(lambda: predictor_for(f).predict_from_files_sequential([files], [str(m / "image")], True, True, None))
        for j in ("dataset.json", "plans.json"): shutil.copy(f / j, m / j)
    merge_files([str(m / "image.npz") for m in members], str(out / "ensemble"), ".nii.gz", p.plans_manager.image_reader_writer_class(), p.label_manager)  # what ensemble_folders calls in other processes
    rules = spec["ensemble"]["postprocessing"]; a = sitk.ReadImage(str(out / "ensemble.nii.gz"))
    b = apply_postprocessing(sitk.GetArrayFromImage(a), [keep] * len(rules), rules)
    bi = sitk.GetImageFromArray(b.astype(np.uint8)); bi.CopyInformation(a); sitk.WriteImage(bi, str(out / "ensemble_pp.nii.gz"), useCompression=True)
    names = [f"nnUNetTrainer__nnUNetPlans__{c}" for c in spec["ensemble"]["configurations"]]; best = "ensemble___" + "___".join(names) + "___0"
    top = work / "results" / spec["plans"]["dataset_name"]; (top / "ensembles" / best).mkdir(parents=True)
    save_pickle(([keep] * len(rules), rules), str(top / "ensembles" / best / "postprocessing.pkl"))
    (top / "ensembles" / best / "postprocessing.json").write_text(json.dumps({"postprocessing_fns": [keep.__name__] * len(rules), "postprocessing_kwargs": rules}))
    (top / "inference_information.json").write_text(json.dumps({"folds": [0], "dataset_name_or_id": spec["plans"]["dataset_name"], "best_model_or_ensemble": {
        "postprocessing_file": f"/somewhere/{top.name}/ensembles/{best}/postprocessing.pkl", "some_plans_file": f"/somewhere/{top.name}/{names[0]}/plans.json",
        "selected_model_or_models": [{"configuration": c, "trainer": "nnUNetTrainer", "plans_identifier": "nnUNetPlans"} for c in spec["ensemble"]["configurations"]]}}))
with zipfile.ZipFile(out / "model.zip", "w", zipfile.ZIP_DEFLATED) as z:
    for f in sorted((work / "results").rglob("*")):
        if f.is_file() and "training_log" not in f.name and f.name != "debug.json": z.write(f, f.relative_to(work / "results"))
import nnunetv2, importlib.metadata as md
s = sitk.GetArrayFromImage(sitk.ReadImage(str(out / "segmentation.nii.gz"))); u, c = np.unique(s, return_counts=True)
(out / "case.json").write_text(json.dumps({"spec": spec, "versions": {k: md.version(k) for k in ("nnunetv2", "torch", "numpy", "scipy", "scikit-image", "SimpleITK")},
    "voxels_per_label": dict(zip(map(int, u), map(int, c))), "preprocessed_shape": list(data.shape), "seconds_prediction": round(time.time() - t1, 2)}, indent=1))
e = sitk.GetArrayFromImage(sitk.ReadImage(str(out / "exact.nii.gz")))
print(out.name, "nnU-Net's float16 changes", int((e != s).sum()), "of", s.size, "labels", dict(zip(u.tolist(), c.tolist())), "pre", data.shape, "logits std", float(logits.float().std()), f"{time.time()-t0:.1f}s")
shutil.rmtree(work)

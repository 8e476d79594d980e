#!/usr/bin/env python3
"""Voxels that rounding decides, in float64: Tests/Fixtures/near-ties.json.

Usage: near_ties.py OUT.json v1|v2 CASE ...   (needs the environment of that generation, see Scripts/referee)

CASE is a folder of Tests/Fixtures/reference. The real nnU-Net predicts it once more with network, accumulators and
resampling in float64. `rounding`: how far its own float32 scores (logits, in v1 probabilities) lie from those, at most,
on the image's grid. `ties`: voxels whose two best scores lie nearer to each other than that in float64, with the two
labels, the better one first. OUT keeps what it says of other cases.
"""
import json, os, sys, tempfile, zipfile
from pathlib import Path
work = Path(tempfile.mkdtemp())
os.environ.update(nnUNet_raw=f"{work}/raw", nnUNet_preprocessed=f"{work}/pre", nnUNet_results=f"{work}/results", nnUNet_def_n_proc="1",
                  nnUNet_raw_data_base=f"{work}/raw", RESULTS_FOLDER=f"{work}/results")
import numpy as np, torch, SimpleITK as sitk
ROOT = Path(__file__).resolve().parents[2]
read = lambda path: sitk.GetArrayFromImage(sitk.ReadImage(str(path)))
torch.set_num_threads(1)

class Double:
    """A module whose narrower types are float64."""
    def __init__(self, module, **names): self.module, self.names = module, names
    def __getattr__(self, name): return self.names[name] if name in self.names else getattr(self.module, name)

def scores_v2(folder, model, spec, images):
    import nnunetv2.inference.predict_from_raw_data as module
    from nnunetv2.preprocessing.preprocessors.default_preprocessor import DefaultPreprocessor
    p = module.nnUNetPredictor(tile_step_size=spec.get("tile_step_size", .5), use_mirroring=spec.get("mirroring", True),
                               perform_everything_on_device=False, device=torch.device("cpu"), allow_tqdm=False)
    p.initialize_from_trained_model_folder(str(model), tuple(spec["folds"]), "checkpoint_final.pth")
    manager, plans = p.configuration_manager, p.plans_manager
    data, _, properties = DefaultPreprocessor(verbose=False).run_case(images, None, plans, manager, p.dataset_json)
    gaussian = module.compute_gaussian
    wide = lambda *a, **k: gaussian(*a, **{**k, "dtype": torch.float64})
    wide.cache_clear = gaussian.cache_clear
    module.torch, module.compute_gaussian = Double(torch, half=torch.float64), wide
    p.network.double(); total = 0
    for weights in p.list_of_parameters:
        p.network.load_state_dict(weights); total = total + p.predict_sliding_window_return_logits(torch.from_numpy(data).double())
    def export(scores):
        spacing = [properties["spacing"][i] for i in plans.transpose_forward]
        target = manager.spacing if len(manager.spacing) == 3 else [spacing[0], *manager.spacing]
        inside = np.asarray(manager.resampling_fn_probabilities(scores, properties["shape_after_cropping_and_before_resampling"], target, spacing))
        whole = np.full((len(scores), *properties["shape_before_cropping"]), np.nan)
        whole[(slice(None), *(slice(*b) for b in properties["bbox_used_for_cropping"]))] = inside
        return whole.transpose([0, *(1 + i for i in plans.transpose_backward)])
    return export((total / len(p.list_of_parameters)).numpy()), export(np.load(folder / "logits.npy"))

def scores_v1(folder, model, spec, images):
    load = torch.load; torch.load = lambda *a, **k: load(*a, **{"weights_only": False, **k})
    import nnunet.network_architecture.neural_network as module, nnunet.inference.segmentation_export as exporting
    import nnunet.utilities.to_torch as casting
    from nnunet.training.model_restore import load_model_and_checkpoint_files
    trainer, params = load_model_and_checkpoint_files(str(model), "all" if spec["folds"] == ["all"] else None, mixed_precision=False, checkpoint_name="model_final_checkpoint")
    x, _, properties = trainer.preprocess_patient(images)
    if (folder / "preprocessed.npy").exists(): x = np.load(folder / "preprocessed.npy")  # with the previous stage's labels
    module.torch, module.np = Double(torch, float=torch.float64), Double(np, float32=np.float64)
    module.maybe_to_torch = lambda d: torch.as_tensor(d).double()
    total = 0
    for p in params:
        trainer.load_checkpoint_ram(p, False); trainer.network.double()
        total = total + trainer.predict_preprocessed_data_return_seg_and_softmax(x.astype(np.float64), do_mirroring=spec.get("mirroring", True),
            mirror_axes=trainer.data_aug_params["mirror_axes"], use_sliding_window=True, step_size=spec.get("step_size", .5), use_gaussian=True,
            all_in_gpu=False, mixed_precision=False)[1] / len(params)
    assert total.dtype == np.float64
    resample = exporting.resample_data_or_seg
    def export(scores):
        kept = [scores.transpose([0, *(1 + i for i in trainer.plans["transpose_backward"])])]
        exporting.resample_data_or_seg = lambda *a, **k: kept.append(resample(*a, **k)) or kept[-1]
        own = trainer.plans.get("segmentation_export_params") or {"interpolation_order": 1, "interpolation_order_z": 0, "force_separate_z": None}
        exporting.save_segmentation_nifti_from_softmax(kept[0], str(work / "s.nii.gz"), properties, own["interpolation_order"], None, None, None, verbose=False,
                                                       force_separate_z=own["force_separate_z"], interpolation_order_z=own["interpolation_order_z"])
        whole = np.full((len(scores), *properties["original_size_of_raw_data"]), np.nan)
        whole[(slice(None), *(slice(b[0], b[0] + n) for b, n in zip(properties["crop_bbox"], kept[-1].shape[1:])))] = kept[-1]
        return whole
    return export(total), export(np.load(folder / "softmax.npy"))

out, generation = Path(sys.argv[1]), sys.argv[2]
known = json.loads(out.read_text()) if out.exists() else []
for case in map(Path, sys.argv[3:]):
    name = f"{generation}/{case.name}"; spec = json.loads((case / "case.json").read_text())["spec"]
    images = [str(f) for f in sorted(case.glob("image_*"))]
    unpacked = work / case.name; zipfile.ZipFile(case / "model.zip").extractall(unpacked)
    configuration = spec.get("configuration") or spec["model"]
    model = next(f.parent.parent for f in unpacked.rglob("*") if f.suffix in (".pth", ".model") and configuration in str(f.relative_to(unpacked)))
    exact, own = (scores_v2 if generation == "v2" else scores_v1)(case, model, spec, images)
    known = [k for k in known if k["case"] != name]
    order = np.argsort(-exact, 0, kind="stable")[:2]; best = np.take_along_axis(exact, order, 0); margin = best[0] - best[1]
    rounding = float(np.nanmax(abs(own - exact)))
    known.append({"case": name, "rounding": rounding, "ties": [
        {"voxel": v.tolist(), "labels": [int(order[(i, *v)]) for i in (0, 1)], "margin": float(margin[tuple(v)])}
        for v in np.argwhere(margin < rounding)]})
    print(known[-1])
out.write_text("[\n" + ",\n".join(json.dumps(k) for k in sorted(known, key=lambda k: k["case"])) + "\n]\n")

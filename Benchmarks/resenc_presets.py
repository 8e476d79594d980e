"""Times one patch of nnU-Net's larger residual presets in PyTorch (fp32, eager, CPU) and in `nnx bench`, one thread.

    python Benchmarks/resenc_presets.py [M] [L] [XL] [--nnx PATH] [--threads 1]

Run it with a Python that has torch and nnunetv2. nnU-Net's own planner makes patch and network for a CT of
200 x 512 x 512 voxels of 1 x 0.8 x 0.8 mm; its memory targets are 8, 24 and 40 GB of a GPU. Weights are random, in a
model folder that nnx installs into a store of its own. Each side is a process by itself and runs one patch: processor
seconds of the patch, and the largest resident set of the process.

What limits kernels to AVX2 stands in torch_bench.py. PyTorch needs up to 12 GB for XL.
"""
import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from measured import installed

SHAPE, SPACING = [200, 512, 512], [1.0, 0.8, 0.8]


def configuration(name):
    """What the planner of a preset says of 3d_fullres."""
    from nnunetv2.experiment_planning.experiment_planners.residual_unets import residual_encoder_unet_planners as all
    planner = object.__new__(getattr(all, f"nnUNetPlannerResEnc{name}"))
    all.ExperimentPlanner.__init__ = lambda self, *_: self.__dict__.update(
        dataset_json={"channel_names": {"0": "CT"}, "labels": {"background": 0, "liver": 1, "lesion": 2}},
        dataset_fingerprint={"spacings": [SPACING], "shapes_after_crop": [SHAPE], "median_relative_size_after_cropping": 1},
        UNet_base_num_features=32, UNet_reference_val_corresp_bs_2d=12, UNet_reference_val_corresp_bs_3d=2,
        UNet_featuremap_min_edge_length=4, UNet_min_batch_size=2, UNet_max_features_2d=512, UNet_max_features_3d=320,
        max_dataset_covered=0.05, anisotropy_threshold=3, preprocessor_name="DefaultPreprocessor",
        plans_identifier=f"nnUNetResEncUNet{name}Plans")
    planner.__init__("Dataset001_Made")
    return planner.get_plans_for_configuration(SPACING, SHAPE, "made", 1e10, {})


def build(plan):
    from nnunetv2.utilities.get_network_from_plans import get_network_from_plans
    import torch
    torch.manual_seed(0)
    architecture = plan["architecture"]
    return get_network_from_plans(
        architecture["network_class_name"], architecture["arch_kwargs"], architecture["_kw_requires_import"], 1, 3,
        allow_init=True, deep_supervision=False).eval()


def run_peer(plan, threads):
    """Prints seconds of one patch in PyTorch."""
    import torch
    torch.set_num_threads(threads)
    network = build(plan)
    with torch.inference_mode():
        # A small patch first: loading code is not the patch's.
        strides = plan["architecture"]["arch_kwargs"]["strides"]
        network(torch.randn(1, 1, *[2 * math.prod(axis) for axis in zip(*strides)]))
        x = torch.randn(1, 1, *plan["patch_size"])
        start, wall = time.process_time(), time.perf_counter()
        network(x)
        print(json.dumps({"processor": time.process_time() - start, "wall": time.perf_counter() - wall,
                          "bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


def archive(name, plan, folder):
    """A zip of a model folder as nnU-Net exports it."""
    import torch
    plans = {
        "dataset_name": "Dataset001_Made", "plans_name": f"nnUNetResEncUNet{name}Plans",
        "original_median_spacing_after_transp": SPACING, "original_median_shape_after_transp": SHAPE,
        "image_reader_writer": "SimpleITKIO", "transpose_forward": [0, 1, 2], "transpose_backward": [0, 1, 2],
        "configurations": {"3d_fullres": plan | {"batch_dice": True}}, "experiment_planner_used": "nnUNetPlanner",
        "label_manager": "LabelManager", "foreground_intensity_properties_per_channel": {"0": {
            "max": 3000.0, "mean": 20.0, "median": 45.0, "min": -1024.0, "percentile_00_5": -1000.0,
            "percentile_99_5": 900.0, "std": 250.0}}}
    dataset = {"channel_names": {"0": "CT"}, "labels": {"background": 0, "liver": 1, "lesion": 2}, "numTraining": 10,
               "file_ending": ".nii.gz"}
    weights = folder / "checkpoint.pth"
    torch.save({"network_weights": build(plan).state_dict(), "trainer_name": "nnUNetTrainer",
                "init_args": {"configuration": "3d_fullres", "fold": 0}, "inference_allowed_mirroring_axes": None},
               weights)
    root = f"Dataset001_Made/nnUNetTrainer__{plans['plans_name']}__3d_fullres"
    with zipfile.ZipFile(folder / "model.zip", "w") as out:
        out.writestr(f"{root}/plans.json", json.dumps(plans))
        out.writestr(f"{root}/dataset.json", json.dumps(dataset))
        out.write(weights, f"{root}/fold_0/checkpoint_final.pth")
    return folder / "model.zip"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("presets", nargs="*", default=["L"])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--nnx", default=".build/release/nnx")
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        return run_peer(json.loads(Path(options.peer).read_text()), options.threads)
    for name in options.presets:
        plan = json.loads(json.dumps(configuration(name), default=lambda value: value.item()))
        print(name, plan["patch_size"], plan["architecture"]["arch_kwargs"]["n_blocks_per_stage"], flush=True)
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            (folder / "plan.json").write_text(json.dumps(plan))
            environment = installed(options.nnx, archive(name, plan, folder), folder, options.threads)
            command = [options.nnx, "bench", "-m", "bench", "--threads", str(options.threads), "--repeat", "1", "--json"]
            process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
            ours = json.loads(process.stdout.read())["data"]
            memory = os.wait4(process.pid, 0)[2].ru_maxrss * 1024
            peer = json.loads(subprocess.run(
                [sys.executable, __file__, "--peer", str(folder / "plan.json"), "--threads", str(options.threads)],
                check=True, capture_output=True, text=True).stdout.splitlines()[-1])
        kind = "processor" if options.threads == 1 else "wall"
        mine, theirs = ours[f"{kind}Seconds"], peer[kind]
        print(f"| ResEnc {name}, {' × '.join(map(str, plan['patch_size']))} | {ours['kernels']} | {options.threads} | "
              f"{theirs:.1f} s, {peer['bytes'] >> 20} MB | {mine:.2f} s, {memory >> 20} MB | {theirs / mine:.1f} × | "
              f"{peer['bytes'] / memory:.1f} × |", flush=True)


main()

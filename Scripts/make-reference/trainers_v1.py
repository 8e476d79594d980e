#!/usr/bin/env python3
"""Every trainer class of the real nnunet 1.7.1 and what network it builds, as JSON: Tests/Fixtures/trainers-v1.json.

Usage: trainers_v1.py OUT.json   (needs the environment of Scripts/referee)

Each class builds a 3-D and a 2-D network, in a process of its own: some classes change what others share.
Those that build alike are listed together; a class that builds nothing, with its error.
"""
import importlib, json, os, pkgutil, sys, tempfile
from copy import deepcopy
from pathlib import Path
work = Path(tempfile.mkdtemp())
os.environ.update(nnUNet_raw_data_base=f"{work}/raw", nnUNet_preprocessed=f"{work}/pre", RESULTS_FOLDER=f"{work}/results")
import numpy as np, torch, torch.distributed
from batchgenerators.utilities.file_and_folder_operations import save_pickle
class Plateau(torch.optim.lr_scheduler.ReduceLROnPlateau):  # the oldest trainers pass what torch no longer takes
    def __init__(self, *a, verbose=None, **k): super().__init__(*a, **k)
torch.optim.lr_scheduler.ReduceLROnPlateau = Plateau
import nnunet.training.network_training as package
from nnunet.training.network_training.network_trainer import NetworkTrainer
from nnunet.training.network_training.nnUNetTrainer import nnUNetTrainer
torch.distributed.init_process_group = torch.cuda.set_device = lambda *a, **k: None  # training on several GPUs
torch.distributed.get_world_size, torch.distributed.get_rank = lambda *a: 1, lambda *a: 0

def stage(axes, residual):
    k, p = ([[1, 3, 3], [3, 3, 3], [3, 3, 3]], [[1, 2, 2], [2, 2, 2]]) if axes == 3 else ([[3, 1], [3, 3], [3, 3]], [[2, 2]] * 2)
    if residual: p = [[1] * axes] + p
    return {"batch_size": 2, "num_pool_per_axis": [2] * axes, "patch_size": np.array([16] * axes), "median_patient_size_in_voxels": np.array([16] * 3),
            "current_spacing": np.array([1.] * 3), "original_spacing": np.array([1.] * 3), "do_dummy_2D_data_aug": False,
            "pool_op_kernel_sizes": p, "conv_kernel_sizes": k, "num_blocks_encoder": [1, 2, 2], "num_blocks_decoder": [1, 1]}

def plans(axes, residual):
    return {"num_stages": 1, "num_modalities": 2, "modalities": {0: "MRI", 1: "MRI"}, "normalization_schemes": {0: "nonCT", 1: "nonCT"},
            "dataset_properties": {"all_classes": [1, 2, 3], "modalities": {0: "MRI", 1: "MRI"}, "intensityproperties": None, "size_reductions": {}},
            "list_of_npz_files": [], "original_spacings": [], "original_sizes": [], "preprocessed_data_folder": "", "num_classes": 3, "all_classes": [1, 2, 3],
            "base_num_features": 8, "use_mask_for_norm": {0: False, 1: False}, "keep_only_largest_region": None, "min_region_size_per_class": None,
            "min_size_per_class": None, "transpose_forward": [0, 1, 2], "transpose_backward": [0, 1, 2], "data_identifier": "x",
            "plans_per_stage": {0: stage(axes, residual)}, "preprocessor_name": "GenericPreprocessor", "conv_per_stage": 2}

def describe(cls, axes):
    residual = "Resenc" in cls.__name__
    d = work / f"{cls.__name__}_{axes}"; d.mkdir(); save_pickle(plans(axes, residual), str(d / "plans.pkl"))
    rank = {"local_rank": 0} if "DDP" in "".join(c.__name__ for c in cls.__mro__) else {}
    args = [str(d / "plans.pkl"), 0] + ([0] if rank else [])
    kwargs = dict(output_folder=str(d), dataset_directory=str(d), batch_dice=True, stage=0, unpack_data=True, deterministic=False, fp16=False)
    if "previous_trainer" in cls.__init__.__code__.co_varnames: kwargs["previous_trainer"] = "nnUNetTrainerV2"
    t = cls(*args, **kwargs) if not rank else cls(str(d / "plans.pkl"), 0, 0, distribute_batch_size=False, **kwargs)
    t.initialize(False)
    net = t.network.module if hasattr(t.network, "module") else t.network
    first = [m for n, m in net.named_modules() if type(m).__name__ in ("ConvDropoutNormNonlin", "ConvDropoutNonlinNorm", "BasicResidualBlock")][0]
    norm = first.instnorm if hasattr(first, "instnorm") else first.norm1
    nonlin = first.lrelu if hasattr(first, "lrelu") else first.nonlin1
    final = net.inference_apply_nonlin
    return {"network": type(net).__name__, "norm": type(norm).__name__.removesuffix("3d").removesuffix("2d"), "epsilon": getattr(norm, "eps", None),
            "groups": getattr(norm, "num_groups", None), "activation": type(nonlin).__name__, "slope": getattr(nonlin, "negative_slope", None),
            "activationFirst": type(first).__name__ == "ConvDropoutNonlinNorm", "sigmoid": type(final).__name__ == "Sigmoid",
            "mirrors": bool(t.data_aug_params["do_mirror"]), "cascade": t.num_input_channels > 2, "outputs": t.num_classes,
            "baseFeatures": t.base_num_features, "firstKernel": [int(k) for k in first.conv.kernel_size] if hasattr(first, "conv") else None,
            "regionsClassOrder": None if t.regions_class_order is None else list(t.regions_class_order)}

def describe_apart(cls, axes):
    read, write = os.pipe(); child = os.fork()
    if child == 0:
        try: result = describe(cls, axes)
        except BaseException as e: result = {"error": f"{type(e).__name__}: {str(e)[:120]}"}
        os.write(write, json.dumps(result).encode()); os._exit(0)
    os.close(write); text = b"".join(iter(lambda: os.read(read, 65536), b"")); os.close(read); os.waitpid(child, 0); return json.loads(text)

found = {}
def walk(path, name):
    for _, module, is_package in pkgutil.iter_modules(path):
        full = f"{name}.{module}"
        try: m = importlib.import_module(full)
        except Exception as e: found[full] = {"error": f"{type(e).__name__}: {e}"}; continue
        for key, value in vars(m).items():
            if isinstance(value, type) and issubclass(value, nnUNetTrainer): found.setdefault(value.__name__, value)
        if is_package: walk(m.__path__, full)
walk(package.__path__, package.__name__)
groups = {}
for name, cls in sorted(found.items()):
    for axes in (3, 2):
        result = cls if isinstance(cls, dict) else describe_apart(cls, axes)
        groups.setdefault(json.dumps({"axes": axes, **result}, sort_keys=True), []).append(name)
Path(sys.argv[1]).write_text(json.dumps([{**json.loads(k), "trainers": v} for k, v in groups.items()], indent=1))

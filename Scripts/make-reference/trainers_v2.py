#!/usr/bin/env python3
"""Every trainer class of the real nnunetv2 2.8.1 and what it does to a prediction, as JSON: Tests/Fixtures/trainers-v2.json.

Usage: trainers_v2.py OUT.json   (needs the environment of Scripts/referee)

Each class builds the network of three plans: PlainConvUNet in 3-D and 2-D, ResidualEncoderUNet in 3-D. The plans are
part of the output. Classes with the same networks and mirroring are listed together; a class that cannot build one
of them, with its error in the network's place.
"""
import importlib, json, os, pkgutil, sys, tempfile, types
from copy import deepcopy
from pathlib import Path
work = Path(tempfile.mkdtemp())
os.environ.update(nnUNet_raw=f"{work}/raw", nnUNet_preprocessed=f"{work}/pre", nnUNet_results=f"{work}/results", nnUNet_def_n_proc="1")
import torch
# timm, which the Primus trainers need, imports torchvision, whose operators need not fit this torch.
torch.library.register_fake = lambda *a, **k: lambda f: f
sys.modules["adan_pytorch"] = types.SimpleNamespace(Adan=lambda parameters, **k: torch.optim.SGD(parameters))  # an optimiser that is not shipped
import cases
import nnunetv2.training.nnUNetTrainer as package
import nnunetv2.training.nnUNetTrainer.nnUNetTrainer as module
from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer
module.infer_dataset_class = lambda folder: None  # nothing is trained, so there is no preprocessed data set

def plans(network, axes):
    name = "2d" if axes == 2 else "3d_fullres"
    return cases.v2(899, None, {name: cases.configuration([16] * axes, [1.0] * axes, network)}, labels=3, run=name)

SPECS = {
    "PlainConvUNet, 3 axes": plans(cases.architecture([8, 16, 32], kernels=[[1, 3, 3], [3, 3, 3], [3, 3, 3]]), 3),
    "PlainConvUNet, 2 axes": plans(cases.architecture([8, 16, 32], axes=2), 2),
    "ResidualEncoderUNet, 3 axes": plans(cases.architecture([8, 16, 32], residual=True, blocks=[1, 2, 2]), 3)}

def parameters(network):
    """Names of the weights that prediction uses, each tensor once, with the number of values."""
    seen, found = set(), {}
    for name, value in network.state_dict(keep_vars=True).items():
        if id(value) in seen or name.endswith("num_batches_tracked") or "seg_layers" in name and ".seg_layers.1." not in "." + name: continue
        seen.add(id(value)); found[name] = value.numel()
    return found

rand = torch.rand
def describe(cls, spec):
    p = deepcopy(spec["plans"]); p["continue_training"] = False
    torch.manual_seed(0)
    torch.cuda.is_available = lambda: True  # some insist on a GPU, and none needs it before training
    torch.rand = lambda *a, device=None, **k: rand(*a, **k)
    t = cls(p, spec["configuration"], 0, deepcopy(spec["dataset"]), device=torch.device("cuda")); t.device = torch.device("cpu")
    t.initialize(); t.set_deep_supervision_enabled(False)
    t.configure_rotation_dummyDA_mirroring_and_inital_patch_size()  # on_train_start does it
    net = t.network; modules = list(net.modules())
    result = {"network": type(net).__name__, "mirrorAxes": t.inference_allowed_mirroring_axes and list(t.inference_allowed_mirroring_axes)}
    if result["network"] not in ("PlainConvUNet", "ResidualEncoderUNet"): return result
    norms = {type(m).__name__.removesuffix("3d").removesuffix("2d"): m.eps for m in modules if "Norm" in type(m).__name__ and hasattr(m, "eps")}
    nonlins = {(type(m).__name__, getattr(m, "negative_slope", None)) for m in modules if type(m).__name__ in ("LeakyReLU", "ReLU", "GELU", "SiLU", "Mish")}
    (norm, epsilon), = norms.items(); (activation, slope), = nonlins
    found = parameters(net)
    return {**result, "norm": norm, "epsilon": epsilon, "activation": activation, "slope": slope,
            "runningStatistics": any(n.endswith("running_mean") for n in found), "weights": sum(found.values())}

def describe_apart(cls, spec):
    read, write = os.pipe(); child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        try: result = describe(cls, spec)
        except BaseException as e: result = {"error": f"{type(e).__name__}: {str(e)[:120]}"}
        os.write(write, json.dumps(result).encode()); os._exit(0)
    os.close(write); text = b"".join(iter(lambda: os.read(read, 65536), b"")); os.close(read); os.waitpid(child, 0); return json.loads(text)

found = {}
for _, name, is_package in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if is_package: continue
    for value in vars(importlib.import_module(name)).values():
        if isinstance(value, type) and issubclass(value, nnUNetTrainer): found[value.__name__] = value
groups = {}
for name, cls in sorted(found.items()):
    networks = {key: describe_apart(cls, spec) for key, spec in SPECS.items()}
    groups.setdefault(json.dumps(networks, sort_keys=True), []).append(name)
for spec in SPECS.values(): del spec["image"]
Path(sys.argv[1]).write_text(json.dumps({"plans": SPECS, "groups": [{"trainers": v, "networks": json.loads(k)} for k, v in groups.items()]}, indent=1) + "\n")

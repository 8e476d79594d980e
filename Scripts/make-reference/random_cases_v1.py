"""As random_cases.py, for nnU-Net v1: a specification for v1_case.py, told by its number alone."""
import random

from cases import v1
from random_cases import directions

TRAINERS = ["nnUNetTrainerV2"] * 6 + [f"nnUNetTrainerV2_{name}" for name in (
    "BN", "noMirroring", "ReLU_biasInSegOutput", "LReLU_slope_2en1", "3ConvPerStage", "allConv3x3", "GeLU",
    "ReLU_convReLUIN", "ResencUNet")] + ["nnUNetTrainerV2BraTSRegions"]
PREPROCESSORS = ["GenericPreprocessor"] * 3 + [
    "GenericPreprocessor_linearResampling", "Preprocessor3DDifferentResampling", "Preprocessor3DBetterResampling"]


def stage(draw, axes, levels, flat, spacing, smallest):
    """Poolings and kernels as the planner chooses them: an axis that is coarse is pooled late, or not at all."""
    pools = [max(0, levels - draw.choice([1, 1, 2])) if flat and axis == 0 and axes == 3 else levels for axis in range(axes)]
    if draw.random() < 0.3:
        pools[draw.randrange(axes)] = max(1, levels - 1)
    pools[-1] = levels
    sizes = [[2 if levels - pool <= level else 1 for pool in pools] for level in range(levels)]
    kernels = [[1 if level < levels - pool else 3 for pool in pools] for level in range(levels)] + [[3] * axes]
    patch = [max(smallest, draw.randint(8, 26) >> pool) << pool for pool in pools]
    own = {"patch_size": patch, "spacing": spacing, "num_pool_per_axis": pools}
    # Plans before 2020 have neither.
    if draw.random() < 0.8:
        own.update(pool_op_kernel_sizes=sizes, conv_kernel_sizes=kernels)
    return own


def specification(number):
    draw = random.Random(f"v1/{number}")
    model = draw.choice(["3d_fullres", "3d_fullres", "3d_fullres", "2d", "3d_lowres", "3d_cascade_fullres"])
    axes = 2 if model == "2d" else 3
    trainer = draw.choice(TRAINERS) if model in ("3d_fullres", "2d") else "nnUNetTrainerV2"
    if axes == 2 and "ResencUNet" in trainer:
        trainer = "nnUNetTrainerV2"
    flat = draw.random() < 0.45
    spacing = [draw.choice([1.0, round(draw.uniform(0.6, 2.5), 3)]) * (draw.choice([2, 3.5, 5]) if flat and axis == 0 else 1)
               for axis in range(3)]
    shape = [draw.randint(1 if draw.random() < 0.1 else 6, 18) if flat and axis == 0 else draw.randint(16, 44) for axis in range(3)]
    forward = list(draw.choice([(0, 1, 2), (0, 1, 2), (0, 1, 2), (1, 0, 2), (2, 0, 1), (0, 2, 1), (2, 1, 0), (1, 2, 0)]))
    target = [round(spacing[axis] * draw.choice([1, draw.uniform(0.6, 1.6)]), 4) for axis in forward]
    levels = draw.randint(2, 3)
    full = stage(draw, axes, levels, flat and forward[0] == 0, target, 3)
    if "ResencUNet" in trainer:
        full.setdefault("pool_op_kernel_sizes", [[2] * axes] * levels)
        full.setdefault("conv_kernel_sizes", [[3] * axes] * (levels + 1))
        full["pool_op_kernel_sizes"] = [[1] * axes] + full["pool_op_kernel_sizes"]
    stages = {"0": full}
    if model in ("3d_lowres", "3d_cascade_fullres"):
        coarse = [round(value * draw.choice([1.3, 2.0, 1.7]), 4) for value in target]
        stages = {"0": stage(draw, axes, 2, flat and forward[0] == 0, coarse, 3), "1": full}
    kinds = draw.choice([("CT",), ("CT",), ("nonCT",), ("CT2",), ("nonCT", "nonCT"), ("CT", "nonCT"), ("noNorm",), ("noNorm", "CT")])
    classes = 3 if "Regions" in trainer else draw.randint(1, 4)
    image = {"shape": shape, "spacing": spacing, "direction": directions(draw),
             "origin": [round(draw.uniform(-200, 200), 3) for _ in range(3)], "dtype": draw.choice(["int16", "int16", "float32", "int32"])}
    if draw.random() < 0.5:
        image["air"] = draw.randint(1, max(1, min(shape) // 4)) if min(shape) > 3 else 0
    other = {}
    if draw.random() < 0.4:
        labels = sorted(draw.sample(range(1, classes + 1), draw.randint(1, classes)))
        together = draw.random() < 0.5
        sizes = {(tuple(labels) if together else labels[0]): draw.uniform(5, 300)} if together or len(labels) == 1 else dict.fromkeys(labels, 20.0)
        other["postprocessing"] = {"for_which_classes": [labels] if together else labels,
                                   "min_valid_object_sizes": draw.choice(["None", str(sizes)])}
    if draw.random() < 0.3:
        other["plans"] = {"segmentation_export_params": {
            "interpolation_order": draw.choice([0, 1, 3]), "interpolation_order_z": draw.choice([0, 1]),
            "force_separate_z": draw.choice([None, True, False])}}
    if "ResencUNet" in trainer:
        other["blocks"] = [draw.randint(1, 2) for _ in range(levels + 1)]
    if draw.random() < 0.3:
        other["conv_per_stage"] = draw.randint(1, 3)
    preprocessor = draw.choice(["PreprocessorFor2D", "PreprocessorFor2D", "GenericPreprocessor"]) if axes == 2 else draw.choice(PREPROCESSORS)
    return v1(
        500 + number % 400, image, stages, model=model, trainer=trainer, modalities=list(kinds), normalization=list(kinds),
        use_mask_for_norm=[image.get("air", 0) > 0 and draw.random() < 0.5 for _ in kinds], classes=classes,
        base_num_features=draw.choice([4, 5, 6]), mirroring="noMirroring" not in trainer and draw.random() < 0.7, preprocessor=preprocessor,
        transpose_forward=forward, transpose_backward=[forward.index(axis) for axis in range(3)],
        folds=draw.choice([[0], [0], [0, 1], ["all"]]), step_size=draw.choice([0.5, 0.5, 0.3, 0.75, 1.0]),
        legacy_checkpoint=draw.random() < 0.2, **other)

"""Cases that nobody chose: a specification for v2_case.py, told by its number alone.

What plans, images and data sets of nnU-Net v2 may say is drawn at random, so that what no case of cases.py thought of
is met. Small: a case takes the real nnU-Net some seconds.
"""
import math
import random

from cases import SPLINE, TORCH, architecture, configuration, permuted, resampling, rotation, v2

NORMALIZATIONS = {"CT": "CTNormalization", "T1": "ZScoreNormalization", "noNorm": "NoNormalization",
                  "rescale_to_0_1": "RescaleTo01Normalization", "rgb_to_0_1": "RGBTo01Normalization"}


def network(draw, axes, anisotropic):
    """U-Nets of two to four stages with kernels and strides as planners choose them, and some that none would."""
    stages = draw.randint(2, 4)
    features = [draw.choice([4, 5, 6, 8])]
    for _ in range(stages - 1):
        features.append(min(24, features[-1] * draw.choice([1, 2])))
    residual = draw.random() < 0.4
    kernels, strides = [], []
    for stage in range(stages):
        flat = axes == 3 and anisotropic and stage < 2
        kernels.append([1] + [3] * (axes - 1) if flat else [draw.choice([3, 3, 3, 3, 1, 5]) for _ in range(axes)])
        strides.append([1] * axes if stage == 0 else ([1] if flat else [2] * (axes - 2)) + [2, draw.choice([2, 2, 2, 1])])
    own = architecture(features, kernels, strides, [draw.randint(1, 2) for _ in range(stages)], residual, axes)
    own["arch_kwargs"]["n_conv_per_stage_decoder"] = [1 if residual else draw.randint(1, 2) for _ in range(stages - 1)]
    own["arch_kwargs"]["conv_bias"] = draw.random() < 0.8
    if draw.random() < 0.2:
        own["arch_kwargs"].update(nonlin="torch.nn.ReLU")
    return own, [math.prod(stride[axis] for stride in strides) for axis in range(axes)]


def splines(draw):
    fields = resampling()
    for name, order in (("data", 3), ("seg", 1), ("probabilities", 1)):
        arguments = fields[f"resampling_fn_{name}_kwargs"]
        arguments["order"] = draw.choice([order, order, order, 0, 1] + [3] * (name != "seg"))
        arguments["order_z"] = draw.choice([0, 0, 0, 1])
        arguments["force_separate_z"] = draw.choice([None, None, None, True, False])
    return fields


def dataset(draw):
    """Labels, and what dataset.json says besides: an ignored one, regions."""
    kind = draw.choice(["plain", "plain", "ignore", "regions"])
    count = draw.randint(1, 4)
    if kind == "plain":
        return count, {}
    if kind == "ignore":
        return {"background": 0, **{f"structure{i}": i for i in range(1, count + 1)}, "ignore": count + 1}, {}
    parts = list(range(1, count + 2))
    regions = {"whole": parts}
    while len(parts) > 1:
        parts = parts[1:]
        regions[f"part{parts[0]}"] = parts if len(parts) > 1 else parts[0]
    order = list(range(1, len(regions) + 1))
    return {"background": 0, **regions}, {"regions_class_order": order}


def directions(draw):
    kind = draw.choice(["none", "none", "flipped", "permuted", "oblique"])
    if kind == "none":
        return [1, 0, 0, 0, 1, 0, 0, 0, 1]
    if kind == "oblique":
        return rotation(draw.uniform(-0.6, 0.6), draw.uniform(-0.6, 0.6))
    columns = [0, 1, 2]
    if kind == "permuted":
        draw.shuffle(columns)
    return permuted([1, 0, 0, 0, 1, 0, 0, 0, 1], [draw.choice([c, ~c]) for c in columns])


def specification(number):
    draw = random.Random(number)
    axes = draw.choice([3, 3, 3, 2])
    anisotropic = draw.random() < 0.4
    spacing = [draw.choice([1.0, round(draw.uniform(0.6, 2.5), 3)]) * (draw.choice([2, 3.5, 5]) if anisotropic and axis == 0 else 1)
               for axis in range(3)]
    shape = [draw.randint(1 if draw.random() < 0.1 else 8, 18) if anisotropic and axis == 0 else draw.randint(14, 44) for axis in range(3)]
    own, factors = network(draw, axes, anisotropic)
    patch = [max(2 if factor == 1 else 2 * factor, factor * draw.randint(1, 3)) * draw.randint(1, 2) for factor in factors]
    patch = [min(size, 40 // factor * factor) for size, factor in zip(patch, factors)]
    transpose = draw.choice([(0, 1, 2), (0, 1, 2), (1, 0, 2), (2, 0, 1), (0, 2, 1), (2, 1, 0), (1, 2, 0)])
    target = [spacing[axis] * draw.choice([1, draw.uniform(0.6, 1.6)]) for axis in transpose][3 - axes:]
    channels = draw.choice([("CT",), ("CT",), ("T1",), ("CT", "T1"), ("noNorm",), ("rescale_to_0_1", "T1"), ("T1", "T1", "T1"), ("rgb_to_0_1",)])
    labels, more = dataset(draw)
    resample = draw.choice([None, None, splines(draw), resampling(TORCH), resampling(SPLINE, probabilities=TORCH)])
    image = {"shape": shape, "spacing": spacing, "direction": directions(draw),
             "origin": [round(draw.uniform(-200, 200), 3) for _ in range(3)]}
    if draw.random() < 0.4:
        image["air"] = draw.randint(1, max(1, min(shape) // 4)) if min(shape) > 3 else 0
    if "rgb_to_0_1" in channels:
        image.update(mean=120, std=50, clip=[0, 255])
    image.update(draw.choice([{}, {}, {"dtype": "float32", "integer": False}, {"dtype": "int32"},
                              {"stored": "int16", "slope": 2.0, "intercept": -100.0}]))
    masks = [image.get("air", 0) > 0 and draw.random() < 0.5 for _ in channels]
    run = "3d_fullres" if axes == 3 else "2d"
    return v2(
        500 + number % 400, image,
        {run: configuration(patch, target, own, [NORMALIZATIONS[channel] for channel in channels], masks, resample)},
        labels=labels, channels=channels, transpose=transpose, run=run, dataset=more,
        reader=draw.choice(["SimpleITKIO", "SimpleITKIO", "NibabelIO", "SimpleITKIOWithReorient", "NibabelIOWithReorient"]),
        folds=draw.choice([[0], [0], [0, 1], ["all"]]), mirroring=draw.random() < 0.8,
        tile_step_size=draw.choice([0.5, 0.5, 0.3 if min(patch) > 3 else 0.6, 0.75, 1.0]),
        mirror_axes=draw.choice([list(range(axes)), list(range(axes)), [axes - 1], None]), head_scale=8.0)

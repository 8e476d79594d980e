"""Cases that nobody chose in which one result is made of several: cascades, ensembles and post-processing of nnU-Net v2.

The drawing of random_cases.py, and what goes on around one network is drawn besides.
"""
import random
from copy import deepcopy

from cases import configuration
from random_cases import network, specification as plain


def foreground(labels):
    """What rules of post-processing may name: labels, and sets of them for regions."""
    names = [value for name, value in labels.items() if name not in ("background", "ignore")]
    return [tuple(value) if isinstance(value, list) else value for value in names]


def rules(draw, labels):
    """Rules as nnU-Net finds them: of all of the foreground, then of single labels or regions."""
    parts = foreground(labels)
    together = list({value for part in parts for value in (part if isinstance(part, tuple) else (part,))})
    chosen = [{"labels_or_regions": together if len(together) > 1 else together[0]}] if draw.random() < 0.6 else []
    for part in parts:
        if draw.random() < 0.5: chosen.append({"labels_or_regions": list(part) if isinstance(part, tuple) else part})
    return chosen or [{"labels_or_regions": together[0]}]


def like(of, patch, spacing, own):
    """A configuration that reads and resamples as another does."""
    made = configuration(patch, spacing, own, of["normalization_schemes"], of["use_mask_for_norm"])
    return made | {name: deepcopy(value) for name, value in of.items() if name.startswith("resampling_fn")}


def coarser(draw, of):
    """A configuration of a lower resolution with a network of its own."""
    own, factors = network(draw, 3, draw.random() < 0.3)
    patch = [max(2 if factor == 1 else 2 * factor, factor * draw.randint(1, 3)) for factor in factors]
    return like(of, patch, [value * draw.uniform(1.3, 2.2) for value in of["spacing"]], own)


def flat(draw, of):
    own, factors = network(draw, 2, False)
    return like(of, [2 * factor * draw.randint(1, 2) for factor in factors], of["spacing"][1:], own)


def specification(number):
    draw = random.Random(f"chain/{number}")
    while True:
        spec = plain(draw.randint(1000, 1 << 30))
        if spec["configuration"] == "3d_fullres" and spec["image"]["shape"][0] > 3: break
    kind = draw.choice(["cascade", "cascade", "ensemble", "postprocessing"])
    full = spec["plans"]["configurations"]["3d_fullres"]
    if kind == "postprocessing": spec["postprocessing"] = rules(draw, spec["dataset"]["labels"])
    if kind == "cascade":
        spec["plans"]["configurations"] = {
            "3d_lowres": coarser(draw, full), "3d_fullres": full,
            "3d_cascade_fullres": {"inherits_from": "3d_fullres", "previous_stage": "3d_lowres"}}
        spec["configuration"] = "3d_cascade_fullres"
    if kind == "ensemble":
        spec.pop("mirror_axes", None)
        other = draw.choice(["2d", "3d_lowres"])
        spec["plans"]["configurations"][other] = flat(draw, full) if other == "2d" else coarser(draw, full)
        spec["ensemble"] = {"configurations": [other, "3d_fullres"], "postprocessing": rules(draw, spec["dataset"]["labels"])}
    return spec

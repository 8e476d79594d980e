#!/usr/bin/env python3
"""Times TotalSegmentator's task total, file to file: nnx predict against the package on the same CPU, in turn.

    VENV/bin/python Benchmarks/totalsegmentator_case.py total fast subset --nnx .build/release/nnx [--runs 1]
        [--extent 300 300 200] [--threads 2] [--exact] [--models FOLDER] [--only nnx]

VENV holds TotalSegmentator (pip install TotalSegmentator==2.18.0). Cases: total (five networks at 1.5 mm), fast (one at
3 mm), subset (--roi-subset liver: one at 6 mm finds it, one at 1.5 mm runs in the box). Seven networks of 31 M
parameters are made with the names, labels, trainers and spacings of the published ones; patches are 128^3, at 6 mm
64^3. Their convolutions are random, their last layers are fitted to a phantom, so that labels lie somewhere. FOLDER
keeps them for the next time. The image is that phantom: a CT of 0.8 x 0.8 x 1.5 mm.

Prints wall seconds, processor seconds and peak memory (the summed PSS of all processes of a run) as medians, their
ratios, and how many voxels differ between the two results; with --exact also from the package with float32
accumulators, which takes one run more, and how many of these are near ties: nnx gives the other label, too, where the
two best logits lie within 2e-4 of each other, of a range of about 10.
Machines are noisy: quote the ratio, and say which CPU.
"""
import argparse, hashlib, json, os, statistics, subprocess, sys, tempfile, zipfile
from pathlib import Path

import nibabel
import numpy
import scipy.ndimage

from measured import run

ROOT = Path(__file__).resolve().parents[1]
TIE = "2e-4"
FLAGS = {"total": ([], []), "fast": (["--fast"], ["--fast"]),
         "subset": (["--roi-subset", "liver"], ["--roi_subset", "liver"])}
SPACINGS = {"291": 1.5, "292": 1.5, "293": 1.5, "294": 1.5, "295": 1.5, "297": 3.0, "298": 6.0}
EXTENT = [300, 300, 200]
FEATURES = [32, 64, 128, 256, 320, 320]
CT = {"max": 3000.0, "mean": 20.0, "median": 45.0, "min": -1024.0, "percentile_00_5": -1000.0,
      "percentile_99_5": 900.0, "std": 250.0}


def phantom(extent, spacing):
    """Intensities and structures (0: none) of a body of some thirty ellipsoids, x first; the fifth is large."""
    draw = numpy.random.default_rng(1)
    shape = [round(length / step) for length, step in zip(extent, spacing)]
    axes = [(numpy.arange(n) * step / length - 0.5).astype(numpy.float32)
            for n, step, length in zip(shape, spacing, extent)]
    x, y, z = numpy.meshgrid(*axes, indexing="ij", sparse=True)
    inside = (x / 0.45) ** 2 + (y / 0.35) ** 2 + 0 * z < 1
    values = numpy.where(inside, 40, -1000).astype(numpy.float32)
    labels = numpy.zeros(shape, numpy.uint8)
    for number in range(1, 31):
        centre = draw.uniform([-0.3, -0.2, -0.4], [0.3, 0.2, 0.4])
        radii, intensity = draw.uniform(0.03, 0.09, 3), draw.uniform(-300, 250)
        if number == 5:
            centre, radii, intensity = (-0.15, 0, 0.1), (0.15, 0.14, 0.18), 450
        part = sum(((axis - c) / r) ** 2 for axis, c, r in zip((x, y, z), centre, radii)) < 1
        part &= inside & ((labels != 5) if number != 5 else True)
        labels[part], values[part] = number, intensity
    return values + draw.normal(0, 15, shape).astype(numpy.float32), labels


def network(classes, seed, values, structures, liver):
    """A network with random weights, whose last layer tells the structures from each other as well as it can."""
    import torch
    from dynamic_network_architectures.architectures.unet import PlainConvUNet
    from dynamic_network_architectures.initialization.weight_init import InitWeights_He
    torch.manual_seed(seed)
    net = PlainConvUNet(
        1, len(FEATURES), FEATURES, torch.nn.Conv3d, 3, [1] + [2] * (len(FEATURES) - 1), 2, classes, 2, conv_bias=True,
        norm_op=torch.nn.InstanceNorm3d, norm_op_kwargs={"eps": 1e-5, "affine": True}, nonlin=torch.nn.LeakyReLU,
        nonlin_kwargs={"inplace": True}).eval()
    net.apply(InitWeights_He(1e-2))
    head, seen = net.decoder.seg_layers[-1], []
    hook = head.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    with torch.no_grad():
        for vector in (p for p in net.parameters() if p.ndim == 1):
            vector.add_(torch.randn_like(vector) * 0.1)
        net(torch.from_numpy(((numpy.clip(values, -1000, 900) - 20) / 250).T[None, None].copy()))
        hook.remove()
        truth = structures.T.ravel()
        known = numpy.flatnonzero(truth < classes)[::1 if liver else 5]
        features = seen[0][0].flatten(1).T[torch.from_numpy(known)].double().numpy()
        features, truth = numpy.c_[features, numpy.ones(len(features))], truth[known]
        counts = numpy.bincount(truth, minlength=classes)
        weigh = numpy.sqrt(counts)[truth][:, None]
        system = (features / weigh).T @ features + 1e-6 * numpy.eye(features.shape[1])
        right = numpy.stack([(features / weigh)[truth == c].sum(0) for c in range(classes)], 1)
        solved = numpy.linalg.solve(system, right) * 10
        solved[:, counts == 0], solved[-1, counts == 0] = 0, -20
        for _ in range(60):  # biases with which every structure gets about as many voxels as it has
            found = numpy.bincount((features @ solved).argmax(1), minlength=classes)
            solved[-1, counts > 0] += 0.3 * numpy.log((counts + 50) / (found + 50))[counts > 0]
        if liver:  # nowhere but near itself: --roi-subset cuts the image to it
            logits = features @ solved
            far = ~scipy.ndimage.binary_dilation(structures.T == 5, iterations=3).ravel()[known]
            ahead = logits[:, 5] - numpy.delete(logits, 5, 1).max(1)
            solved[-1, 5] -= max(0, ahead[far].max())
        solved = torch.from_numpy(solved).float()
        head.weight.copy_(solved[:-1].T[..., None, None, None])
        head.bias.copy_(solved[-1])
    return net.state_dict()


def plans(weights, spacing, patch):
    """As the published ones of 2023: without a member `architecture`."""
    stages = len(FEATURES)
    resampling = {"is_seg": False, "order": 3, "order_z": 0, "force_separate_z": None}
    configuration = {
        "data_identifier": "nnUNetPlans_3d_fullres", "preprocessor_name": "DefaultPreprocessor", "batch_size": 2,
        "patch_size": [patch] * 3, "median_image_size_in_voxels": [250.0] * 3, "spacing": [spacing] * 3,
        "normalization_schemes": ["CTNormalization"], "use_mask_for_norm": [False], "UNet_class_name": "PlainConvUNet",
        "UNet_base_num_features": FEATURES[0], "n_conv_per_stage_encoder": [2] * stages,
        "n_conv_per_stage_decoder": [2] * (stages - 1), "num_pool_per_axis": [stages - 1] * 3,
        "pool_op_kernel_sizes": [[1] * 3] + [[2] * 3] * (stages - 1), "conv_kernel_sizes": [[3] * 3] * stages,
        "unet_max_num_features": FEATURES[-1], "resampling_fn_data": "resample_data_or_seg_to_shape",
        "resampling_fn_seg": "resample_data_or_seg_to_shape", "resampling_fn_data_kwargs": resampling,
        "resampling_fn_seg_kwargs": {**resampling, "is_seg": True, "order": 1},
        "resampling_fn_probabilities": "resample_data_or_seg_to_shape",
        "resampling_fn_probabilities_kwargs": {**resampling, "order": 1}, "batch_dice": True}
    return {"dataset_name": weights["dataset"], "plans_name": "nnUNetPlans",
            "original_median_spacing_after_transp": [spacing] * 3, "original_median_shape_after_transp": [250] * 3,
            "image_reader_writer": "NibabelIOWithReorient", "transpose_forward": [0, 1, 2],
            "transpose_backward": [0, 1, 2], "configurations": {"3d_fullres": configuration},
            "experiment_planner_used": "ExperimentPlanner", "label_manager": "LabelManager",
            "foreground_intensity_properties_per_channel": {"0": CT}}


def make(weights, target, zips):
    """Writes the folder that the package reads, and the zip that nnx installs."""
    import torch
    number = weights["id"].split(".")[1]
    folder = target / weights["dataset"] / f"{weights['trainer']}__{weights['plans']}__{weights['configuration']}"
    if (zips / f"{weights['dataset']}.zip").exists():
        return
    spacing, classes = SPACINGS[number], len(weights["labels"])
    patch = 64 if spacing == 6 else 128
    values, structures = phantom(EXTENT, [spacing] * 3)
    # The middle of what nnU-Net sees: outside of the volume its normalised patch is 0, and so is 20 HU.
    cut = tuple(slice(max(0, (n - patch) // 2), max(0, (n - patch) // 2) + patch) for n in values.shape)
    # The image runs to the left and the back, networks see it turned.
    values, structures = (volume[::-1, ::-1][cut] for volume in (values, structures))
    pad = [((patch - n) // 2, patch - n - (patch - n) // 2) for n in values.shape]
    values = numpy.pad(values, pad, constant_values=20)
    structures = numpy.pad(structures, pad, constant_values=255)
    state = network(classes, int(number), values, structures, liver=spacing == 6)
    (folder / "fold_0").mkdir(parents=True, exist_ok=True)
    labels = {label["name"]: label["value"] for label in weights["labels"]}
    (folder / "dataset.json").write_text(json.dumps({
        "name": "TotalSegmentator", "channel_names": {"0": "CT"}, "labels": labels, "numTraining": 1559,
        "file_ending": ".nii.gz", "overwrite_image_reader_writer": "NibabelIOWithReorient"}))
    (folder / "plans.json").write_text(json.dumps(plans(weights, spacing, patch)))
    torch.save({"network_weights": state, "optimizer_state": {"state": {}, "param_groups": []}, "grad_scaler_state": None,
                "logging": {}, "_best_ema": None, "current_epoch": 1, "trainer_name": weights["trainer"],
                "init_args": {"configuration": "3d_fullres", "fold": 0}, "inference_allowed_mirroring_axes": None},
               folder / "fold_0" / "checkpoint_final.pth")
    partial = zips / "partial"
    with zipfile.ZipFile(partial, "w") as archive:
        for path in sorted(path for path in (target / weights["dataset"]).rglob("*") if path.is_file()):
            archive.write(path, path.relative_to(target))
    partial.rename(zips / f"{weights['dataset']}.zip")
    print(f"made {weights['dataset']}", flush=True)


def registry(model, zips):
    """A registry of nnx's entry beside the zips, which are in the place of the published files; its path."""
    for weights in model["weights"]:
        for file in weights["files"]:
            data = zips / file["key"]
            file.pop("mirrors", None)
            with open(data, "rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            file.update(path=file["key"], size=data.stat().st_size, sha256=digest,
                        digestsStatedBy=["Benchmarks/totalsegmentator_case.py"])
    published = json.loads((ROOT / "registry.json").read_text())
    published["models"] = [model]
    path = zips / "registry.json"
    path.write_text(json.dumps(published))
    return path


def differing(name, a, b, rival=None):
    a, b = (numpy.asanyarray(nibabel.load(path).dataobj) for path in (a, b))
    differ = a != b
    text = f"voxels that differ, {name}: {differ.sum()} of {a.size}"
    if rival:
        ties = differ & (numpy.asanyarray(nibabel.load(rival).dataobj) == b)
        text += f", of these near ties: {ties.sum()}"
    print(text, flush=True)
    return differ.sum()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="+", choices=FLAGS, metavar="CASE")
    parser.add_argument("--nnx", default=".build/release/nnx")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--extent", type=float, nargs=3, default=EXTENT, help="of the image, mm")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--exact", action="store_true", help="compare with float32 accumulators, too")
    parser.add_argument("--models", type=Path)
    parser.add_argument("--only", choices=["nnx", "package"])
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        keep = (arguments.models or work).resolve()
        trained, zips = keep / "weights", keep / "zips"
        for folder in (trained, zips, work / "package"):
            folder.mkdir(parents=True, exist_ok=True)
        models = json.loads((ROOT / "registry.json").read_text())["models"]
        model = next(model for model in models if model["name"] == "totalsegmentator")
        for weights in model["weights"]:
            make(weights, trained, zips)
        values, _ = phantom(arguments.extent, [0.8, 0.8, 1.5])
        image = work / "ct.nii.gz"
        affine = numpy.diag([-0.8, -0.8, 1.5, 1])
        nibabel.save(nibabel.Nifti1Image(numpy.rint(values).astype(numpy.int16), affine), image)
        print(f"image of {' x '.join(map(str, values.shape))} voxels", flush=True)
        (work / "package" / "config.json").write_text(json.dumps({
            "totalseg_id": "totalseg_bench", "send_usage_stats": False, "prediction_counter": 0,
            "statistics_disclaimer_shown": True}))
        environment = dict(
            os.environ, NNX_HOME=str(keep / "home"), NNX_REGISTRY=str(registry(model, zips)),
            TOTALSEG_HOME_DIR=str(work / "package"), TOTALSEG_WEIGHTS_PATH=str(trained),
            OMP_NUM_THREADS=str(arguments.threads))
        for name in ("PYTHONPATH", "OPENBLAS_CORETYPE"):
            environment.pop(name, None)
        nnx = [str(Path(arguments.nnx).resolve())]
        subprocess.run(nnx + ["install", "totalsegmentator", "-q"], env=environment, check=True)
        for case in arguments.cases:
            compare(case, nnx, image, work, environment, arguments)


def compare(case, nnx, image, work, environment, arguments):
    flags, package = FLAGS[case]
    result, published, exact, rival = (work / f"{case}-{name}.nii.gz" for name in ("nnx", "package", "exact", "rival"))
    ours = nnx + ["predict", "-m", "totalsegmentator", "-i", str(image), "-o", str(result), "--overwrite", "-q",
                  "--threads", str(arguments.threads)] + flags
    theirs = [str(Path(sys.executable).parent / "TotalSegmentator"), "-i", str(image), "-o", str(published), "--ml",
              "-d", "cpu"] + package
    commands = {"nnx": ours, "package": theirs}
    if arguments.only:
        commands = {arguments.only: commands[arguments.only]}
    measured = {name: [] for name in commands}
    for number in range(arguments.runs):
        for name, command in commands.items():
            measured[name].append(run(command, environment))
        print(f"{case}, run {number + 1}: "
              + ", ".join(f"{name} {runs[-1][0]:.1f} s" for name, runs in measured.items()), flush=True)
    median = {name: [statistics.median(column) for column in zip(*runs)] for name, runs in measured.items()}
    for name, (seconds, memory, processor) in median.items():
        print(f"{name:8} {seconds:8.2f} s wall {processor:8.2f} s processor {memory / 1e6:8.0f} MB")
    if "nnx" in median:
        timings = json.loads(Path(str(result).replace(".nii.gz", ".nnx.json")).read_text())["seconds"]
        print("nnx's parts:", json.dumps(timings))
    if len(median) < 2:
        return
    ratios = [b / a for a, b in zip(median["nnx"], median["package"])]
    print(f"ratio    {ratios[0]:8.2f} x      {ratios[2]:8.2f} x           {ratios[1]:8.2f} x")
    differing("nnx and the package", result, published)
    if arguments.exact:
        wide = [sys.executable, str(Path(__file__).parent / "totalsegmentator_float32.py"), *theirs[1:]]
        wide[wide.index(str(published))] = str(exact)
        run(wide, environment)
        again = [str(rival) if word == str(result) else word for word in ours]
        run(again + ["--rival-within", TIE], environment)
        differing("nnx and the package with float32 accumulators", result, exact, rival)
        differing("the package and itself with float32 accumulators", published, exact)


if __name__ == "__main__":
    main()

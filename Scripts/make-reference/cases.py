"""Cases for the referee: models and images chosen where a reimplementation is likely to go wrong.

`V2` and `V1` map names to specifications for v2_case.py and v1_case.py. Small on purpose: a case takes
the real nnU-Net a few seconds.
"""
import math

UNET = "dynamic_network_architectures.architectures.unet."
SPLINE = "resample_data_or_seg_to_shape"
TORCH = "resample_torch_fornnunet"


def architecture(features, kernels=None, strides=None, blocks=None, residual=False, axes=3):
    stages = len(features)
    return {
        "network_class_name": UNET + ("ResidualEncoderUNet" if residual else "PlainConvUNet"),
        "arch_kwargs": {
            "n_stages": stages, "features_per_stage": features,
            "conv_op": f"torch.nn.modules.conv.Conv{axes}d",
            "kernel_sizes": kernels or [[3] * axes] * stages,
            "strides": strides or [[1] * axes] + [[2] * axes] * (stages - 1),
            ("n_blocks_per_stage" if residual else "n_conv_per_stage"): blocks or [2] * stages,
            "n_conv_per_stage_decoder": [1 if residual else 2] * (stages - 1), "conv_bias": True,
            "norm_op": f"torch.nn.modules.instancenorm.InstanceNorm{axes}d",
            "norm_op_kwargs": {"eps": 1e-5, "affine": True}, "dropout_op": None,
            "dropout_op_kwargs": None, "nonlin": "torch.nn.LeakyReLU", "nonlin_kwargs": {"inplace": True}},
        "_kw_requires_import": ["conv_op", "norm_op", "dropout_op", "nonlin"]}


def resampling(data=SPLINE, seg=None, probabilities=None, memory_efficient=False):
    def arguments(function, order, is_seg):
        if function == SPLINE:
            return {"is_seg": is_seg, "order": order, "order_z": 0, "force_separate_z": None}
        if function == TORCH:
            return {"is_seg": is_seg, "force_separate_z": None, "memefficient_seg_resampling": memory_efficient}
        return {}
    functions = [("data", data, 3, False), ("seg", seg or data, 1, True), ("probabilities", probabilities or data, 1, False)]
    fields = {}
    for name, function, order, is_seg in functions:
        fields[f"resampling_fn_{name}"] = function
        fields[f"resampling_fn_{name}_kwargs"] = arguments(function, order, is_seg)
    return fields


def with_arguments(network, **arguments):
    """An architecture with other arguments."""
    network["arch_kwargs"].update(arguments)
    return network


def with_resampling(names, **arguments):
    """The resampling of stock plans with other arguments for some of data, seg, probabilities."""
    fields = resampling()
    for name in names.split():
        fields[f"resampling_fn_{name}_kwargs"].update(arguments)
    return fields


def configuration(patch, spacing, network, normalization=("CTNormalization",), masks=None, resample=None, **other):
    return {"data_identifier": "nnUNetPlans_x", "preprocessor_name": "DefaultPreprocessor", "batch_size": 2,
            "patch_size": patch, "median_image_size_in_voxels": [64.0] * len(patch), "spacing": spacing,
            "normalization_schemes": list(normalization), "use_mask_for_norm": masks or [False] * len(normalization),
            **(resample or resampling()), "architecture": network, "batch_dice": True, **other}


def v2(number, image, configurations, labels=2, channels=("CT",), transpose=(0, 1, 2), run="3d_fullres", dataset=None, reader="SimpleITKIO", **other):
    if isinstance(labels, int):
        labels = {"background": 0, **{f"structure{i}": i for i in range(1, labels + 1)}}
    properties = {"max": 1500.0, "mean": 60.0, "median": 70.0, "min": -900.0, "percentile_00_5": -450.0,
                  "percentile_99_5": 620.0, "std": 190.0}
    return {
        "seed": number, "folds": [0], "configuration": run,
        "dataset": {"channel_names": {str(i): c for i, c in enumerate(channels)}, "labels": labels,
                    "numTraining": 10, "file_ending": ".nii.gz", **(dataset or {})},
        "plans": {"dataset_name": f"Dataset{number}_Case", "plans_name": "nnUNetPlans", "image_reader_writer": reader,
                  "original_median_spacing_after_transp": [1.0] * 3, "original_median_shape_after_transp": [40] * 3,
                  "transpose_forward": list(transpose), "transpose_backward": [transpose.index(i) for i in range(3)],
                  "configurations": configurations, "experiment_planner_used": "ExperimentPlanner", "label_manager": "LabelManager",
                  "foreground_intensity_properties_per_channel": {str(i): properties for i in range(len(channels))}},
        "image": image, **other}


def permuted(direction, columns):
    """Direction cosines whose columns are those of `direction` in another order; ~n: column n reversed."""
    return [direction[3 * row + (~c if c < 0 else c)] * (-1 if c < 0 else 1) for row in range(3) for c in columns]


def rotation(a, b):
    """Direction cosines turned about two axes, in radians."""
    ca, sa, cb, sb = math.cos(a), math.sin(a), math.cos(b), math.sin(b)
    return [ca, -sa * cb, sa * sb, sa, ca * cb, -ca * sb, 0, sb, cb]


small = architecture([4, 8, 8])
Z = "ZScoreNormalization"
V2 = {
    "resenc_five_stages": v2(
        841, {"shape": [30, 46, 40], "spacing": [1.6, 1.0, 1.0]},
        {"3d_fullres": configuration([16, 32, 32], [1.5, 1.1, 1.1], architecture(
            [4, 6, 8, 8, 10], residual=True, blocks=[1, 2, 1, 2, 1],
            kernels=[[1, 3, 3], [3, 3, 3], [5, 3, 3], [3, 1, 5], [3, 3, 3]],
            strides=[[1, 1, 1], [1, 2, 2], [2, 2, 2], [2, 2, 2], [2, 2, 2]]))}, labels=3),
    "odd_sizes": v2(
        842, {"shape": [23, 37, 51], "spacing": [1.3, 0.9, 1.1]},
        {"3d_fullres": configuration([12, 20, 28], [1.25, 0.95, 1.15], small)}, labels=3),
    "ratio_three": v2(
        843, {"shape": [14, 40, 36], "spacing": [3.0, 1.0, 1.0]},
        {"3d_fullres": configuration([8, 24, 24], [2.5, 1.2, 1.1], small)}),
    "ratio_above_three": v2(
        844, {"shape": [14, 40, 36], "spacing": [3.0000002384185791, 1.0, 1.0]},
        {"3d_fullres": configuration([8, 24, 24], [2.5, 1.2, 1.1], small)}),
    "zero_channel": v2(
        845, {"shape": [20, 28, 26], "spacing": [1.0, 1.0, 1.0], "dtype": "float32", "integer": False, "zero_channels": [1]},
        {"3d_fullres": configuration([12, 20, 20], [1.0, 1.1, 1.1], small, [Z, Z], [True, True])}, channels=("T1", "T2")),
    "one_slice": v2(
        846, {"shape": [1, 44, 40], "spacing": [5.0, 0.8, 0.8]},
        {"3d_fullres": configuration([8, 24, 24], [2.5, 1.0, 1.0], small)}),
    "forty_classes_with_gaps": v2(
        847, {"shape": [16, 24, 22], "spacing": [1.0, 1.0, 1.0]},
        {"3d_fullres": configuration([16, 16, 16], [1.1, 1.2, 1.2], small)},
        labels={"background": 0, **{f"structure{i}": i + i // 5 + 3 * (i > 30) for i in range(1, 40)}}, head_scale=4.0),
    "wide_labels": v2(
        848, {"shape": [8, 18, 20], "spacing": [1.0, 1.0, 1.0]},
        {"3d_fullres": configuration([8, 16, 16], [1.1, 1.2, 1.2], small)}, labels=257, head_scale=4.0),
    "float64_slope_oblique": v2(
        849, {"shape": [20, 30, 28], "spacing": [1.2, 1.0, 0.9], "stored": "float64", "slope": 0.7353, "intercept": -31.25,
              "direction": rotation(0.3, -0.2)},
        {"3d_fullres": configuration([12, 20, 20], [1.0, 1.1, 1.1], small)}),
    "step_and_one_mirror": v2(
        850, {"shape": [25, 45, 33], "spacing": [1.0, 1.0, 1.0]},
        {"3d_fullres": configuration([12, 20, 20], [1.0, 1.1, 1.1], small)}, tile_step_size=0.75, mirror_axes=[1], labels=3),
    "folds_one_and_three": v2(
        851, {"shape": [20, 30, 28], "spacing": [1.2, 1.0, 1.0]},
        {"3d_fullres": configuration([12, 20, 20], [1.0, 1.1, 1.1], small)}, folds=[0, 1, 3], predict_folds=[1, 3], mirroring=False),
    "torch_resampling": v2(
        852, {"shape": [12, 40, 36], "spacing": [4.0, 1.0, 1.0]},
        {"3d_fullres": configuration([8, 24, 24], [3.1, 1.3, 0.9], small, resample=resampling(TORCH))}, transpose=(0, 2, 1)),
    "torch_cascade": v2(
        853, {"shape": [22, 36, 34], "spacing": [1.5, 1.0, 1.0], "air": 3},
        {"3d_lowres": configuration([12, 16, 16], [2.4, 2.0, 2.0], small, resample=resampling(TORCH), next_stage="3d_cascade_fullres"),
         "3d_fullres": configuration([12, 20, 20], [1.3, 1.2, 1.1], small, resample=resampling(TORCH)),
         "3d_cascade_fullres": {"inherits_from": "3d_fullres", "previous_stage": "3d_lowres"}},
        run="3d_cascade_fullres", labels=3),
    "torch_cascade_lean": v2(
        854, {"shape": [14, 36, 34], "spacing": [4.0, 1.0, 1.0]},
        {"3d_lowres": configuration([8, 16, 16], [5.0, 2.0, 2.0], small, resample=resampling(TORCH, memory_efficient=True)),
         "3d_cascade_fullres": configuration([8, 20, 20], [3.6, 1.1, 1.1], small, resample=resampling(TORCH, memory_efficient=True), previous_stage="3d_lowres")},
        run="3d_cascade_fullres", labels=3),
    "cascade_masked": v2(
        855, {"shape": [14, 44, 40], "spacing": [4.0, 1.0, 1.1], "air": 2, "dtype": "float32", "integer": False},
        {"3d_lowres": configuration([8, 20, 20], [5.0, 1.9, 1.9], small, [Z], [True]),
         "3d_fullres": configuration([8, 24, 24], [3.5, 1.2, 1.2], small, [Z], [True]),
         "3d_cascade_fullres": {"inherits_from": "3d_fullres", "previous_stage": "3d_lowres"}},
        run="3d_cascade_fullres", labels=3, channels=("T1",), transpose=(0, 2, 1)),
    "batch_norm": v2(
        856, {"shape": [20, 30, 28], "spacing": [1.2, 1.0, 1.0]},
        {"3d_fullres": configuration([12, 20, 20], [1.0, 1.1, 1.1], small)}, trainer="nnUNetTrainerBN", mirror_axes=None),
    "ignore_label": v2(
        857, {"shape": [20, 30, 28], "spacing": [1.2, 1.0, 1.0]},
        {"3d_fullres": configuration([12, 20, 20], [1.0, 1.1, 1.1], small)},
        labels={"background": 0, "a": 1, "b": 2, "c": 3, "ignore": 4}, trainer="nnUNetTrainerNoMirroring", mirror_axes=None),
    "no_resampling": v2(
        858, {"shape": [20, 30, 28], "spacing": [1.2, 1.0, 1.0]},
        {"3d_fullres": configuration([12, 20, 20], [1.0, 2.1, 2.1], small, resample=resampling("no_resampling_hack"))}, transpose=(2, 0, 1)),
    "normalization_schemes": v2(
        859, {"shape": [6, 40, 44], "spacing": [4.0, 1.0, 1.0], "mean": 120, "std": 20, "clip": [0, 255]},
        {"2d": configuration([32, 32], [1.1, 1.1], architecture([4, 8, 8], axes=2),
                             ["NoNormalization", "RescaleTo01Normalization", "RGBTo01Normalization", Z], [False, False, False, True])},
        channels=("noNorm", "rescale_to_0_1", "rgb_to_0_1", "T1"), run="2d", head_scale=4.0),
    "regions_cascade": v2(
        860, {"shape": [22, 36, 34], "spacing": [1.5, 1.0, 1.0]},
        {"3d_lowres": configuration([12, 16, 16], [2.4, 2.0, 2.0], small),
         "3d_cascade_fullres": configuration([12, 20, 20], [1.3, 1.2, 1.1], small, previous_stage="3d_lowres")},
        run="3d_cascade_fullres", labels={"background": 0, "whole": [1, 2, 3], "core": [2, 3], "enhancing": [3]},
        dataset={"regions_class_order": [1, 2, 3]}),
    "resenc_2d_transposed": v2(
        861, {"shape": [9, 35, 44], "spacing": [6.0, 1.0, 1.0]},
        {"2d": configuration([24, 32], [1.2, 0.9], architecture([4, 8, 8], axes=2, residual=True, blocks=[1, 2, 2]))},
        run="2d", transpose=(2, 0, 1), folds=["all"]),
    "reorient_itk": v2(
        863, {"shape": [22, 34, 14], "spacing": [1.0, 1.1, 4.0], "direction": permuted(rotation(0.4, 0.3), [~2, 0, ~1]), "air": 2},
        {"3d_fullres": configuration([8, 24, 20], [3.5, 1.2, 1.1], small)}, transpose=(2, 0, 1),
        reader="SimpleITKIOWithReorient"),
    "reorient_nibabel_cascade": v2(
        864, {"shape": [26, 18, 30], "spacing": [1.1, 1.5, 0.9], "direction": permuted(rotation(-0.5, 0.35), [1, ~2, ~0])},
        {"3d_lowres": configuration([12, 16, 16], [2.4, 2.0, 2.0], small),
         "3d_cascade_fullres": configuration([12, 20, 20], [1.3, 1.2, 1.1], small, previous_stage="3d_lowres")},
        run="3d_cascade_fullres", labels=3, reader="NibabelIOWithReorient"),
    "old_plans_residual": v2(
        872, {"shape": [18, 32, 30], "spacing": [1.0, 1.2, 1.1]},
        {"3d_fullres": {k: v for k, v in {
            **configuration([16, 16, 24], [1.1, 1.1, 1.2], None), "UNet_class_name": "ResidualEncoderUNet",
            "UNet_base_num_features": 4, "n_conv_per_stage_encoder": [1, 2, 2], "n_conv_per_stage_decoder": [1, 1],
            "num_pool_per_axis": [2, 2, 2], "pool_op_kernel_sizes": [[1, 1, 1], [2, 2, 2], [2, 2, 2]],
            "conv_kernel_sizes": [[3, 3, 3]] * 3, "unet_max_num_features": 10}.items() if k != "architecture"}},
        labels=3, transpose=(2, 1, 0)),
    "bn_residual_2d_inherits": v2(
        873, {"shape": [7, 40, 38], "spacing": [5.0, 1.0, 1.0]},
        {"base": configuration([32, 32], [1.1, 1.2], architecture([4, 8, 8], axes=2, residual=True, blocks=[1, 2, 2])),
         "middle": {"inherits_from": "base", "batch_size": 7}, "2d": {"inherits_from": "middle", "batch_size": 3}},
        run="2d", trainer="nnUNetTrainerBN", mirror_axes=[1], labels=3),
    "cascade_regions_ignore_gaps": v2(
        877, {"shape": [20, 34, 32], "spacing": [1.5, 1.0, 1.0]},
        {"3d_lowres": configuration([12, 16, 16], [2.4, 2.0, 2.0], small),
         "3d_cascade_fullres": configuration([12, 20, 20], [1.3, 1.2, 1.1], small, previous_stage="3d_lowres")},
        run="3d_cascade_fullres", labels={"background": 0, "all": [1, 3, 5], "a": [5, 3], "b": 5, "ignore": 6},
        dataset={"regions_class_order": [1, 3, 5]}),
    "odd_arguments": v2(
        871, {"shape": [20, 30, 28], "spacing": [1.2, 1.0, 1.0], "dtype": "uint8", "mean": 120, "std": 30, "clip": [0, 255]},
        {"3d_fullres": configuration([12, 20, 20], [1.0, 1.1, 1.1], with_arguments(
            architecture([6, 10, 7]), kernel_sizes=3, strides=[[1, 1, 1], [2, 2, 2], [1, 2, 2]], n_conv_per_stage=[1, 3, 2],
            n_conv_per_stage_decoder=1, conv_bias=False, nonlin="torch.nn.ReLU", nonlin_first=True), [Z])},
        labels=3, channels=("noNorm",)),
    "order_3_scores": v2(
        875, {"shape": [12, 34, 30], "spacing": [4.0, 1.0, 1.0]},
        {"3d_fullres": configuration([8, 20, 20], [3.2, 1.2, 1.1], small, resample=with_resampling(
            "data probabilities", order=3, order_z=3))}, labels=3),
    "separate_forced_order_1": v2(
        874, {"shape": [14, 34, 30], "spacing": [2.0, 1.0, 1.0]},
        {"3d_fullres": configuration([8, 20, 20], [1.5, 1.2, 1.1], small, resample=with_resampling(
            "data seg probabilities", order=1, order_z=1, force_separate_z=True))}, labels=3),
    "slow_in_model_only": v2(
        880, {"shape": [30, 36, 34], "spacing": [1.0, 1.0, 1.0]},
        {"3d_fullres": configuration([8, 24, 24], [4.0, 1.2, 1.1], small)}, labels=3),
    "ensemble": v2(
        862, {"shape": [12, 36, 34], "spacing": [2.0, 1.0, 1.0]},
        {"3d_fullres": configuration([8, 20, 20], [1.8, 1.2, 1.2], small),
         "2d": configuration([24, 24], [1.2, 1.2], architecture([4, 8, 8], axes=2))},
        ensemble={"configurations": ["2d", "3d_fullres"],
                  "postprocessing": [{"labels_or_regions": [1, 2]}, {"labels_or_regions": 2}]}),
}

stage = lambda patch, spacing, pools=2: {
    "patch_size": patch, "spacing": spacing, "pool_op_kernel_sizes": [[2] * len(patch)] * pools,
    "conv_kernel_sizes": [[3] * len(patch)] * (pools + 1), "num_pool_per_axis": [pools] * len(patch)}


def v1(number, image, stages, model="3d_fullres", **other):
    return {"seed": number, "task": f"Task{number}_Case", "model": model, "trainer": "nnUNetTrainerV2", "folds": [0], "modalities": ["CT"],
            "normalization": ["CT"], "use_mask_for_norm": [False], "classes": 2, "base_num_features": 4, "mirroring": False,
            "stages": stages, "image": image, **other}


V1 = {
    "cascade_cropped": v1(
        961, {"shape": [14, 44, 40], "spacing": [4.0, 1.0, 1.1], "air": 3},
        {"0": stage([8, 16, 16], [5.0, 2.0, 2.0]), "1": stage([8, 24, 24], [3.5, 1.2, 1.2])}, model="3d_cascade_fullres",
        modalities=["MRI"], normalization=["nonCT"], use_mask_for_norm=[True], classes=3,
        transpose_forward=[0, 2, 1], transpose_backward=[0, 2, 1], folds=[0, 1]),
    "lowres": v1(
        962, {"shape": [20, 40, 36], "spacing": [1.5, 1.0, 1.0]},
        {"0": stage([12, 16, 16], [3.0, 2.0, 2.0]), "1": stage([12, 24, 24], [1.5, 1.1, 1.1])}, model="3d_lowres", mirroring=True),
    "batch_norm_ct2": v1(
        963, {"shape": [20, 30, 28], "spacing": [1.2, 1.0, 1.0]}, {"0": stage([12, 20, 20], [1.0, 1.1, 1.1])},
        trainer="nnUNetTrainerV2_BN", normalization=["CT2"]),
    "legacy_relu": v1(
        964, {"shape": [20, 30, 28], "spacing": [1.2, 1.0, 1.0]}, {"0": stage([12, 20, 20], [1.0, 1.1, 1.1])},
        trainer="nnUNetTrainerV2_ReLU_biasInSegOutput", legacy_checkpoint=True, folds=["all"]),
    "slices_two_channels": v1(
        965, {"shape": [5, 40, 44], "spacing": [6.0, 1.0, 1.0]}, {"0": stage([32, 32], [6.0, 1.2, 0.9])}, model="2d",
        modalities=["MRI", "MRI"], normalization=["nonCT", "noNorm"], use_mask_for_norm=[True, False], mirroring=True,
        preprocessor="PreprocessorFor2D", transpose_forward=[0, 1, 2]),
    "slices_resampled": v1(
        983, {"shape": [14, 30, 28], "spacing": [2.0, 1.0, 1.1]}, {"0": stage([16, 24], [3.0, 1.2, 1.0])}, model="2d",
        preprocessor="GenericPreprocessor", conv_per_stage=1, mirroring=True),
    "z_of_order_three": v1(
        982, {"shape": [10, 36, 34], "spacing": [5.0, 1.0, 1.0]}, {"0": stage([8, 20, 20], [4.0, 1.2, 1.1])},
        preprocessor="Preprocessor3DDifferentResampling"),
    "ensemble_cropped": v1(
        972, {"shape": [12, 34, 30], "spacing": [4.0, 1.0, 1.1], "air": 2}, {"0": stage([8, 16, 16], [3.5, 1.2, 1.2])},
        modalities=["MRI"], normalization=["nonCT"], use_mask_for_norm=[True], classes=3, transpose_forward=[0, 2, 1],
        transpose_backward=[0, 2, 1], folds=[0, 1], ensemble={"for_which_classes": [[1, 2, 3], 1], "min_valid_object_sizes": "None"}),
    "ensemble_regions": v1(
        973, {"shape": [18, 26, 24], "spacing": [1.2, 1.0, 1.0], "air": 3}, {"0": stage([12, 16, 16], [1.1, 1.1, 1.1])},
        trainer="nnUNetTrainerV2BraTSRegions", classes=3, folds=[0, 1],
        ensemble={"for_which_classes": [[1, 2, 3]], "min_valid_object_sizes": "{(1, 2, 3): 40.0}"}),
    **{name: v1(
        number, {"shape": [16, 26, 24], "spacing": [1.2, 1.0, 1.0]}, {"0": stage([12, 16, 16], [1.1, 1.1, 1.1])},
        trainer=f"nnUNetTrainerV2_{trainer}", **other)
       for number, name, trainer, other in (
           (966, "gelu", "GeLU", {}), (967, "mish", "Mish", {}), (968, "filter_response", "FRN", {}),
           (969, "no_norm", "NoNormalization", {"head_scale": 40.0}), (970, "group_norm", "GN", {"base_num_features": 8}),
           (971, "relu_before_norm", "ReLU_convReLUIN", {}))},
}

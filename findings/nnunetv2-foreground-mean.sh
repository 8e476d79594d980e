#!/usr/bin/env bash
# nnU-Net's evaluation leaves a label out of a case where neither file has it (NaN), and takes the mean over cases without
# such; but foreground_mean is the plain mean over labels: one label that no case has makes the Dice of all labels NaN, and
# the summary says NaN as a bare word, which JSON does not know.
# Exits 0 while nnunetv2 2.8.1 does so, 1 when it does something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q nnunetv2==2.8.1 'torch==2.13.0' numpy==2.4.6
cd "$folder"
mkdir truth made
export nnUNet_raw="$folder" nnUNet_preprocessed="$folder" nnUNet_results="$folder"
venv/bin/python - <<'PY'
import json, subprocess
import numpy as np, SimpleITK as sitk

labels = np.zeros((4, 20, 20), np.uint8)
labels[1:3, 5:15, 5:15] = 1
for folder in "truth", "made":
    sitk.WriteImage(sitk.GetImageFromArray(labels), f"{folder}/a.nii.gz")
json.dump({"labels": {"background": 0, "liver": 1, "tumour": 2}, "file_ending": ".nii.gz", "channel_names": {"0": "CT"}, "numTraining": 1}, open("dataset.json", "w"))
json.dump({"configurations": {}, "image_reader_writer": "SimpleITKIO", "dataset_name": "Dataset001_A", "plans_name": "p"}, open("plans.json", "w"))
subprocess.run(["venv/bin/nnUNetv2_evaluate_folder", "truth", "made", "-djfile", "dataset.json", "-pfile", "plans.json", "-o", "summary.json"],
               check=True, capture_output=True)
text = open("summary.json").read()
summary = json.loads(text)
dice = {label: values["Dice"] for label, values in summary["mean"].items()}
overall = summary["foreground_mean"]["Dice"]
print("nnunetv2 2.8.1, one case, liver met in full, no tumour in either file")
print("mean Dice by label:", dice, " foreground_mean:", overall)


def refuse(word): raise ValueError(word)


try:
    json.loads(text, parse_constant=refuse)
    strict = True
except ValueError as word:
    strict = False
    print("not JSON by RFC 8259, for the word", word)
raise SystemExit(0 if dice["1"] == 1 and np.isnan(dice["2"]) and np.isnan(overall) and not strict else 1)
PY

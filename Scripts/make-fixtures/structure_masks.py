"""Label maps and masks of single structures as TotalSegmentator 2.18.0 writes them (nnunet.py:
save_segmentation_nifti and the lines before it), and what it derives of a body's: Tests/Fixtures/image/structures.

Run: python3 structure_masks.py FOLDER   (needs TotalSegmentator, nibabel, NumPy and xmltodict)
"""
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
from totalsegmentator.libs import combine_masks
from totalsegmentator.nifti_ext_header import add_label_map_to_nifti
from totalsegmentator.postprocessing import extract_skin

NAMES = {1: "spleen", 2: "kidney_right", 5: "liver", 10: "lung_upper_lobe_left"}
BODY = {1: "body_trunc", 2: "body_extremities"}


def masks(image, labels, folder, names=NAMES):
    """The package's files of an image's labels: `labels.nii.gz`, then a mask of each structure."""
    header = image.header.copy()
    header.set_data_dtype(np.uint8)
    predicted = nib.Nifti1Image(labels, image.affine)
    folder.mkdir(parents=True, exist_ok=True)
    nib.save(add_label_map_to_nifti(nib.Nifti1Image(labels, predicted.affine, header), names), folder / "labels.nii.gz")
    for value, name in names.items():
        mask = (predicted.get_fdata() == value).astype(np.uint8)
        nib.save(nib.Nifti1Image(mask, predicted.affine, header), folder / f"{name}.nii.gz")


TURNED = np.array([[-1.5, 0.1, 0, 20.25], [0.1, 1.5, 0, -30.5], [0, 0, 2.5, 7], [0, 0, 0, 1]])


def body(out, name, slope, forms, affine=TURNED):
    """A trunk that leaves the image, an arm and holes, with intensities about both bounds of a skin."""
    random = np.random.default_rng(21)
    shape = (20, 18, 12)
    x, y, z = np.indices(shape)
    labels = ((((x - 9) / 8) ** 2 + ((y - 9) / 7) ** 2) < 1).astype(np.uint8)
    labels[(abs(x - 18) < 2) & (abs(y - 3) < 2)] = 2
    labels[10:12, 9:11, 4:8] = 0
    stored = random.choice([-201, -200, -199, 0, 249, 250, 251], shape, p=[0.3, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2])
    image = nib.Nifti1Image((stored / slope).astype(np.int16), affine)
    image.header.set_slope_inter(slope, 0)
    for set_form, code in zip((image.set_qform, image.set_sform), forms):
        set_form(affine, code)
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    nib.save(image, folder / "image.nii.gz")
    image = nib.load(folder / "image.nii.gz")
    masks(image, labels, folder, BODY)
    nib.save(combine_masks(folder, "body"), folder / "body.nii.gz")
    nib.save(extract_skin(image, nib.load(folder / "body.nii.gz")), folder / "skin.nii.gz")


def main():
    out = Path(sys.argv[1])
    body(out, "body", 1, (1, 1))
    body(out, "body-scaled", 0.1, (1, 0))
    body(out, "body-straight", 1, (1, 1), np.diag([2.5, 2.5, -4, 1]))
    random = np.random.default_rng(20)
    voxels = random.integers(-1000, 1000, (7, 6, 5)).astype(np.int16)
    labels = random.choice(np.array([0, 0, 0, 1, 5, 10], np.uint8), voxels.shape)
    for name, has_extension in (("plain", False), ("extended", True)):
        image = nib.Nifti1Image(voxels, TURNED)
        image.set_qform(TURNED, 1)
        image.set_sform(TURNED, 1)
        image.header["descrip"] = b"made for a test"
        image.header.set_xyzt_units("mm", "sec")
        if has_extension:
            image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"somebody's own words"))
        (out / name).mkdir(parents=True, exist_ok=True)
        nib.save(image, out / name / "image.nii.gz")
        masks(nib.load(out / name / "image.nii.gz"), labels, out / name)


if __name__ == "__main__":
    main()

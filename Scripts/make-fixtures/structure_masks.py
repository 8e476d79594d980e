"""Label maps and masks of single structures as TotalSegmentator 2.18.0 writes them (nnunet.py:
save_segmentation_nifti and the lines before it): Tests/Fixtures/image/structures.

Run: python3 structure_masks.py FOLDER   (needs TotalSegmentator, nibabel, NumPy and xmltodict)
"""
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
from totalsegmentator.nifti_ext_header import add_label_map_to_nifti

NAMES = {1: "spleen", 2: "kidney_right", 5: "liver", 10: "lung_upper_lobe_left"}


def masks(image, labels, folder):
    """The package's files of an image's labels: `labels.nii.gz`, then a mask of each structure."""
    header = image.header.copy()
    header.set_data_dtype(np.uint8)
    predicted = nib.Nifti1Image(labels, image.affine)
    folder.mkdir(parents=True, exist_ok=True)
    nib.save(add_label_map_to_nifti(nib.Nifti1Image(labels, predicted.affine, header), NAMES), folder / "labels.nii.gz")
    for value, name in NAMES.items():
        mask = (predicted.get_fdata() == value).astype(np.uint8)
        nib.save(nib.Nifti1Image(mask, predicted.affine, header), folder / f"{name}.nii.gz")


def main():
    out = Path(sys.argv[1])
    random = np.random.default_rng(20)
    affine = np.array([[-1.5, 0.1, 0, 20.25], [0.1, 1.5, 0, -30.5], [0, 0, 2.5, 7], [0, 0, 0, 1]])
    voxels = random.integers(-1000, 1000, (7, 6, 5)).astype(np.int16)
    labels = random.choice(np.array([0, 0, 0, 1, 5, 10], np.uint8), voxels.shape)
    for name, has_extension in (("plain", False), ("extended", True)):
        image = nib.Nifti1Image(voxels, affine)
        image.set_qform(affine, 1)
        image.set_sform(affine, 1)
        image.header["descrip"] = b"made for a test"
        image.header.set_xyzt_units("mm", "sec")
        if has_extension:
            image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"somebody's own words"))
        (out / name).mkdir(parents=True, exist_ok=True)
        nib.save(image, out / name / "image.nii.gz")
        masks(nib.load(out / name / "image.nii.gz"), labels, out / name)


if __name__ == "__main__":
    main()

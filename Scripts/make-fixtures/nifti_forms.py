"""Which of a NIfTI file's two forms nnU-Net's readers take: Tests/Fixtures/image/nifti-forms.json.

Run: python3 nifti_forms.py OUTPUT.json [RANDOM]   (needs nnunetv2 2.8: SimpleITK 2.5.7, nibabel 5.4.2)

Each group is a pair of forms and stands for 25 files: q-form codes 0 to 4 x s-form codes 0 to 4, the latter
counting first. The header's fields are float32 numbers; voxels are uint8, 0, 1, 2, ... in the order of the file.
`itk` and `nibabel` hold, for each of the 25, the index of an answer: spacing (x, y, z), then

- ITK: origin (3), direction (9, row by row), LPS; null where SimpleITK refuses the file
- nibabel: the affine's three rows (12), RAS

and then the numbers of the voxels at z y x = 000, 001, 010, 100 of the array that the reader with reorientation
hands on; none where nibabel cannot turn the image (a form of zeros). RANDOM: so many groups of pseudo-random forms instead, for a longer look.
"""
import contextlib
import io
import json
import os
import sys
import tempfile

import nibabel
import numpy as np
import SimpleITK as sitk
from nnunetv2.imageio.nibabel_reader_writer import NibabelIO, NibabelIOWithReorient
from nnunetv2.imageio.simpleitk_reader_writer import SimpleITKIO, SimpleITKIOWithReorient

sitk.ProcessObject.SetGlobalWarningDisplay(False)
SHAPE = (5, 4, 3)
PATH = os.path.join(tempfile.mkdtemp(), "a_0000.nii")


def rotation(axis, degrees):
    axis = np.array(axis, float) / np.linalg.norm(axis)
    a = np.radians(degrees)
    k = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.eye(3) + np.sin(a) * k + (1 - np.cos(a)) * k @ k


def fields(affine, sform, pixdim=None, units=2):
    """The fields of a header whose q-form is the affine as well as float32 can say it."""
    h = nibabel.Nifti1Header()
    h.set_data_shape(SHAPE)
    full = np.eye(4)
    full[:3] = affine
    h.set_qform(full, code=1)
    s = h.structarr
    zooms = s["pixdim"][:4].copy() if pixdim is None else np.array(pixdim, np.float32)
    return {
        "pixdim": [float(v) for v in zooms],
        "quaternion": [float(s[f"quatern_{c}"]) for c in "bcd"],
        "place": [float(s[f"qoffset_{c}"]) for c in "xyz"],
        "rows": [float(v) for v in np.array(sform, np.float32).ravel()],
        "units": units,
    }


def file(f, qcode, scode):
    h = nibabel.Nifti1Header()
    h.set_data_dtype(np.uint8)
    h.set_data_shape(SHAPE)
    s = h.structarr
    s["pixdim"][:4] = f["pixdim"]
    s["quatern_b"], s["quatern_c"], s["quatern_d"] = f["quaternion"]
    s["qoffset_x"], s["qoffset_y"], s["qoffset_z"] = f["place"]
    s["srow_x"], s["srow_y"], s["srow_z"] = np.array(f["rows"], np.float32).reshape(3, 4)
    s["qform_code"], s["sform_code"], s["xyzt_units"] = qcode, scode, f["units"]
    s["vox_offset"], s["magic"] = 352, b"n+1"
    return s.tobytes() + bytes(4) + bytes(range(np.prod(SHAPE)))


def read(reader):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        array, properties = reader().read_images([PATH])
    return array[0], properties


def turned(reader):
    try:
        array, _ = read(reader)
    except nibabel.orientations.OrientationError:
        return []
    return [int(array[i]) for i in ((0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0))]


def itk():
    try:
        array, p = read(SimpleITKIO)
    except RuntimeError:
        return None
    assert [int(v) for v in array.ravel()] == list(range(60))
    p = p["sitk_stuff"]
    return [*map(float, (*p["spacing"], *p["origin"], *p["direction"])), *turned(SimpleITKIOWithReorient)]


def nib():
    array, p = read(NibabelIO)
    assert [int(v) for v in array.ravel()] == list(range(60))
    affine = p["nibabel_stuff"]["original_affine"]
    return [*map(float, (*p["spacing"][::-1], *affine[:3].ravel())), *turned(NibabelIOWithReorient)]


def group(name, f):
    answers, codes = {"itk": [], "nibabel": []}, {"itk": [], "nibabel": []}
    for scode in range(5):
        for qcode in range(5):
            with open(PATH, "wb") as out:
                out.write(file(f, qcode, scode))
            for key, answer in (("itk", itk()), ("nibabel", nib())):
                if answer not in answers[key]:
                    answers[key].append(answer)
                codes[key].append(answers[key].index(answer))
    return {"name": name, **f, **{k: {"codes": "".join(map(str, codes[k])), "answers": answers[k]} for k in codes}}


def forms(a):
    """What an s-form may be beside the q-form of an affine."""
    r, t = a[:, :3], a[:, 3:]
    far = np.array(SHAPE) - 1
    join = lambda r, t: np.hstack([r, t])
    mirror, swap = np.diag([-1.0, 1, 1]), np.eye(3)[:, [1, 0, 2]]
    turn = np.eye(3)[:, [1, 2, 0]]
    lengths = np.linalg.norm(r, axis=0)
    unit = r / lengths
    yield "equal", a
    yield "mirrored", join(r @ mirror, t)
    yield "mirrored about the centre", join(r @ mirror, t + r[:, :1] * far[0])
    yield "both ends of z", join(r @ np.diag([1.0, 1, -1]), t)
    yield "turned half round", join(r @ np.diag([-1.0, -1, 1]), t)
    yield "permuted", join(unit @ swap * lengths, t)
    yield "permuted with lengths", join(r @ turn, t)
    yield "rotated", join(rotation([1, 2, 3], 20) @ r, t)
    yield "rotated by little", join(rotation([1, 2, 3], 0.004) @ r, t)
    yield "shifted", a + [[0, 0, 0, 3], [0, 0, 0, 0], [0, 0, 0, -7]]
    yield "shifted by little", a + [[0, 0, 0, 5e-5]] * 3
    yield "scaled", join(r * 1.5, t)
    yield "sheared", join(r @ (np.eye(3) + 0.2 * np.eye(3, k=1)), t)
    yield "sheared by little", join(r @ (np.eye(3) + 3e-4 * np.eye(3, k=1)), t)
    yield "zero", a * 0


def bases():
    ras, lps = np.eye(3), np.diag([-1.0, -1, 1])
    sagittal = np.array([[0, 0, 1.0], [-1, 0, 0], [0, 1, 0]])
    oblique = rotation([1, -2, 0.5], 33)
    place = np.array([[-31.5], [12.25], [107.0]])
    for name, r, spacing in [
        ("RAS", ras, [1, 1, 1]), ("LPS", lps, [0.7, 0.8, 2.5]), ("sagittal", sagittal, [0.9, 0.9, 3]),
        ("oblique", oblique, [1, 1, 1]), ("left-handed", oblique @ np.diag([1, 1, -1]), [1.1, 0.6, 5]),
    ]:
        yield name, np.hstack([r * spacing, place])


def chosen():
    for name, a in bases():
        for form, sform in forms(a):
            yield group(f"{name}, {form}", fields(a, sform))
    a = np.hstack([np.eye(3) * [1, 2, 3], [[4], [5], [6]]])
    m = a / 1000
    b = np.hstack([np.eye(3) * [-1, 2, 3], [[4], [5], [6]]])
    yield group("metres", fields(m, m, units=1))
    yield group("micrometres", fields(a * 100, a * 100, units=3))
    yield group("no unit", fields(a, a, units=0))
    yield group("a unit that is none", fields(a, a, units=5))
    yield group("pixdim[1] below 0", fields(a, b, pixdim=[1, -1, 2, 3]))
    yield group("pixdim[3] below 0", fields(a, a, pixdim=[1, 1, 2, -3]))
    yield group("pixdim[0] 0", fields(a, a, pixdim=[0, 1, 2, 3]))
    yield group("micro-CT", fields(a * [[1e-3, 1e-3, 1e-3, 30]], a * [[1e-3, 1e-3, 1e-3, 30]]))


def random(count):
    rng = np.random.default_rng(5)
    for index in range(count):
        q, _ = np.linalg.qr(rng.normal(size=(3, 3)))
        if index % 2:
            q = np.eye(3)[:, rng.permutation(3)] * rng.choice([-1, 1], 3) @ rotation(rng.normal(size=3), rng.choice([0, 0.01, 5, 40]))
        spacing = [rng.choice([1.0, 0.5, 0.97, 3, 0.3125]) for _ in range(3)] if index % 3 else [1, 1, 1]
        a = np.hstack([q * spacing, rng.normal(size=(3, 1)) * 100])
        choices = list(forms(a))
        form, sform = choices[rng.integers(len(choices))]
        yield group(f"{index} {form}", fields(a, sform))


if __name__ == "__main__":
    groups = list(random(int(sys.argv[2])) if len(sys.argv) > 2 else chosen())
    with open(sys.argv[1], "w") as out:
        out.write("[\n" + ",\n".join(json.dumps(g, separators=(",", ":")) for g in groups) + "\n]\n")
    refused = sum(g["itk"]["answers"][int(c)] is None for g in groups for c in g["itk"]["codes"])
    print(len(groups), "groups of 25 files;", refused, "files refused by SimpleITK")

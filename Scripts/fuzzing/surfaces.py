"""What foreign files nnx meets, and which commands open them.

A surface damages one file and lays it where nnx will find it. Commands are lists of words; `{x}` is the
damaged file, `{case}` the folder of the run, `{out}` an empty folder for results, `{seeds}` whole files. Of
a list of commands the next runs when the one before ended with 0.
"""

import gzip
import os
import shutil
import struct
import subprocess
import zipfile
from pathlib import Path

import mutations as how

REPOSITORY = Path(__file__).resolve().parents[2]
FUZZ = REPOSITORY / "Tests/Fixtures/fuzz"
REFERENCE = REPOSITORY / "Tests/Fixtures/reference"
MODELS = {"v2": REFERENCE / "v2/slices_2d/model.zip", "v1": REFERENCE / "v1/slices_2d/model.zip"}


class Base:
    """Whole files that runs begin with, made once by nnx itself."""

    def __init__(self, path, nnx):
        self.path, self.nnx = path, nnx
        self.home = path / "home"
        self.seeds = path / "seeds"
        self.seeds.mkdir(parents=True)
        labels = (FUZZ / "nifti/itk.nii").read_bytes()
        for name in ("scan_0000.nii.gz", "seg.nii.gz"):
            (self.seeds / name).write_bytes(gzip.compress(labels, mtime=0))
        for name, archive in MODELS.items():
            with zipfile.ZipFile(archive) as file:
                file.extractall(path / name)
        (self.seeds / "model.zip").write_bytes(MODELS["v2"].read_bytes())
        self.run("install", self.seeds / "model.zip", "--name", "small")
        self.run("install", MODELS["v1"], "--name", "old")
        runs = self.seeds / "runs"
        runs.mkdir()
        self.run("predict", "-m", "small", "-i", self.seeds / "scan_0000.nii.gz", "-o", runs / "seg.nii.gz",
                 "--allow", "units")
        self.record = next(runs.glob("*.json")).name
        self.run("lock", "-f", self.seeds / "nnx.lock")
        self.run("pack", "small", "-o", self.seeds / "small.nnxpack")
        for member in ("a", "b"):
            (self.seeds / member).mkdir()
            self.run("predict", "-m", "small", "-i", self.seeds / "scan_0000.nii.gz", "-o",
                     self.seeds / member / "seg.nii.gz", "--save-probabilities", "--allow", "units")
            shutil.copy(next((path / "v2").rglob("dataset.json")), self.seeds / member)

    def run(self, *words):
        environment = {"PATH": os.environ["PATH"], "NNX_HOME": str(self.home), "NNX_OFFLINE": "1"}
        done = subprocess.run([self.nnx, *map(str, words)], env=environment, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if done.returncode != 0:
            raise SystemExit(f"fuzz: nnx {' '.join(map(str, words))}: {done.stderr}")


def linked(source, target):
    """A copy of a folder that shares its large files; what is damaged is replaced, never written into."""
    def copy(a, b):
        if Path(a).name.startswith("catalogue.sqlite"):
            shutil.copy2(a, b)
        else:
            os.link(a, b)
    shutil.copytree(source, target, symlinks=True, copy_function=copy)


def replace(path, content):
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


class Surface:
    """
    - seeds: files to damage, below the repository's seeds or those of `Base`.
    - place: takes Base, the run's folder and the damaged bytes; returns what `{x}` is.
    - store: whether the run has a store of its own: "base" is a copy of the base's, "empty" a new one;
      `None` is the base's own, which nothing may change.
    """

    def __init__(self, name, seeds, mutate, commands, place, store=None):
        self.name, self.seeds, self.mutate, self.commands = name, seeds, mutate, commands
        self.place, self.store = place, store

    def choose(self, base, random):
        """The bytes of a seed and its name, damaged."""
        paths = []
        for seed in self.seeds:
            for folder in (FUZZ, base.seeds, base.path, base.home):
                paths += sorted(path for path in folder.glob(seed) if path.is_file())
        path = random.choice(paths)
        data = path.read_bytes()
        for _ in range(random.choice([1, 1, 1, 1, 1, 2, 3])):
            data = self.mutate(random, data)
        return data, path.name


def beside(name=None):
    """In a folder of its own, with the voxels that detached headers name."""
    def place(base, case, data, seed):
        for raw, size in (("data.raw", 120), ("slice1.raw", 20), ("slice2.raw", 20)):
            (case / raw).write_bytes(b"\1" * size)
        path = case / (name or seed)
        path.write_bytes(data)
        return path
    return place


IMAGE = [
    [["stats", "{x}"]], [["stats", "{x}", "{x}"]], [["stats", "{seeds}/seg.nii.gz", "{x}", "--json"]],
    [["preview", "{x}", "{x}", "-o", "{out}/p.png"]], [["preview", "{x}", "{seeds}/seg.nii.gz", "-o", "{out}/p.png"]],
    [["preview", "{x}", "{x}", "-o", "{out}/p.png", "--layout", "mosaic"]],
    [["preview", "{x}", "{x}", "-o", "{out}/p.png", "--layout", "projection"]],
    [["preview", "{x}", "{x}", "-o", "{out}/p.png", "--layout", "surface"]],
    [["diff", "{x}", "{x}"]], [["diff", "{seeds}/seg.nii.gz", "{x}"]], [["labels", "{x}"]], [["labels", "{x}", "--format", "json"]],
    [["view", "{x}"]], [["view", "{x}", "{x}"]], [["estimate", "-m", "small", "-i", "{x}"]],
    [["predict", "-m", "small", "-i", "{x}", "-o", "{out}/o.nii.gz", "--allow", "units", "--dry-run"]],
    [["predict", "-m", "small", "-i", "{x}", "-o", "{out}/o.nii.gz", "--allow", "units"], ["stats", "{out}/o.nii.gz"]],
    [["predict", "-m", "small", "-i", "{x}", "-o", "{out}/o.mha", "--allow", "units", "--stats", "--preview"],
     ["stats", "{out}/o.mha"]],
    [["predict", "-m", "small", "-i", "{x}", "-o", "{out}/o.nrrd", "--allow", "units"], ["stats", "{out}/o.nrrd"]],
]


def in_segments(base, case, data, seed):
    """A segmentation in a folder of such, beside a series."""
    for name in ("series", "made"): (case / name).mkdir()
    for name in ("slice", "above"): shutil.copy(FUZZ / "dicom" / name, case / "series")
    path = case / "made/x.dcm"
    path.write_bytes(data)
    return path


def in_series(base, case, data, seed):
    """A slice beside a whole one."""
    (case / "series").mkdir()
    shutil.copy(FUZZ / "dicom/slice", case / "series/whole")
    path = case / "series/damaged"
    path.write_bytes(data)
    return path


def extended(base, case, data, seed):
    """The extension in a NIfTI file of labels."""
    file = (FUZZ / "nifti/itk.nii").read_bytes()
    head = bytearray(file[:348])
    struct.pack_into("<f", head, 108, 352 + len(data))
    path = case / "x.nii"
    path.write_bytes(bytes(head) + b"\1\0\0\0" + data + file[352:])
    return path


def published(generation, name):
    """A published model with one damaged file."""
    def place(base, case, data, seed):
        linked(base.path / generation, case / "m")
        # What the model does not have lies beside its plans.
        old = next((case / "m").rglob(name), None) or next((case / "m").rglob("fold_0")).parent / name
        replace(old, data)
        return case / "m"
    return place


MODEL = [
    [["install", "{x}", "--name", "q"], ["predict", "-m", "q", "-i", "{seeds}/scan_0000.nii.gz", "-o", "{out}/o.nii.gz",
                                         "--allow", "units"]],
    [["install", "{x}", "--name", "q"], ["info", "q"], ["estimate", "-m", "q", "-i", "{seeds}/scan_0000.nii.gz"]],
    [["inspect", "{x}", "--all"]], [["inspect", "{x}", "--json"]], [["convert", "{x}", "-o", "{out}/c"]],
]
SERIES = [
    [["dicom", "ls", "{case}/series"]], [["dicom", "ls", "{x}", "--json"]], [["convert", "{case}/series", "-o", "{out}/o.nii"]],
    [["convert", "{case}/series", "-o", "{out}/o.nrrd", "--order", "dicom"], ["stats", "{out}/o.nrrd"]],
    [["convert", "{case}/series", "-o", "{out}/o.mha", "--allow", "uneven", "--allow", "tilt"]],
    [["predict", "-m", "small", "-i", "{case}/series", "-o", "{out}/o.nii.gz", "--allow", "units"], ["stats", "{out}/o.nii.gz"]],
]
SEGMENTS = [
    [["stats", "{x}"]], [["stats", "{x}", "{case}/series", "--json"]], [["labels", "{x}"]], [["labels", "{x}", "--format", "dcmqi"]],
    [["diff", "{x}", "{x}"]], [["view", "{x}"]], [["preview", "{case}/series", "{x}", "-o", "{out}/p.png"]],
    [["convert", "{x}", "-o", "{out}/o.nii.gz", "--threshold", "0.5"], ["stats", "{out}/o.nii.gz"]],
    [["convert", "{x}", "-o", "{out}/o.nrrd", "--segment", "1"], ["stats", "{out}/o.nrrd"]],
    [["convert", "{x}", "-o", "{out}/o.dcm", "--like", "{case}/series"], ["stats", "{out}/o.dcm"]],
    [["evaluate", "{case}/made", "{case}/made"]], [["verify", "{x}"]],
]
FILE = [[["inspect", "{x}", "--all"]], [["inspect", "{x}", "--json"]], [["convert", "{x}", "-o", "{out}/c"]],
        [["install", "{x}", "--name", "q"]]]
REGISTRY = [
    [["search", "liver"]], [["info", "lung2-ct"]], [["info", "liver2-ct"]], [["cite", "liver2-ct"]],
    [["install", "lung2-ct", "--dry-run"]], [["registry", "show"]], [["registry", "list"]], [["list", "--available"]],
    [["labels", "liver2-ct"]], [["why", "liver2-ct"]], [["list"]],
]
STORE = [[["list"]], [["info", "small"]], [["path", "small"]], [["verify"]], [["verify", "--deep"]], [["verify", "--repair"]],
         [["outdated"]], [["why", "small"]], [["use", "small"]], [["lock", "-f", "{out}/nnx.lock"]], [["cite", "small"]],
         [["labels", "small"]], [["search", "liver"]], [["doctor"]], [["uninstall", "small", "-y"]],
         [["pack", "small", "-o", "{out}/p.nnxpack"]],
         [["predict", "-m", "small", "-i", "{seeds}/scan_0000.nii.gz", "-o", "{out}/o.nii.gz", "--allow", "units"]]]
RUN = [[["verify", "{case}/runs/seg.nii.gz"]], [["verify", "{x}", "--json"]], [["cite", "{x}"]], [["cite", "{x}", "--format", "csl"]],
       [["report", "{case}/runs", "-o", "{out}/r.html"]], [["stats", "{case}/runs/seg.nii.gz"]],
       [["labels", "{case}/runs/seg.nii.gz"]]]
MEAN = [[["ensemble", "-i", "{case}/a", "{seeds}/b", "-o", "{out}"]], [["ensemble", "-i", "{seeds}/b", "{case}/a", "-o", "{out}"]]]


def in_store(pattern):
    def place(base, case, data, seed):
        path = next(path for path in sorted((case / "home").glob(pattern)) if path.is_file())
        replace(path, data)
        return path
    return place


def as_config(base, case, data, seed):
    replace(case / "home/config/config.toml", data)
    return case / "home/config/config.toml"


def as_run(base, case, data, seed):
    linked(base.seeds / "runs", case / "runs")
    replace(case / "runs" / base.record, data)
    return case / "runs" / base.record


def as_member(name):
    def place(base, case, data, seed):
        linked(base.seeds / "a", case / "a")
        path = next((case / "a").glob(name))
        replace(path, data)
        return path
    return place


def with_registry(commands):
    return [[[*words, "--registry", "{x}"] for words in command] for command in commands]


def images(name, folder, mutate):
    return Surface(f"image-{name}", [f"{folder}/*"], mutate, IMAGE, beside())


ALL = [
    images("nifti", "nifti", how.nifti), images("gzip", "gzip", how.zipped_gzip),
    Surface("image-extension", ["nifti-extension/*"], how.extension, IMAGE, extended),
    images("nrrd", "nrrd", how.text), images("nhdr", "nhdr", how.text), images("mha", "mha", how.text),
    images("mhd", "mhd", how.text), images("gipl", "gipl", how.gipl), images("png", "png", how.png),
    images("bmp", "bmp", how.in_bytes), images("tiff", "tiff", how.tiff),
    Surface("dicom", ["dicom/*"], how.in_bytes, SERIES, in_series),
    Surface("seg", ["seg/*"], how.in_bytes, SEGMENTS, in_segments),
    Surface("torch", ["torch/*.pth"], how.zip_with(how.member), FILE, beside(), "empty"),
    Surface("torch-legacy", ["torch/*.model"], how.in_bytes, FILE, beside(), "empty"),
    Surface("pickle", ["pickle/*"], how.in_bytes, FILE, beside(), "empty"),
    Surface("safetensors", ["safetensors/*"], how.safetensors, FILE[:2], beside(), "empty"),
    Surface("checkpoint", ["v2/*/*/fold_0/checkpoint_final.pth"], how.zip_with(how.member), MODEL,
            published("v2", "checkpoint_final.pth"), "empty"),
    Surface("checkpoint-v1", ["v1/2d/*/*/fold_0/model_final_checkpoint.model"], how.zip_with(how.member), MODEL,
            published("v1", "model_final_checkpoint.model"), "empty"),
    Surface("model-zip", ["model.zip"], how.zip_with(how.member), FILE, beside(), "empty"),
    Surface("zip", ["zip/*"], how.zip_with(how.member), FILE, beside(), "empty"),
    Surface("plans", ["v2/*/*/plans.json"], how.json_document, MODEL, published("v2", "plans.json"), "empty"),
    Surface("dataset", ["v2/*/*/dataset.json"], how.json_document, MODEL, published("v2", "dataset.json"), "empty"),
    Surface("plans-v1", ["v1/2d/*/*/plans.pkl"], how.in_bytes, MODEL, published("v1", "plans.pkl"), "empty"),
    Surface("notes-v1", ["plans-v1/slices_2d.pkl"], how.in_bytes, MODEL,
            published("v1", "model_final_checkpoint.model.pkl"), "empty"),
    Surface("postprocessing-v1", ["postprocessing/v1*"], how.json_document, MODEL, published("v1", "postprocessing.json"),
            "empty"),
    Surface("registry", ["registry/*"], how.json_document, with_registry(REGISTRY), beside("registry.json"), "base"),
    Surface("lock", ["nnx.lock"], how.json_document,
            [[["sync", "-f", "{x}"]], [["sync", "-f", "{x}", "--dry-run"]], [["lock", "--check", "-f", "{x}"]],
             [["install", "small", "--locked", "{x}", "--dry-run"]]], beside("nnx.lock"), "base"),
    Surface("pack", ["small.nnxpack", "pack/*"], how.zip_with(how.member),
            [[["unpack", "{x}"], ["list"]], [["unpack", "{x}", "--dry-run"]]], beside("p.nnxpack"), "empty"),
    Surface("config", ["config/*"], how.text,
            [[["config"]], [["list"]], [["config", "get", "threads"]], [["config", "set", "threads", "3"], ["config"]],
             [["config", "unset", "mirror"], ["config"]], [["info", "small"]]], as_config, "base"),
    Surface("record", ["runs/*.json"], how.json_document, RUN, as_run, "base"),
    Surface("catalogue", ["catalogue.sqlite"], how.in_bytes, STORE, in_store("catalogue.sqlite"), "base"),
    Surface("receipt", ["models/small/*/receipt.json"], how.json_document, STORE, in_store("models/small/*/receipt.json"), "base"),
    Surface("model-json", ["models/small/*/model.json"], how.json_document, STORE, in_store("models/small/*/model.json"), "base"),
    Surface("asked", ["asked/small.json"], how.json_document, STORE, in_store("asked/small.json"), "base"),
    Surface("weights", ["models/small/*/weights/*/fold_0.safetensors"], how.safetensors, STORE,
            in_store("models/small/*/weights/*/fold_0.safetensors"), "base"),
    Surface("probabilities", ["a/*.npz"], how.zip_with(how.member), MEAN, as_member("*.npz")),
    Surface("probabilities-labels", ["a/dataset.json"], how.json_document, MEAN, as_member("dataset.json")),
    Surface("postprocessing", ["postprocessing/*.json"], how.json_document,
            [[["ensemble", "-i", "{seeds}/a", "{seeds}/b", "-o", "{out}", "--postprocess", "{x}"]]], beside()),
    Surface("postprocessing-pickle", ["postprocessing/*.pkl"], how.in_bytes,
            [[["ensemble", "-i", "{seeds}/a", "{seeds}/b", "-o", "{out}", "--postprocess", "{x}"]]], beside()),
]

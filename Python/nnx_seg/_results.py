"""What nnx answers, with types. Each keeps the JSON it was made of in ``json``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

JSON = Dict[str, Any]


@dataclass(frozen=True)
class Label:
    """One structure of a segmentation: its number, its name, how much of it there is.

    ``ml`` are millilitres; ``touches`` names the borders of the image that it reaches (``superior``, …), where it may be
    cut off.
    """

    value: int
    name: str
    voxels: int
    ml: float
    touches: Tuple[str, ...]
    json: JSON = field(repr=False, compare=False)

    @staticmethod
    def of(data: JSON) -> "Label":
        return Label(data["value"], data["name"], data["voxels"], data["ml"], tuple(data["touches"]), data)


@dataclass(frozen=True)
class Case:
    """What became of one image: ``status`` is ``done``, ``skipped`` or ``failed``; ``error`` says why it failed."""

    name: str
    status: str
    output: Path
    record: Optional[Path]
    seconds: Optional[float]
    labels: Tuple[Label, ...]
    error: Optional[JSON]
    json: JSON = field(repr=False, compare=False)

    @staticmethod
    def of(data: JSON) -> "Case":
        record = data.get("record")
        labels = tuple(Label.of(label) for label in data.get("labels") or [])
        return Case(data["case"], data["status"], Path(data["output"]), Path(record) if record else None,
                    data.get("seconds"), labels, data.get("error"), data)


@dataclass(frozen=True)
class Prediction:
    """The answer of :func:`nnx_seg.predict` for paths."""

    cases: Tuple[Case, ...]
    warnings: Tuple[str, ...]
    json: JSON = field(repr=False, compare=False)

    @staticmethod
    def of(answer: JSON) -> "Prediction":
        return Prediction(tuple(Case.of(case) for case in answer["data"]["cases"]), warnings(answer), answer["data"])

    @property
    def case(self) -> Case:
        """The only case; several are in ``cases``."""
        if len(self.cases) != 1:
            raise ValueError(f"{len(self.cases)} cases were predicted: look at cases")
        return self.cases[0]

    @property
    def segmentation(self) -> Path:
        """The file of the only case."""
        return self.case.output

    @property
    def volumes(self) -> Dict[str, float]:
        """Of the only case: millilitres by the names of labels."""
        return {label.name: label.ml for label in self.case.labels}

    def load(self) -> Any:
        """Opens the segmentation of the only case with nibabel.

        Returns
        -------
        nibabel.Nifti1Image
        """
        from ._images import nibabel

        return nibabel().load(str(self.segmentation))


@dataclass(frozen=True)
class Model:
    """An installed model. ``folds`` are those that are there; ``licenses`` are as its publisher states them."""

    name: str
    version: str
    title: str
    organs: Tuple[str, ...]
    modalities: Tuple[str, ...]
    folds: Tuple[Any, ...]
    bytes: int
    licenses: Tuple[Any, ...]
    state: str
    path: Path
    json: JSON = field(repr=False, compare=False)

    @staticmethod
    def of(data: JSON) -> "Model":
        return Model(data["name"], data["version"], data["title"], tuple(data["organs"]), tuple(data["modalities"]),
                     tuple(data["folds"]["have"]), data["bytes"], tuple(data["licenses"]), data["state"],
                     Path(data["path"]), data)


@dataclass(frozen=True)
class Installed:
    """A model that :func:`nnx_seg.install` has put in place, or found there."""

    name: str
    version: str
    path: Path
    downloaded: int
    json: JSON = field(repr=False, compare=False)

    @staticmethod
    def of(data: JSON) -> "Installed":
        return Installed(data["name"], data["version"], Path(data["path"]), data.get("bytesDownloaded") or 0, data)


@dataclass(frozen=True)
class LabelStatistics:
    """Numbers of one label; lengths in mm, in the image's world. ``components`` are its separate pieces."""

    value: int
    name: str
    voxels: int
    ml: float
    centroid_mm: Optional[Tuple[float, ...]]
    components: Optional[int]
    touches: Tuple[str, ...]
    json: JSON = field(repr=False, compare=False)

    @staticmethod
    def of(data: JSON) -> "LabelStatistics":
        centroid = data.get("centroidMm")
        return LabelStatistics(data["value"], data["name"], data["voxels"], data["ml"],
                               tuple(centroid) if centroid else None, data.get("components"), tuple(data["touches"]),
                               data)


@dataclass(frozen=True)
class Statistics:
    """The answer of :func:`nnx_seg.stats`; spacing in mm, in the order of the file's axes."""

    spacing: Tuple[float, ...]
    orientation: str
    labels: Tuple[LabelStatistics, ...]
    json: JSON = field(repr=False, compare=False)

    @staticmethod
    def of(answer: JSON) -> "Statistics":
        data = answer["data"]
        return Statistics(tuple(data["spacing"]), data["orientation"],
                          tuple(LabelStatistics.of(label) for label in data["labels"]), data)

    def __getitem__(self, name: str) -> LabelStatistics:
        """The numbers of the label of that name."""
        for label in self.labels:
            if label.name == name:
                return label
        raise KeyError(name)


def warnings(answer: JSON) -> Tuple[str, ...]:
    """The sentences of an answer's warnings."""
    found: List[str] = []
    for warning in answer.get("warnings") or []:
        found.append(str(warning.get("message", warning)) if isinstance(warning, dict) else str(warning))
    return tuple(found)

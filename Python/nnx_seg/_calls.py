"""The calls: each is a verb of nnx."""

from __future__ import annotations

import builtins
import os
from typing import Any, Callable, Dict, List, Optional, Sequence, Union, overload

from ._images import copy_out, nibabel, scratch
from ._program import NNXError, Progress, ask
from ._results import Installed, Model, Prediction, Statistics

PathLike = Union[str, "os.PathLike[str]"]
OnProgress = Optional[Callable[[Progress], None]]


@overload
def predict(image: Union[PathLike, Sequence[PathLike]], model: str, output: Optional[PathLike] = None, *,
            folds: Optional[Sequence[Union[int, str]]] = None, tta: bool = True, step_size: Optional[float] = None,
            raw_labels: bool = False, threads: Optional[int] = None, max_memory: Optional[str] = None,
            overwrite: bool = False, options: Sequence[str] = (), progress: OnProgress = None) -> Prediction: ...


@overload
def predict(image: Any, model: str, output: Optional[PathLike] = None, *,
            folds: Optional[Sequence[Union[int, str]]] = None, tta: bool = True, step_size: Optional[float] = None,
            raw_labels: bool = False, threads: Optional[int] = None, max_memory: Optional[str] = None,
            overwrite: bool = False, options: Sequence[str] = (), progress: OnProgress = None) -> Any: ...


def predict(image: Any, model: str, output: Optional[PathLike] = None, *,
            folds: Optional[Sequence[Union[int, str]]] = None, tta: bool = True, step_size: Optional[float] = None,
            raw_labels: bool = False, threads: Optional[int] = None, max_memory: Optional[str] = None,
            overwrite: bool = False, options: Sequence[str] = (), progress: OnProgress = None) -> Any:
    """Segments an image, images of several channels, or a folder of images.

    Parameters
    ----------
    image : path, sequence of paths, nibabel image, or sequence of nibabel images
        One image; a folder; or the channels of one case in the model's order.
    model : str
        Name of an installed model, as in ``"lung2-ct"``.
    output : path, optional
        File of the segmentation, or a folder for a folder of images. For paths: by default ``IMAGE_seg`` in the
        working directory, as on the command line. For nibabel images: by default no file is kept.
    folds : sequence of int, optional
        Folds to average; by default all that are installed.
    tta : bool
        Whether to average over mirrored copies, as nnU-Net does.
    step_size : float, optional
        Distance of tiles as a share of the patch; 0.5 by default.
    raw_labels : bool
        nnU-Net's own labels instead of those of the publisher's recipe.
    threads : int, optional
        By default all processors.
    max_memory : str, optional
        Memory to stay below, as in ``"4G"``.
    overwrite : bool
        Replaces a result that nnx wrote.
    options : sequence of str
        Further words of ``nnx predict``, as in ``["--uncertainty"]``.
    progress : callable, optional
        Called with a :class:`Progress`, from another thread.

    Returns
    -------
    Prediction
        For paths.
    nibabel.Nifti1Image
        For nibabel images: the labels on the image's grid.

    Raises
    ------
    NNXError
        With ``code`` and ``status``; when only some cases of a folder failed, ``answer`` has all of them.
    """
    words = ["predict", "-m", model]
    if folds is not None:
        words += ["--folds", ",".join(str(fold) for fold in folds)]
    if not tta:
        words.append("--no-tta")
    if step_size is not None:
        words += ["--step-size", str(step_size)]
    if raw_labels:
        words.append("--raw-labels")
    if threads is not None:
        words += ["--threads", str(threads)]
    if max_memory is not None:
        words += ["--max-memory", max_memory]
    if overwrite:
        words.append("--overwrite")
    words += options
    images = builtins.list(image) if isinstance(image, (builtins.list, tuple)) else [image]
    if not images:
        raise NNXError("usage", 64, "no image was given")
    if all(isinstance(one, (str, os.PathLike)) for one in images):
        for one in images:
            words += ["-i", os.fspath(one)]
        if output is not None:
            words += ["-o", os.fspath(output)]
        return Prediction.of(ask(words, progress))
    return _predict_in_memory(images, words, output, progress)


def _predict_in_memory(images: List[Any], words: List[str], output: Optional[PathLike], progress: OnProgress) -> Any:
    module = nibabel()
    for one in images:
        if not isinstance(one, module.spatialimages.SpatialImage):
            raise NNXError("usage", 64, f"an image is a path or nibabel's, not {type(one).__name__}")
    with scratch() as folder:
        for index, one in enumerate(images):
            path = os.path.join(folder, f"image{index}.nii")
            module.save(one, path)
            words += ["-i", path]
        target = os.fspath(output) if output is not None else os.path.join(folder, "segmentation.nii")
        answer = Prediction.of(ask(words + ["-o", target], progress))
        return copy_out(str(answer.segmentation))


def install(*models: str, folds: Optional[Sequence[Union[int, str]]] = None, accept_licence: bool = False,
            options: Sequence[str] = (), progress: OnProgress = None) -> List[Installed]:
    """Installs models by name, from an archive or from a folder.

    Parameters
    ----------
    *models : str
        Names, as in ``"lung2-ct"``.
    folds : sequence of int, optional
        Only these, fetched out of the remote archive where its host allows it.
    accept_licence : bool
        Answers yes where a licence must be accepted.
    options : sequence of str
        Further words of ``nnx install``.
    progress : callable, optional
        Called with a :class:`Progress`, from another thread.

    Returns
    -------
    list of Installed

    Raises
    ------
    NNXError
    """
    words = ["install", *models]
    if folds is not None:
        words += ["--folds", ",".join(str(fold) for fold in folds)]
    if accept_licence:
        words.append("--yes")
    return [Installed.of(one) for one in ask([*words, *options], progress)["data"]["installed"]]


def list() -> List[Model]:
    """The installed models.

    Returns
    -------
    list of Model
    """
    return [Model.of(one) for one in ask(["list"])["data"]["models"]]


def stats(segmentation: Any, image: Any = None, *, options: Sequence[str] = ()) -> Statistics:
    """Volumes, places and pieces of each label; intensities under it when the image is given.

    Parameters
    ----------
    segmentation, image : path or nibabel image
    options : sequence of str
        Further words of ``nnx stats``.

    Returns
    -------
    Statistics

    Raises
    ------
    NNXError
    """
    with scratch() as folder:
        words = ["stats"]
        for name, one in (("segmentation", segmentation), ("image", image)):
            if one is None:
                continue
            if isinstance(one, (str, os.PathLike)):
                words.append(os.fspath(one))
            else:
                words.append(os.path.join(folder, f"{name}.nii"))
                nibabel().save(one, words[-1])
        return Statistics.of(ask([*words, *options]))


def run(verb: str, *arguments: Union[PathLike, int, float], progress: OnProgress = None) -> Dict[str, Any]:
    """Any verb of nnx.

    Parameters
    ----------
    verb : str
        As in ``"info"``.
    *arguments : str, path or number
        Its words.
    progress : callable, optional
        Called with a :class:`Progress`, from another thread.

    Returns
    -------
    dict
        The member ``data`` of its JSON answer.

    Raises
    ------
    NNXError

    Examples
    --------
    >>> nnx_seg.run("info", "lung2-ct")["entry"]["name"]    # doctest: +SKIP
    'lung2-ct'
    """
    words = [os.fspath(word) if isinstance(word, (str, os.PathLike)) else str(word) for word in arguments]
    return dict(ask([verb, *words], progress)["data"])

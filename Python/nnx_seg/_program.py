"""The program: where it is, how it is asked, and what its errors are."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
import threading
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence


class NNXError(Exception):
    """What nnx says when it cannot do what it was asked.

    Attributes
    ----------
    code : str
        A stable name, as in ``file-not-found``; ``nnx explain CODE`` tells more.
    status : int
        The exit status of the program, as in 66.
    fixes : list of str
        What helps.
    details : list of str
        Further facts.
    answer : dict
        The part of the answer that there is all the same, such as the cases that went well.
    """

    def __init__(self, code: str, status: int, message: str, fixes: Sequence[str] = (), details: Sequence[str] = (),
                 answer: Optional[Mapping[str, Any]] = None) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.message = message
        self.fixes = [*fixes]
        self.details = [*details]
        self.answer = dict(answer or {})

    def __str__(self) -> str:
        lines = [f"[{self.code}] {self.message}", *self.details]
        return "\n".join(lines + [f"-> {fix}" for fix in self.fixes])

    def __reduce__(self) -> Any:
        return (NNXError, (self.code, self.status, self.message, self.fixes, self.details, self.answer))


@dataclass(frozen=True)
class Progress:
    """How far nnx is.

    Attributes
    ----------
    stage : str
        ``download``, ``verify``, ``unpack``, ``convert``, ``read``, ``preprocess``, ``predict``, ``export`` or ``write``.
    item : str
        What is worked on: a file, a fold, a case.
    done, total : int
        Of ``unit``; ``total`` is None while it is unknown.
    unit : str
        ``B`` (bytes), ``patches``, ``folds``, ``files`` or ``steps``.
    seconds : float
        Since the beginning.
    """

    stage: str
    item: str
    done: int
    total: Optional[int]
    unit: str
    seconds: float


def find_nnx() -> str:
    """The path of the program.

    Returns
    -------
    str
        What ``NNX_BINARY`` names; else the one that was installed with this package; else the first on the PATH.

    Raises
    ------
    NNXError
        ``missing-program``, status 78, when there is none.
    """
    named = os.environ.get("NNX_BINARY")
    if named:
        return named
    folders = [sysconfig.get_path("scripts")]
    user = sysconfig.get_path("scripts", f"{os.name}_user")
    # pip install --target puts programs into bin beside the packages.
    beside = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bin")
    for folder in [*folders, user, beside]:
        path = os.path.join(folder, "nnx")
        if os.access(path, os.X_OK):
            return path
    found = shutil.which("nnx")
    if found:
        return found
    raise NNXError("missing-program", 78, "the program nnx is not where pip puts programs, and not on the PATH",
                   ["pip install --force-reinstall nnx-seg", "or set NNX_BINARY to its path"])


def ask(arguments: Sequence[str], progress: Optional[Callable[[Progress], None]] = None) -> Dict[str, Any]:
    """Runs a verb with ``--json``.

    Returns
    -------
    dict
        The whole envelope: ``data`` and ``warnings``.

    Raises
    ------
    NNXError
        What nnx says.
    """
    words = [find_nnx(), *arguments, "--json", "--progress", "json" if progress else "none"]
    # Questions have no answer here, and stop the command with what to say instead.
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    remarks: List[str] = []
    trouble: List[BaseException] = []
    stream = process.stderr

    def listen() -> None:
        for raw in stream:
            line = raw.decode("utf-8", "replace").rstrip("\n")
            event = _event(line) if progress else None
            if event is None:
                remarks.append(line)
            elif progress and not trouble:
                try:
                    progress(event)
                except BaseException as error:  # the caller's; it is raised once nnx has ended
                    trouble.append(error)
                    process.terminate()

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        text = process.stdout.read()
        status = process.wait()
    except BaseException:
        # Ctrl-C: nnx ends cleanly on its own, and keeps what it has downloaded.
        process.terminate()
        process.wait()
        raise
    finally:
        listener.join()
        process.stdout.close()
        process.stderr.close()
    if trouble:
        raise trouble[0]
    try:
        answer = json.loads(text)
    except ValueError:
        said = "\n".join(remarks[-20:]) or f"nnx ended with status {status} and said nothing"
        raise NNXError("no-answer", status, said) from None
    error = answer.get("error")
    if error:
        raise NNXError(error["code"], error["exit"], error["message"], error.get("fix", []), error.get("details", []),
                       answer.get("data"))
    return dict(answer)


def _event(line: str) -> Optional[Progress]:
    if not line.startswith("{"):
        return None
    try:
        event = json.loads(line)
        return Progress(event["stage"], event["item"], event["done"], event.get("total"), event["unit"], event["t"])
    except (ValueError, KeyError):
        return None

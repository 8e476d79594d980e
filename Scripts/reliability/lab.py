"""What the reliability commands share: nnx in a store of its own, and a judge who trusts no word of it.

The judge reads the store from outside: every receipt, every byte against its digest, every link, every
file that should not be there. Where the build has `nnx verify`, it is asked as well, and must agree.
"""

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
CASES = REPOSITORY / "Tests/Fixtures/reference"
SMALL = CASES / "v2/slices_2d/model.zip"
OTHER = CASES / "v1/slices_2d/model.zip"
FOLDS = CASES / "v2/plain_ct_folds/model.zip"


def arguments(what):
    """The parser with the options that every command has."""
    parser = argparse.ArgumentParser(description=what, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nnx", type=Path, default=REPOSITORY / ".build/release/nnx", help="the binary")
    parser.add_argument("--folder", help="where stores are made (default: the temporary folder)")
    parser.add_argument("--seed", type=int, default=1)
    return parser


class Workplace:
    """A folder for one run of a command; gone afterwards unless something failed."""

    def __init__(self, options):
        self.path = Path(tempfile.mkdtemp(prefix="nnx-reliability-", dir=options.folder))
        self.nnx = self.path / "nnx"
        # A copy: a build meanwhile must not change what is tested.
        shutil.copy2(options.nnx, self.nnx)
        text = subprocess.run([str(self.nnx), "--help"], stdout=subprocess.PIPE, text=True).stdout
        self.has_verify = re.search(r"^ +verify\b", text, re.MULTILINE) is not None
        self.failures = []
        self.begin = time.monotonic()
        random.seed(options.seed)

    def fail(self, where, what):
        self.failures.append((where, what))
        print(f"FAILED {where}: {what}", flush=True)

    def done(self, summary):
        """Prints the result and leaves: 0 when nothing failed."""
        seconds = time.monotonic() - self.begin
        if not self.has_verify:
            print("this build has no nnx verify: judged from outside alone")
        print(f"{summary}; {len(self.failures)} failures; {seconds:.0f} s")
        if not self.failures:
            shutil.rmtree(self.path, ignore_errors=True)
        else:
            print(f"stores are kept in {self.path}")
        sys.exit(1 if self.failures else 0)

    def shim(self):
        """The preload library, compiled."""
        target = self.path / "faults.so"
        if not target.exists():
            source = REPOSITORY / "Tests/Shims/faults.c"
            subprocess.run(["clang", "-O1", "-shared", "-fPIC", "-o", target, source, "-ldl"], check=True)
        return target


class Store:
    """A store and the nnx that works on it."""

    def __init__(self, place, name):
        self.place = place
        self.path = place.path / name
        self.nnx = place.nnx

    def environment(self, **more):
        # One BLAS thread: what is swept should happen in the same order every time.
        return {"PATH": os.environ["PATH"], "NNX_HOME": str(self.path), "OPENBLAS_NUM_THREADS": "1",
                "SWIFT_BACKTRACE": "enable=no", **more}

    def run(self, *words, prefix=(), **more):
        """Runs nnx to its end."""
        return subprocess.run(
            [*map(str, prefix), str(self.nnx), *map(str, words)], env=self.environment(**more),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def start(self, *words, **more):
        return subprocess.Popen(
            [str(self.nnx), *map(str, words)], env=self.environment(**more), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def reset(self, template=None):
        shutil.rmtree(self.path, ignore_errors=True)
        if template:
            shutil.copytree(template.path, self.path, symlinks=True)

    def models(self):
        """`{name@version: digest}` of everything installed, and what is wrong with it.

        The digest covers names and bytes of all files, not the time of the install."""
        found, wrong = {}, []
        for version in sorted(self.path.glob("models/*/*")):
            key = f"{version.parent.name}@{version.name}"
            if version.is_symlink():
                # One that never got its name is litter at most.
                if version.name != "default" and not version.name.endswith(".tmp"):
                    wrong.append(f"{key}: a link")
                continue
            if not version.is_dir():
                wrong.append(f"{key}: not a folder")
                continue
            try:
                receipt = json.loads((version / "receipt.json").read_text())
            except (OSError, ValueError) as error:
                wrong.append(f"{key}: receipt: {error}")
                continue
            whole = hashlib.sha256()
            listed = {"receipt.json"}
            for file in sorted(receipt["files"], key=lambda file: file["path"]):
                listed.add(file["path"])
                try:
                    data = (version / file["path"]).read_bytes()
                except OSError as error:
                    wrong.append(f"{key}: {error}")
                    continue
                digest = hashlib.sha256(data).hexdigest()
                if len(data) != file["size"] or digest != file["sha256"]:
                    wrong.append(f"{key}: {file['path']} differs from its receipt")
                whole.update(f"{digest} {file['path']}\n".encode())
            for path in version.rglob("*"):
                if not path.is_dir() and str(path.relative_to(version)) not in listed:
                    wrong.append(f"{key}: {path.relative_to(version)} is in no receipt")
            found[key] = whole.hexdigest()[:16]
        return found, wrong

    def verify(self):
        """What `nnx verify --deep` complains about; nothing while the build has no such verb."""
        if not self.place.has_verify:
            return []
        outcome = self.run("verify", "--deep")
        if outcome.returncode == 0 or "error[not-installed]" in outcome.stderr:
            return []
        return [f"verify {outcome.returncode}: {outcome.stdout[-300:]} {outcome.stderr[-300:]}"]

    def litter(self):
        """Files that nobody will ever need: temporary ones, staging folders, dead links."""
        wrong = [f"{path.relative_to(self.path)}" for path in self.path.glob("staging/*")]
        for path in self.path.rglob("*"):
            relative = path.relative_to(self.path)
            if relative.parts[0] == "staging":
                continue
            if path.name.endswith((".tmp", ".aside", ".part", ".part.json", "-journal")):
                wrong.append(str(relative))
            if path.is_symlink() and not path.exists():
                wrong.append(f"{relative} leads nowhere")
        for folder in self.path.glob("models/*"):
            if not any(folder.iterdir()):
                wrong.append(f"{folder.relative_to(self.path)} is empty")
        return wrong

    def links(self):
        """nnU-Net's view: `{link: whether it leads somewhere}`."""
        return sorted(
            str(path.relative_to(self.path)) for path in self.path.glob("results/**/*") if path.is_symlink())


class Operation:
    """A change of a store: how it begins, what is done, and how it ends."""

    def __init__(self, place, name, words, before=(), allows_middle=False):
        self.name, self.words, self.allows_middle = name, words, allows_middle
        self.template = Store(place, f"{name}.before")
        self.template.path.mkdir()
        for step in before:
            outcome = self.template.run(*step)
            if outcome.returncode != 0:
                raise SystemExit(f"{name}: cannot prepare: {outcome.stderr}")
        self.old = self.template.models()[0]
        after = Store(place, f"{name}.after")
        after.reset(self.template)
        begin = time.monotonic()
        outcome = after.run(*words)
        self.seconds = time.monotonic() - begin
        if outcome.returncode != 0:
            raise SystemExit(f"{name}: {outcome.stderr}")
        self.new, wrong = after.models()
        self.new_links = after.links()
        if wrong or after.litter():
            raise SystemExit(f"{name}: {wrong} {after.litter()}")

    def judge(self, place, store, where):
        """After a fault: the old or the new state, nothing damaged; then once more, undisturbed."""
        models, wrong = store.models()
        for problem in wrong + store.verify():
            place.fail(where, problem)
        if models not in (self.old, self.new) and not self.allows_middle:
            place.fail(where, f"neither old nor new: {models}")
        outcome = store.run(*self.words)
        gone = self.name.startswith("uninstall") and outcome.returncode == 66 and models == self.new
        if outcome.returncode != 0 and not gone:
            place.fail(where, f"the next try ended with {outcome.returncode}: {outcome.stderr}")
        if gone:
            # Nothing to remove any more; the next change cleans up.
            store.run("install", SMALL, "--name", "sweeper", "-q")
            store.run("uninstall", "sweeper", "-q")
        models, wrong = store.models()
        for problem in wrong:
            place.fail(where, f"after the next try: {problem}")
        if models != self.new:
            place.fail(where, f"the next try made {models} and not {self.new}")
        if store.links() != self.new_links:
            place.fail(where, f"the links for nnU-Net are {store.links()} and not {self.new_links}")
        for path in store.litter():
            place.fail(where, f"litter: {path}")


def registry(folder, version, archive, name="swept"):
    """A registry whose one model has this version and these bytes."""
    whole = json.loads((REPOSITORY / "registry.json").read_text())
    card = next(model for model in whole["models"] if model["name"] == "demo-ct")
    data = Path(archive).read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.zip").write_bytes(data)
    card.update(name=name, version=version)
    names = [part for name in zipfile.ZipFile(archive).namelist() for part in name.split("/")]
    dataset = next(part for part in names if part.startswith(("Dataset", "Task")))
    card["weights"][0].update(id=name, dataset=dataset)
    for label in card["labels"]:
        label["from"] = {name: [label["value"]]}
    card["weights"][0]["files"] = [{
        "key": "model.zip", "path": "model.zip", "size": len(data), "md5": hashlib.md5(data).hexdigest(),
        "sha256": hashlib.sha256(data).hexdigest(), "digestsStatedBy": ["test"]}]
    whole["models"] = [card]
    path = folder / "registry.json"
    path.write_text(json.dumps(whole))
    return path


def operations(place, names=None):
    """The changes that are put to the test."""
    one = registry(place.path / "one", "2026.1.1", SMALL)
    two = registry(place.path / "two", "2026.2.1", OTHER)
    changed = registry(place.path / "changed", "2026.1.1", FOLDS)
    present = ["install", OTHER, "--name", "present", "-q"]
    first = ["install", "swept", "--registry", one, "-q"]
    known = {
        "install": (["install", SMALL, "--name", "swept", "-q"], [present]),
        "replace": (["install", "swept", "--force", "--registry", changed, "-q"], [first]),
        "version": (["install", "swept", "--registry", two, "-q"], [present, first]),
        "uninstall": (["uninstall", "swept", "-q"], [present, first]),
    }
    return [Operation(place, name, words, before) for name, (words, before) in known.items()
            if names is None or name in names]


def zenodo(place, binary, more=()):
    """Starts a Zenodo on this machine that serves `zenodo/`; returns it and the environment for nnx.

    What it is asked stands in `requests`."""
    server = subprocess.Popen(
        [str(binary), str(place.path / "zenodo"), "--ca", str(place.path / "ca.pem"), *more],
        stdout=subprocess.PIPE, stderr=open(place.path / "requests", "w"), text=True)
    network = {}
    while not {"CURL_CA_BUNDLE", "https_proxy"} <= set(network):
        line = server.stdout.readline()
        if not line:
            raise SystemExit((place.path / "requests").read_text())
        network.update(re.findall(r"export (\w+)='(.*)'", line))
    return server, network

"""Packs a linked nnx: tar.gz, wheel, .deb, packaging files, SHA256SUMS. Usage: packages.py DIST BUILT-FROM

Dates are the commit's (SOURCE_DATE_EPOCH), owners root, orders sorted: the same nnx gives the same bytes.
"""

import base64
import gzip
import hashlib
import io
import json
import os
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
EPOCH = int(os.environ["SOURCE_DATE_EPOCH"])
SUMMARY = "Install published medical segmentation models and run them"
EMBEDDED = ("curl", "libpng", "tiff", "zlib")
TAGS = ("manylinux_2_17_x86_64", "manylinux2014_x86_64")


def main(dist: Path, built_from: Path) -> None:
    nnx = dist / "nnx"
    home = "https://github.com/nnx-project/nnx"
    version = ask(nnx, "--version").split()[1]
    parts = [line.split(" ", 1) for line in built_from.read_text().splitlines()]
    bom = sbom(version, parts)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        write_tree(tree, nnx, bom)
        name = f"nnx-{version}-x86_64-linux"
        tarball = dist / f"{name}.tar.gz"
        write_tar(tarball, tree, name)
        write_wheel(dist, nnx, version, home, bom)
        write_deb(dist / f"nnx_{version}_amd64.deb", tree, version, home, Path(folder) / "deb")
    digest = hashlib.sha256(tarball.read_bytes()).hexdigest()
    for template in ("nnx.rb", "nnx.def"):
        text = (HERE / template).read_text().replace("@VERSION@", version).replace("@SHA256@", digest)
        (dist / template).write_text(text.replace("@HOME@", home))
    files = sorted(path for path in dist.iterdir() if path.name != "SHA256SUMS")
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (dist / "SHA256SUMS").write_text("".join(sums))
    for path in files:
        print(f"{path.stat().st_size:>12,}  {path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}")


def ask(nnx: Path, *words: str) -> str:
    """What nnx says, apart from the machine's settings and models."""
    with tempfile.TemporaryDirectory() as home:
        clean = {"HOME": home, "NNX_HOME": home, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        return subprocess.run([nnx, *words], check=True, capture_output=True, text=True, env=clean).stdout


def sbom(version: str, parts: list) -> str:
    """A bill of materials in CycloneDX's form: the libraries inside, by Debian's source packages."""
    components = []
    for name, number in parts[1:]:
        component = {"type": "library", "name": name, "version": number}
        if name in ("swift", "zig"):
            component["type"] = "application"
        else:
            component["purl"] = f"pkg:deb/debian/{name}@{number.replace('+', '%2B').replace('~', '%7E')}?arch=source"
        components.append(component)
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(EPOCH))
    main = {"type": "application", "name": "nnx", "version": version,
            "properties": [{"name": "nnx:commit", "value": parts[0][1]}]}
    document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
                "metadata": {"timestamp": when, "component": main}, "components": components}
    return json.dumps(document, indent=2) + "\n"


def write_tree(tree: Path, nnx: Path, bom: str) -> None:
    """What lies under a prefix such as /usr."""
    share = tree / "share"
    man, documents = share / "man" / "man1", share / "doc" / "nnx"
    places = {"bash": "bash-completion/completions/nnx", "zsh": "zsh/vendor-completions/_nnx",
              "fish": "fish/vendor_completions.d/nnx.fish"}
    for folder in (tree / "bin", man, documents):
        folder.mkdir(parents=True)
    shutil.copy(nnx, tree / "bin" / "nnx")
    ask(nnx, "man", "--install", str(man), "-q")
    for shell, place in places.items():
        path = share / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ask(nnx, "completions", shell))
    (documents / "LICENSES.md").write_text(ask(nnx, "licenses"))
    (documents / "sbom.cdx.json").write_text(bom)


def write_tar(path: Path, tree: Path, prefix: str) -> None:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for source in sorted(tree.rglob("*")):
            info = archive.gettarinfo(source, f"{prefix}/{source.relative_to(tree)}")
            info.uid = info.gid = 0
            info.uname = info.gname = "root"
            info.mtime = EPOCH
            is_program = source.is_dir() or source.parent.name == "bin"
            info.mode = 0o755 if is_program else 0o644
            if source.is_file():
                with source.open("rb") as file:
                    archive.addfile(info, file)
            else:
                archive.addfile(info)
    path.write_bytes(gzipped(raw.getvalue()))


def write_wheel(dist: Path, nnx: Path, version: str, home: str, bom: str) -> None:
    """PEP 427, by hand: the program goes where pip puts scripts, so that no Python stands before it."""
    name = f"nnx_seg-{version}"
    info = f"{name}.dist-info"
    metadata = [
        "Metadata-Version: 2.1", "Name: nnx-seg", f"Version: {version}", f"Summary: {SUMMARY}", f"Home-page: {home}",
        "Requires-Python: >=3.8", "Provides-Extra: arrays", "Requires-Dist: nibabel; extra == 'arrays'",
        "Classifier: Typing :: Typed", "Classifier: Operating System :: POSIX :: Linux",
        "Description-Content-Type: text/markdown", "", (ROOT / "Python" / "README.md").read_text()]
    wheel = ["Wheel-Version: 1.0", "Generator: nnx Scripts/release", "Root-Is-Purelib: false"]
    wheel += [f"Tag: py3-none-{tag}" for tag in TAGS]
    package = ROOT / "Python" / "nnx_seg"
    files = {f"nnx_seg/{path.name}": path.read_bytes() for path in sorted(package.iterdir()) if path.is_file()}
    files[f"{name}.data/scripts/nnx"] = nnx.read_bytes()
    files[f"{info}/METADATA"] = "\n".join(metadata).encode()
    files[f"{info}/WHEEL"] = ("\n".join(wheel) + "\n").encode()
    files[f"{info}/licenses/LICENSES.md"] = (ROOT / "docs" / "licenses.md").read_bytes()
    files[f"{info}/sboms/nnx.cdx.json"] = bom.encode()
    record = "".join(f"{path},sha256={urlsafe(data)},{len(data)}\n" for path, data in files.items())
    files[f"{info}/RECORD"] = (record + f"{info}/RECORD,,\n").encode()
    date = max(time.gmtime(EPOCH)[:6], (1980, 1, 1, 0, 0, 0))
    write_zip(dist / f"{name}-py3-none-{'.'.join(TAGS)}.whl", files, date)


def write_zip(path: Path, files: dict[str, bytes], date: tuple[int, ...]) -> None:
    """APPNOTE.TXT 6.3.4, without what it leaves to choose: zipfile takes no entries that are packed already."""
    year, month, day, hour, minute, second = date
    stamp = (hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day)
    entries, directory = b"", b""
    for name, data in files.items():
        packed = gzipped(data)[10:-8]
        mode = 0o100755 if name.endswith("scripts/nnx") else 0o100644
        facts = struct.pack("<HHHHHIIIHH", 20, 0, 8, *stamp, zlib.crc32(data), len(packed), len(data), len(name), 0)
        directory += b"PK\1\2" + struct.pack("<H", 3 << 8 | 20) + facts
        directory += struct.pack("<HHHII", 0, 0, 0, mode << 16, len(entries)) + name.encode("ascii")
        entries += b"PK\3\4" + facts + name.encode("ascii") + packed
    count = len(files)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(entries), 0)
    path.write_bytes(entries + directory + b"PK\5\6" + end)


def gzipped(data: bytes) -> bytes:
    """By libdeflate, which looks longer than zlib does: three per cent smaller. A header of 10 bytes, a trailer of 8."""
    packed = subprocess.run(["libdeflate-gzip", "-12", "-c"], check=True, input=data, capture_output=True).stdout
    assert packed[:4] == b"\x1f\x8b\x08\0", "the header holds more than ten bytes"
    return packed


def urlsafe(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def write_deb(path: Path, tree: Path, version: str, home: str, folder: Path) -> None:
    shutil.copytree(tree, folder / "usr")
    documents = folder / "usr" / "share" / "doc" / "nnx"
    (documents / "copyright").write_text(
        "What nnx carries, and on which terms, is told in LICENSES.md beside this file, and by: nnx licenses\n"
        "The Apache License 2.0 lies in /usr/share/common-licenses/Apache-2.0 as well.\n"
        f"Copyright: the authors of nnx, {home}\n")
    # Libraries are inside on purpose: one file for every system.
    overrides = folder / "usr" / "share" / "lintian" / "overrides" / "nnx"
    overrides.parent.mkdir(parents=True)
    overrides.write_text("".join(f"nnx: embedded-library {name} [usr/bin/nnx]\n" for name in EMBEDDED))
    stamp = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(EPOCH))
    changes = f"nnx ({version}) stable; urgency=low\n\n  * Release {version}.\n\n -- nnx <nnx-project@users.noreply.github.com>  {stamp}\n"
    pages = list((folder / "usr" / "share" / "man").rglob("*.1"))
    for page in pages:
        page.with_name(page.name + ".gz").write_bytes(gzip.compress(page.read_bytes(), 9, mtime=EPOCH))
        page.unlink()
    (documents / "changelog.gz").write_bytes(gzip.compress(changes.encode(), 9, mtime=EPOCH))
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) // 1024
    control = [
        "Package: nnx", f"Version: {version}", "Architecture: amd64", "Section: science", "Priority: optional",
        "Maintainer: nnx <nnx-project@users.noreply.github.com>", f"Installed-Size: {size}", "Depends: libc6 (>= 2.17), libgcc-s1",
        "Recommends: ca-certificates", f"Homepage: {home}", f"Description: {SUMMARY[0].lower()}{SUMMARY[1:]}",
        " nnx finds published nnU-Net models by name, checks what it downloads, and", " segments images on a processor."]
    (folder / "DEBIAN").mkdir()
    (folder / "DEBIAN" / "control").write_text("\n".join(control) + "\n")
    for file in folder.rglob("*"):
        file.chmod(0o755 if file.is_dir() or file.parent.name == "bin" else 0o644)
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build", str(folder), str(path)], check=True,
                   stdout=subprocess.DEVNULL)


main(Path(sys.argv[1]), Path(sys.argv[2]))

#!/usr/bin/env python3
"""Times series of DICOM and segmentations: nnx against dcm2niix, SimpleITK, highdicom and dcmqi, whole processes in turn.

    VENV/bin/python Benchmarks/dicom.py --nnx .build/release/nnx [--rounds 5] [--only WORD] [--folder FOLDER] [--times-only]

Makes a CT of 300 slices of 512 × 512 (uncompressed), 20 slices of it in JPEG 2000, and ten labels on it; then runs all
commands of a row in turn. Prints medians of wall and processor seconds, the peak of resident memory, and the ratios to
nnx, round by round, as medians. Outputs of one row are compared, voxel by voxel. Needs a Python with pydicom, highdicom,
SimpleITK, nibabel, and dcm2niix and dcmqi in its bin. Inputs and outputs lie in --folder, and stay there to be used again;
without it in a temporary folder (TMPDIR). nnx flushes what it writes to the disk, the others do not: a folder in memory
(/dev/shm) leaves that out.
"""
import argparse, json, os, shutil, statistics, subprocess, sys, tempfile
from pathlib import Path

import numpy as np

from measured import peak_resident, run

SLICES, SIZE, PACKED, LABELS = 300, 512, 20, 10
TOOLS = Path(sys.executable).parent


def phantom(slice):
    """Stored values of a slice of a CT (its intercept is -1024): a body with organs, noise as of a scanner."""
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    noise = np.random.default_rng(slice)
    values = np.full((SIZE, SIZE), -1000.0)
    def ellipse(cx, cy, a, b): return ((x - cx) / a) ** 2 + ((y - cy) / b) ** 2 < 1
    values[ellipse(256, 256, 220, 160)] = 40
    grow = np.sin(np.pi * (slice + 1) / (SLICES + 1))
    values[ellipse(160, 240, 80 * grow, 100 * grow)] = -820
    values[ellipse(350, 240, 75 * grow, 95 * grow)] = -780
    values[ellipse(256, 360, 26, 26)] = 620
    smooth = noise.normal(0, 24, (SIZE, SIZE))
    smooth = (smooth + np.roll(smooth, 1, 0) + np.roll(smooth, 1, 1) + np.roll(smooth, 1, (0, 1))) / 2
    return np.clip(np.rint(values + smooth) + 1024, 0, 4095).astype("<u2")


def label_map():
    """Ten organs: balls, each over 60 to 160 slices. Axes: slice, row, column."""
    labels = np.zeros((SLICES, SIZE, SIZE), np.uint8)
    z, y, x = (np.arange(n, dtype=np.float32) for n in labels.shape)
    for label in range(1, LABELS + 1):
        angle = label * 2 * np.pi / LABELS
        radius = 30 + 5 * label
        centre = (30 + radius + (SLICES - 60 - 2 * radius) * (label - 1) / (LABELS - 1),
                  256 + 110 * np.sin(angle), 256 + 150 * np.cos(angle))
        inside = ((z[:, None, None] - centre[0]) ** 2 + (y[:, None] - centre[1]) ** 2 + (x - centre[2]) ** 2) < radius ** 2
        labels[inside] = label
    return labels


def make(folder):
    import pydicom, nibabel, SimpleITK as sitk
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
    from pydicom.dataset import FileDataset, FileMetaDataset
    root = "1.2.826.0.1.3680043.8.498.77."
    for name in "raw", "packed": (folder / name).mkdir()
    for k in range(SLICES):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID, meta.TransferSyntaxUID = CTImageStorage, ExplicitVRLittleEndian
        meta.MediaStorageSOPInstanceUID = f"{root}3.{k + 1}"
        d = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
        d.SOPClassUID, d.SOPInstanceUID, d.Modality = CTImageStorage, meta.MediaStorageSOPInstanceUID, "CT"
        d.StudyInstanceUID, d.SeriesInstanceUID, d.FrameOfReferenceUID = root + "1", root + "2", root + "4"
        d.PatientName, d.PatientID, d.PatientBirthDate, d.PatientSex = "Phantom^CT", "PHANTOM", "", "O"
        d.StudyDate = d.ContentDate = "20260102"
        d.StudyTime = d.ContentTime = "101500"
        d.StudyID, d.AccessionNumber, d.ReferringPhysicianName, d.Manufacturer = "1", "", "", "made up"
        d.PositionReferenceIndicator, d.KVP, d.PatientPosition = "", "120", "HFS"
        d.ImageType, d.SeriesNumber, d.InstanceNumber = ["ORIGINAL", "PRIMARY", "AXIAL"], "3", str(k + 1)
        d.ImagePositionPatient, d.ImageOrientationPatient = [-179.5, -179.5, 1.5 * k], [1, 0, 0, 0, 1, 0]
        d.PixelSpacing, d.SliceThickness = [0.703, 0.703], "1.5"
        d.SamplesPerPixel, d.PhotometricInterpretation, d.Rows, d.Columns = 1, "MONOCHROME2", SIZE, SIZE
        d.BitsAllocated, d.BitsStored, d.HighBit, d.PixelRepresentation = 16, 12, 11, 0
        d.RescaleIntercept, d.RescaleSlope, d.RescaleType = "-1024", "1", "HU"
        d.PixelData = phantom(k).tobytes()
        d["PixelData"].VR = "OW"
        path = folder / f"raw/{k:03}.dcm"
        d.save_as(path, enforce_file_format=True)
        if k < PACKED:
            writer = sitk.ImageFileWriter()
            writer.SetImageIO("GDCMImageIO")
            writer.KeepOriginalImageUIDOn()
            writer.UseCompressionOn()
            writer.SetCompressor("JPEG2000")
            target = folder / f"packed/{k:03}.dcm"
            writer.SetFileName(str(target))
            image = sitk.ReadImage(str(path), imageIO="GDCMImageIO")
            writer.Execute(image)
            again = pydicom.dcmread(target)
            assert again.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.4.90", again.file_meta.TransferSyntaxUID
    labels = label_map()
    np.save(folder / "labels.npy", labels)
    # As dcm2niix lays it: rows reversed, RAS.
    affine = np.array([[-0.703, 0, 0, 179.5], [0, 0.703, 0, 179.5 - 0.703 * (SIZE - 1)], [0, 0, 1.5, 0], [0, 0, 0, 1]])
    image = nibabel.Nifti1Image(np.ascontiguousarray(labels[:, ::-1].transpose(2, 1, 0)), affine)
    image.set_sform(affine, 1), image.set_qform(affine, 1)
    nibabel.save(image, folder / "labels.nii")
    segment = lambda n: {
        "labelID": n, "SegmentDescription": f"organ {n}", "SegmentLabel": f"organ {n}", "SegmentAlgorithmType": "AUTOMATIC",
        "SegmentAlgorithmName": "bench", "recommendedDisplayRGBValue": [20 * n, 128, 255 - 20 * n],
        "SegmentedPropertyCategoryCodeSequence": {"CodeValue": "85756007", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Tissue"},
        "SegmentedPropertyTypeCodeSequence": {"CodeValue": "85756007", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Tissue"}}
    (folder / "dcmqi.json").write_text(json.dumps({
        "ContentCreatorName": "bench", "ClinicalTrialSeriesID": "1", "ClinicalTrialTimePointID": "1",
        "SeriesDescription": "bench", "SeriesNumber": "300", "InstanceNumber": "1", "BodyPartExamined": "",
        "segmentAttributes": [[segment(n) for n in range(1, LABELS + 1)]], "ContentLabel": "SEGMENTATION",
        "ContentDescription": "bench", "ClinicalTrialCoordinatingCenterName": ""}))


SITK_READ = """
import sys, SimpleITK as sitk
reader = sitk.ImageSeriesReader()
reader.SetFileNames(reader.GetGDCMSeriesFileNames(sys.argv[1]))
image = reader.Execute()
if len(sys.argv) > 2: sitk.WriteImage(image, sys.argv[2])
"""
HIGHDICOM_WRITE = """
import sys, pathlib, numpy as np, pydicom, highdicom as hd
from pydicom.sr.codedict import codes
source = [pydicom.dcmread(p, stop_before_pixels=True) for p in sorted(pathlib.Path(sys.argv[1]).iterdir())]
by = hd.AlgorithmIdentificationSequence(name="bench", version="1", family=codes.DCM.ArtificialIntelligence)
segments = [hd.seg.SegmentDescription(n, f"organ {n}", codes.SCT.Tissue, codes.SCT.Tissue, "AUTOMATIC",
            algorithm_identification=by) for n in range(1, 11)]
hd.seg.Segmentation(source, np.load(sys.argv[2]), "BINARY", segments, hd.UID(), 300, hd.UID(), 1, "bench", "bench", "1", "1"
                    ).save_as(sys.argv[3])
"""
HIGHDICOM_READ = """
import sys, highdicom as hd
hd.seg.segread(sys.argv[1]).get_volume(combine_segments=True)
"""


def rows(nnx, folder):
    """Name, and what is run: (whose, command, file that it makes)."""
    python = sys.executable
    out = folder / "out"
    def convert(*words): return [nnx, "convert", *map(str, words), "-q"]
    raw, packed = folder / "raw", folder / "packed"
    def dcm2niix(series): return [str(TOOLS / "dcm2niix"), "-z", "n", "-b", "n", "-f", "d", "-o", str(out), str(series)]
    return {
        "raw, to .nii": [
            ("nnx", convert(raw, "-o", out / "n.nii"), "n.nii"), ("dcm2niix", dcm2niix(raw), "d.nii"),
            ("SimpleITK", [python, "-c", SITK_READ, str(raw), str(out / "s.nii")], "s.nii")],
        "raw, to memory": [
            ("nnx", [nnx, "bench", "--image", str(raw), "--repeat", "1"], None),
            ("SimpleITK", [python, "-c", SITK_READ, str(raw)], None)],
        "JPEG 2000, to .nii": [
            ("nnx", convert(packed, "-o", out / "n.nii"), "n.nii"), ("dcm2niix", dcm2niix(packed), "d.nii"),
            ("SimpleITK", [python, "-c", SITK_READ, str(packed), str(out / "s.nii")], "s.nii")],
        "JPEG 2000, to memory": [
            ("nnx", [nnx, "bench", "--image", str(packed), "--repeat", "1"], None),
            ("SimpleITK", [python, "-c", SITK_READ, str(packed)], None)],
        "SEG, written": [
            ("nnx", convert(folder / "labels.nii", "--like", raw, "-o", out / "n.dcm"), "n.dcm"),
            ("dcmqi", [str(TOOLS / "itkimage2segimage"), "--inputImageList", str(folder / "labels.nii"),
                       "--inputDICOMDirectory", str(raw), "--inputMetadata", str(folder / "dcmqi.json"),
                       "--outputDICOM", str(out / "q.dcm")], "q.dcm"),
            ("highdicom", [python, "-c", HIGHDICOM_WRITE, str(raw), str(folder / "labels.npy"), str(out / "h.dcm")],
             "h.dcm")],
        "SEG, read": [
            ("nnx", convert(folder / "seg.dcm", "-o", out / "n.nrrd"), "n.nrrd"),
            ("nnx, not packed", convert(folder / "seg.dcm", "-o", out / "n.nii"), "n.nii"),
            ("dcmqi", [str(TOOLS / "segimage2itkimage"), "--inputDICOM", str(folder / "seg.dcm"), "--outputDirectory",
                       str(out), "--prefix", "q", "-t", "nrrd", "--mergeSegments"], "q-1.nrrd"),
            ("highdicom", [python, "-c", HIGHDICOM_READ, str(folder / "seg.dcm")], None)],
    }


def voxels(path):
    """As (slice, row, column) in the scanner's order, whatever the file's."""
    if path.suffix == ".dcm":
        import highdicom
        return highdicom.seg.segread(path).get_volume(combine_segments=True).to_patient_orientation("HPL").array
    import SimpleITK as sitk
    return sitk.GetArrayFromImage(sitk.DICOMOrient(sitk.ReadImage(str(path)), "LPS")).astype(np.float32)


def table(name, commands, options, folder, environment):
    measured = {whose: [] for whose, _, _ in commands}
    for _ in range(options.rounds):
        for whose, command, _ in commands:
            shutil.rmtree(folder / "out", ignore_errors=True)
            (folder / "out").mkdir()
            seconds, memory, processor = run(command, environment)
            measured[whose].append((seconds, processor, memory))
    arrays = {}
    for whose, command, made in commands:
        peak = off = ""
        if not options.times_only:
            shutil.rmtree(folder / "out", ignore_errors=True)
            (folder / "out").mkdir()
            # dcm2niix of PyPI starts another process.
            largest = max(peak_resident(command, environment), *(run[2] for run in measured[whose]))
            peak = f"{largest / 1e6:.0f} MB"
            if made:
                arrays[whose] = array = voxels(folder / "out" / made)
                ours = arrays["nnx"]
                off = f"{np.count_nonzero(array != ours)} voxels off" if array.shape == ours.shape else "another shape"
        seconds, processor = (statistics.median(run[i] for run in measured[whose]) for i in (0, 1))
        ratios = [statistics.median(theirs[i] / ours[i] for theirs, ours in zip(measured[whose], measured["nnx"])) for i in (0, 1)]
        print(f"| {name} | {whose} | {seconds:.2f} s | {processor:.2f} s | {peak} | {ratios[0]:.1f} × | {ratios[1]:.1f} × "
              f"| {off if whose != 'nnx' else ''} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nnx", default=".build/release/nnx")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="rows whose names hold this")
    parser.add_argument("--folder", type=Path, help="for inputs, made where they are missing")
    parser.add_argument("--times-only", action="store_true", help="without memory and voxels")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of nnx")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="nnx-bench-"))
    folder.mkdir(exist_ok=True)
    nnx = str(Path(options.nnx).resolve())
    environment = dict(os.environ, NNX_THREADS=str(options.threads), NNX_HOME=str(folder / "home"))
    for name in "OPENBLAS_CORETYPE", "PYTHONPATH": environment.pop(name, None)
    if not (folder / "dcmqi.json").exists(): make(folder)
    subprocess.run([nnx, "convert", folder / "labels.nii", "--like", folder / "raw", "-o", folder / "seg.dcm", "-q",
                    "--overwrite"], env=environment, check=True)
    print("| what | whose | wall | processor | memory | to nnx: wall | processor | |\n|---|---|---|---|---|---|---|---|")
    for name, commands in rows(nnx, folder).items():
        if options.only in name: table(name, commands, options, folder, environment)
    if not options.folder: shutil.rmtree(folder)


if __name__ == "__main__":
    main()

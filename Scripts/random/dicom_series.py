"""A series of DICOM that nobody chose, told by its number.

Drawn: modality, 2-D and 3-D acquisitions, any axes, oblique ones, pixel spacings, distances, which way and in what order
slices are counted, stated distances, stored bits, slopes and intercepts (of PET one for each slice), transfer syntax.
"""
import hashlib
import math
import random

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, ImplicitVRLittleEndian, MRImageStorage
from pydicom.uid import PositronEmissionTomographyImageStorage, RLELossless

from drawing import turn

CLASSES = {"CT": CTImageStorage, "MR": MRImageStorage, "PT": PositronEmissionTomographyImageStorage}


def text(values):
    """Decimal strings, of 16 characters at most."""
    return [f"{float(value):.10g}"[:16] for value in np.atleast_1d(values)]


def axes(draw):
    """Unit vectors along a row and along a column: the patient's axes in any order and direction, turned or not."""
    row, column = ([draw.choice([1, -1]) * np.eye(3)[axis] for axis in draw.sample(range(3), 2)] if draw.random() < 0.6
                   else [np.array([1.0, 0, 0]), np.array([0, 1.0, 0])])
    turned = turn(draw, math.radians(draw.choice([0, 0, 5, 14, 25, 40, 60])))
    return turned @ row, turned @ column


def series(number, folder):
    """Writes the series of a number; says in words what it is."""
    draw, noise = random.Random(f"series/{number}"), np.random.default_rng(number)
    uid = lambda *parts: "2.25." + str(int(hashlib.sha256(repr((number, parts)).encode()).hexdigest()[:24], 16))
    modality, (row, column) = draw.choice(["CT", "CT", "MR", "MR", "MR", "PT"]), axes(draw)
    count, rows, columns = draw.choice([2, 3, 4, 7, 9]), draw.randint(6, 22), draw.randint(6, 22)
    distance = draw.choice([1, 2.5, round(draw.uniform(0.6, 7), 3)])
    pixels = [round(draw.uniform(0.4, 4), draw.randint(1, 6))] * 2 if draw.random() < 0.6 else [round(draw.uniform(0.4, 4), 3) for _ in "rc"]
    is_signed, bits = draw.random() < 0.5, draw.choice([10, 12, 12, 14, 16, 16])
    slopes = [1.0 if draw.random() < 0.6 or modality == "PT" else draw.choice([0.5, 2, 1.234, 0.1, 3.7])] * count
    intercept = draw.choice([-1024, 0, -1000, -8192, -0.5, 100])
    if modality == "PT":
        intercept = 0
        slopes = [round(draw.uniform(0.05, 2), draw.randint(2, 8)) for _ in range(count)] if draw.random() < 0.7 else [0.37] * count
    order = list(range(count))
    counting = draw.choice(["up", "down", "mixed"])
    if counting == "down": order.reverse()
    if counting == "mixed": draw.shuffle(order)
    acquisition, position = draw.choice(["2D", "3D"]), draw.choice(["HFS", "HFS", "FFS", "HFP", "FFDL"])
    stated = {"SliceThickness": draw.choice([distance, distance, distance / 2])}
    if draw.random() < 0.4: stated["SpacingBetweenSlices"] = draw.choice([distance, 1.5 * distance, -distance])
    has_index, syntax = draw.random() < 0.7, draw.choice([ExplicitVRLittleEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless])
    is_philips, has_scale = draw.random() < 0.3, modality != "MR" or draw.random() < 0.7
    start = np.array([draw.uniform(-150, 150) for _ in range(3)])
    for index in range(count):
        item = Dataset()
        item.file_meta = FileMetaDataset()
        item.SOPClassUID, item.SOPInstanceUID = CLASSES[modality], uid(index)
        item.StudyInstanceUID, item.SeriesInstanceUID, item.FrameOfReferenceUID = uid("study"), uid("series"), uid("frame")
        item.Modality, item.PatientID, item.PatientName, item.PatientPosition = modality, "PHANTOM", "Phantom", position
        item.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        item.StudyDate, item.StudyTime, item.SeriesNumber, item.AcquisitionNumber = "20260102", "101500", "3", "1"
        item.InstanceNumber = str(order[index] + 1)
        if modality == "MR": item.MRAcquisitionType, item.ScanningSequence, item.EchoTime, item.RepetitionTime = acquisition, "GR", "2", "5"
        if modality == "PT" and has_index: item.ImageIndex = index + 1
        for name, value in stated.items(): setattr(item, name, text(value)[0])
        item.ImagePositionPatient = text(start + np.cross(row, column) * distance * index)
        item.ImageOrientationPatient, item.PixelSpacing = text([*row, *column]), text(pixels)
        item.SamplesPerPixel, item.PhotometricInterpretation, item.Rows, item.Columns = 1, "MONOCHROME2", rows, columns
        item.BitsAllocated, item.BitsStored, item.HighBit, item.PixelRepresentation = 16, bits, bits - 1, int(is_signed)
        if has_scale: item.RescaleSlope, item.RescaleIntercept = text(slopes[index])[0], text(intercept)[0]
        if modality == "MR" and is_philips:
            item.Manufacturer = "Philips Medical Systems"
            block = item.private_block(0x2005, "Philips Imaging DD 001", create=True)
            block.add_new(0x0E, "FL", 0.0123)
        low = -(1 << bits - 1) if is_signed else 0
        values = noise.integers(low, low + (1 << bits), (rows, columns)).astype("<i2" if is_signed else "<u2")
        item.PixelData = values.tobytes()
        item["PixelData"].VR = "OW"
        item.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        if syntax == RLELossless: item.compress(RLELossless, generate_instance_uid=False)
        else: item.file_meta.TransferSyntaxUID = syntax
        item.save_as(folder / f"{uid('name', index)[-8:]}", enforce_file_format=True,
                     **({} if syntax == RLELossless else {"implicit_vr": syntax == ImplicitVRLittleEndian, "little_endian": True}))
    return f"{modality} {acquisition if modality == 'MR' else ''} {count} x {rows} x {columns}, counted {counting}, {bits} bits{' signed' if is_signed else ''}, slope {slopes[0]}"

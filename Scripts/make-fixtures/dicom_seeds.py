"""Small valid DICOM files to begin fuzzing with, beside those in Tests/Fixtures/fuzz/dicom: frames of enhanced CT, and
segmentations of each kind (Tests/Fixtures/fuzz/seg). Needs pydicom 3.0.2.

    python Scripts/make-fixtures/dicom_seeds.py
"""
from pathlib import Path

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless

FUZZ = Path(__file__).resolve().parents[2] / "Tests/Fixtures/fuzz"
ROWS, COLUMNS, FRAMES = 3, 5, 3


def of(**fields):
    item = Dataset()
    for name, value in fields.items(): setattr(item, name, value)
    return item


def one(**fields): return Sequence([of(**fields)])


def code(value, meaning): return one(CodeValue=value, CodingSchemeDesignator="SCT", CodeMeaning=meaning)


def frames(owners=None):
    """Of each frame the place, and the segment."""
    items = []
    for index in range(FRAMES):
        item = of(PlanePositionSequence=one(ImagePositionPatient=[1, 2, 3.5 * index]), FrameContentSequence=one(DimensionIndexValues=[1, index + 1]))
        if owners: item.SegmentIdentificationSequence = one(ReferencedSegmentNumber=owners[index])
        items.append(item)
    return Sequence(items)


def image(sop_class, modality, bits):
    data = of(
        SOPClassUID=sop_class, SOPInstanceUID="1.2.3.4", StudyInstanceUID="1.2.3", SeriesInstanceUID="1.2.3.5", FrameOfReferenceUID="1.2.3.6",
        Modality=modality, PatientID="p", PatientName="A^B", SeriesNumber=1, Rows=ROWS, Columns=COLUMNS, NumberOfFrames=FRAMES, SamplesPerPixel=1,
        PhotometricInterpretation="MONOCHROME2", BitsAllocated=bits, BitsStored=bits, HighBit=bits - 1, PixelRepresentation=0)
    data.SharedFunctionalGroupsSequence = one(
        PlaneOrientationSequence=one(ImageOrientationPatient=[1, 0, 0, 0, 1, 0]),
        PixelMeasuresSequence=one(PixelSpacing=[0.5, 0.75], SliceThickness=3.5, SpacingBetweenSlices=3.5))
    return data


def segments(kind, bits, owners, numbers=(1, 2)):
    data = image("1.2.840.10008.5.1.4.1.1.66.7" if kind == "LABELMAP" else "1.2.840.10008.5.1.4.1.1.66.4", "SEG", bits)
    data.PerFrameFunctionalGroupsSequence = frames(owners)
    data.SegmentationType = kind
    data.SegmentSequence = Sequence([
        of(SegmentNumber=number, SegmentLabel=f"part {number}", SegmentAlgorithmType="AUTOMATIC", SegmentAlgorithmName="x",
           SegmentedPropertyCategoryCodeSequence=code("123037004", "Anatomical Structure"), SegmentedPropertyTypeCodeSequence=code("10200004", "Liver"),
           RecommendedDisplayCIELabValue=[41661, 41167, 40792]) for number in numbers])
    data.ReferencedSeriesSequence = one(SeriesInstanceUID="1.2.3.9", ReferencedInstanceSequence=one(ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.2", ReferencedSOPInstanceUID="1.2.3.10"))
    return data


def save(name, data, syntax=ExplicitVRLittleEndian):
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = syntax
    data.file_meta.ImplementationClassUID, data.file_meta.ImplementationVersionName = "1.2.3.7", "SEEDS"
    path = FUZZ / name
    path.parent.mkdir(exist_ok=True)
    data.save_as(path, enforce_file_format=True)
    print(name, path.stat().st_size)


enhanced = image("1.2.840.10008.5.1.4.1.1.2.1", "CT", 16)
enhanced.PerFrameFunctionalGroupsSequence = frames()
enhanced.SharedFunctionalGroupsSequence[0].PixelValueTransformationSequence = one(RescaleIntercept=-1024, RescaleSlope=1, RescaleType="HU")
enhanced.PixelData = bytes(range(2 * ROWS * COLUMNS * FRAMES))
save("dicom/enhanced", enhanced, ImplicitVRLittleEndian)

binary = segments("BINARY", 1, [1, 1, 2])
binary.PixelData = bytes([0b10110, 0, 0xFF, 0x0F, 0x80, 0x1F])
save("seg/binary", binary)

packed = segments("LABELMAP", 8, None, (0, 1, 2))
packed.PixelData = bytes(index % 3 for index in range(ROWS * COLUMNS * FRAMES)) + b"\0"
save("seg/labelmap", packed)
packed.compress(RLELossless, generate_instance_uid=False)
save("seg/rle", packed, RLELossless)


def astray(name, target):
    """RLE whose last segment begins far behind the file's end."""
    content = bytearray((FUZZ / name).read_bytes())
    start = content.rindex(b"\xfe\xff\x00\xe0", 0, content.rindex(b"\x40\0\0\0")) + 8
    last = start + 4 * int.from_bytes(content[start:start + 4], "little")
    content[last:last + 4] = b"\xff\xff\xff\x7f"
    (FUZZ / target).write_bytes(content)


astray("seg/rle", "seg/rle_astray")
astray("dicom/rle", "dicom/rle_astray")

wide = segments("LABELMAP", 16, None, (0, 1, 300))
wide.PixelData = b"".join((0, 1, 300)[index % 3].to_bytes(2, "little") for index in range(ROWS * COLUMNS * FRAMES))
save("seg/wide", wide, DeflatedExplicitVRLittleEndian)

shares = segments("FRACTIONAL", 8, [2, 1, 2])
shares.SegmentationFractionalType, shares.MaximumFractionalValue = "PROBABILITY", 200
shares.PixelData = bytes(index * 5 % 201 for index in range(ROWS * COLUMNS * FRAMES)) + b"\0"
save("seg/fractional", shares)

"""Small tar archives and tables to begin fuzzing with: Tests/Fixtures/fuzz/tar and table.

Run: python3 fuzz_plain_seeds.py OUTPUT   (the other seeds: fuzz_seeds.py)
"""
import gzip
import io
import pathlib
import sys
import tarfile

OUTPUT = pathlib.Path(sys.argv[1])
LONG = "Dataset001_A/" + "nnUNetTrainer__nnUNetPlans__3d_fullres/" * 3 + "plans.json"


def put(name, content):
    path = OUTPUT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def tar(kind, names, comment=None):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=kind, pax_headers={"comment": comment} if comment else None) as file:
        for name, content in names.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            if name.endswith("/"):
                member.type = tarfile.DIRTYPE
            file.addfile(member, io.BytesIO(content))
    # Two blocks of zeros end an archive; Python fills up to twenty.
    return stream.getvalue().rstrip(b"\0").ljust(512, b"\0") + bytes(1024)


def padded(archive):
    return archive + bytes(-len(archive) % 512)


MEMBERS = {"./": b"", "./Dataset001_A/": b"", "./Dataset001_A/plans.json": b"{}" * 40, "._x": b"litter"}
put("tar/ustar.tar", padded(tar(tarfile.USTAR_FORMAT, MEMBERS)))
put("tar/gnu.tar", padded(tar(tarfile.GNU_FORMAT, {LONG: b"{}", "empty": b""})))
put("tar/pax.tar", padded(tar(tarfile.PAX_FORMAT, {LONG: b"{}"}, "a commit")))
put("tar/small.tar.gz", gzip.compress(padded(tar(tarfile.USTAR_FORMAT, {"a/plans.json": b"{}" * 40})), mtime=0))

QA = "Reviewer,Validation,SeriesInstanceUID,AISegmentation,LikertScore,CorrectedSegmentation"
put("table/qa.csv", f'{QA}\r\nrad1,True,1.2.3,a.seg.dcm,5,\r\nne1,false,1.2.4,"b,""c"".dcm",4.0,b.dcm\r\n'.encode())
put("table/cases.csv", "sep=;\ncase;T1;T2;age\npatient 1;a.nii.gz;b.nii.gz;61\n;;;\npatient 2; c.nii ;d.nii;\n".encode())
put("table/separator.csv", b"sep=\xa7\ncase\xa7image\na\xa7x.nii\n")
put("table/nul.csv", b"case,image\na,\0x\n")
put("table/cases.tsv", "case\timage\tsex\né\tx.nii.gz\tF\n\"two\nlines\"\ty.nii.gz\tM\n".encode())
put("table/utf16.csv", b"\xff\xfe" + "case,image\nä,x.nii\n".encode("utf-16-le"))
put("table/big_endian.csv", b"\xfe\xff" + "case;image\n𝛼;x.nii\n".encode("utf-16-be"))

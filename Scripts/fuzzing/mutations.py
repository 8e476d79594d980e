"""Ways to damage a file: by its bytes, or by what they mean. Each takes a random.Random and bytes."""

import gzip
import io
import json
import re
import struct
import warnings
import zipfile
import zlib

NUMBERS = [0, 1, -1, 2, 7, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**53, 2**63 - 1,
           2**63, 2**64 - 1, 2**64, -2**31, -2**63]
REALS = [0.0, -0.0, 1e-300, 1e-45, 1e-12, 1e-6, 0.5, 1e3, 1e6, 1e9, 9.3e18, 1e20, 3.4e38, 1e39, 1.7e308,
         float("inf"), float("-inf"), float("nan"), -1.0, -1e30]
WORDS = ["", "nan", "NaN", "inf", "-1", "0", "0x10", "1e400", "1e39", "9223372036854775808", "18446744073709551616",
         "../../etc/passwd", "/dev/zero", "%s%n%d", "\x1b]0;x\x07\x1b[7m", "\x9b31m", "é\ud7ff", "\0", "A" * 5000, "null", "[]",
         "1,2", "1 2 3", "(1,0,0)", "none", "LOCAL", "LIST", "\u202e", "'", "\"", "\\", "]]>", "&#0;", "&amp", "<Label Key=\"1\">"]


def number(random):
    return random.choice(NUMBERS) if random.random() < 0.8 else random.getrandbits(random.choice([8, 16, 31, 32, 63]))


def packed(random):
    """A number as some format would store it."""
    order = random.choice("<>")
    if random.random() < 0.4:
        kind = random.choice("fd")
        value = random.choice(REALS)
        if kind == "f" and abs(value) > 3.4e38 and abs(value) != float("inf"):
            value = float("inf")
        return struct.pack(order + kind, value)
    kind, bits = random.choice([("B", 8), ("H", 16), ("I", 32), ("Q", 64)])
    return struct.pack(order + kind, number(random) & (2**bits - 1))


def in_bytes(random, data):
    """One change that knows nothing of the format."""
    data = bytearray(data)
    # Headers come first, directories last.
    reach = random.choice([16, 64, 400, len(data), len(data)])
    at = random.randrange(max(1, min(reach, len(data)))) if random.random() < 0.8 else max(0, len(data) - 1 - random.randrange(64))
    choice = random.randrange(9)
    if choice <= 1 and data:
        data[at % len(data)] ^= 1 << random.randrange(8)
    elif choice == 2 and data:
        data[at % len(data)] = random.choice([0, 1, 0x7F, 0x80, 0xFF, random.randrange(256)])
    elif choice <= 4:
        value = packed(random)
        if random.random() < 0.7:
            at -= at % len(value)
        data[at:at + len(value)] = value
    elif choice == 5:
        del data[at:]
    elif choice == 6:
        del data[at:at + random.choice([1, 2, 4, 16, 100])]
    elif choice == 7:
        piece = bytes(data[at:at + random.choice([1, 4, 16, 64, 256])])
        data[at:at] = piece * random.choice([1, 1, 2, 50])
    else:
        data[at:at] = random.choice(WORDS).encode("utf-8", "replace") or bytes(random.randrange(1, 40))
    return bytes(data)


def in_header(random, data, fields):
    """One field of a binary header: `(offset, kind, count)`."""
    data = bytearray(data)
    offset, kind, count = random.choice(fields)
    order = ">" if data[:4] == b"\0\0\1\x5c" else "<"
    size = struct.calcsize(kind)
    at = offset + size * random.randrange(count)
    if kind in "fd":
        value = random.choice(REALS)
        if kind == "f" and abs(value) > 3.4e38:
            value = float("inf") if value > 0 else float("-inf")
    else:
        value = number(random) & (2**(8 * size) - 1)
        kind = kind.upper()
    if at + size <= len(data):
        struct.pack_into(order + kind, data, at, value)
    return bytes(data)


NIFTI = [(0, "i", 1), (40, "h", 8), (70, "h", 2), (76, "f", 8), (108, "f", 3), (123, "B", 1), (252, "h", 2), (256, "f", 18),
         (344, "B", 8)]


def nifti(random, data):
    return in_header(random, data, NIFTI) if random.random() < 0.7 else in_bytes(random, data)


def gipl(random, data):
    fields = [(0, "h", 5), (8, "h", 1), (10, "f", 4), (106, "f", 20), (188, "d", 2), (204, "d", 4), (244, "f", 2), (252, "i", 1)]
    return in_header(random, data, fields) if random.random() < 0.6 else in_bytes(random, data)


def zipped_gzip(random, data):
    """The content of a gzip file, packed again; or its bytes."""
    if random.random() < 0.4:
        return in_bytes(random, data)
    try:
        content = gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return in_bytes(random, data)
    if random.random() < 0.2:
        content += bytes(random.choice([1, 1000, 10**6, 2 * 10**7]))
    return gzip.compress(nifti(random, content), mtime=0) + random.choice([b"", b"", b"", b"\0" * 8, b"\x1f\x8b", data])


def text(random, data):
    """Lines and numbers of a text before the first empty line or NUL; the rest stays."""
    if random.random() < 0.15:
        return in_bytes(random, data)
    end = data.find(b"\n\n")
    head, rest = (data[:end], data[end:]) if 0 < end < len(data) else (data, b"")
    lines = head.split(b"\n")
    at = random.randrange(len(lines))
    word = random.choice(WORDS).encode("utf-8", "replace")
    choice = random.randrange(7)
    if choice == 0:
        del lines[at]
    elif choice == 1:
        lines[at:at] = [random.choice(lines)] * random.choice([1, 1, 3, 1000])
    elif choice == 2:
        lines[at] = re.split(rb"[:=]", lines[at])[0] + random.choice([b": ", b" = ", b":=", b"="]) + word
    elif choice <= 5:
        places = list(re.finditer(rb"-?[0-9][0-9.eE+-]*|\w+", lines[at]))
        if places:
            place = random.choice(places)
            value = random.choice([word, str(number(random)).encode(), repr(random.choice(REALS)).encode()])
            lines[at] = lines[at][:place.start()] + value + lines[at][place.end():]
    else:
        lines[at:at] = [word + b" = " + str(number(random)).encode()]
    return b"\n".join(lines) + rest


def odd_value(random):
    return random.choice([
        None, True, "", [], {}, [[]], -1, 0, 1e308, float("nan"), float("inf"), 0.5, number(random), number(random),
        random.choice(REALS), random.choice(WORDS).encode("utf-8", "replace").decode("utf-8", "replace"),
        [number(random)] * random.choice([1, 3, 4, 300]), {"a": number(random)}])


def tree(random, value):
    """One node of a JSON document becomes another."""
    places = []

    def walk(node):
        for key in (node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()):
            places.append((node, key))
            walk(node[key])
    walk(value)
    if not places:
        return odd_value(random)
    node, key = random.choice(places)
    choice = random.randrange(6)
    if choice == 0:
        del node[key]
    elif choice == 1 and isinstance(node, dict):
        node[random.choice(WORDS + list(node))] = node.pop(key)
    elif choice == 2 and isinstance(node[key], (int, float)) and not isinstance(node[key], bool):
        node[key] = number(random) if random.random() < 0.5 else random.choice(REALS)
    elif choice == 3 and isinstance(node[key], list):
        node[key] = node[key] * random.choice([0, 2, 300]) if len(node[key]) < 50 else node[key][:1]
    elif choice == 4:
        other, name = random.choice(places)
        try:
            node[key] = json.loads(json.dumps(other[name]))
        except (KeyError, IndexError):
            node[key] = odd_value(random)
    else:
        node[key] = odd_value(random)
    return value


def json_document(random, data):
    if random.random() < 0.15:
        return in_bytes(random, data)
    if random.random() < 0.05:
        return b"[" * random.choice([100, 128, 129, 10**5]) + data
    try:
        return json.dumps(tree(random, json.loads(data)), indent=1).encode("utf-8", "replace")
    except (ValueError, RecursionError):
        return in_bytes(random, data)


def zip_with(inner):
    """A zip whose members are damaged and packed again, with right checksums; or its bytes."""
    def mutate(random, data):
        if random.random() < 0.4:
            return in_bytes(random, data)
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as file:
                members = [(info.filename, file.read(info), info.compress_type) for info in file.infolist()]
        except Exception:
            return in_bytes(random, data)
        if not members:
            return in_bytes(random, data)
        at = random.randrange(len(members))
        name, content, method = members[at]
        choice = random.random()
        if choice < 0.7:
            small = [index for index, member in enumerate(members) if len(member[1]) < 1 << 16] or [at]
            at = random.choice(small)
            name, content, method = members[at]
            members[at] = (name, inner(name)(random, content), method)
        elif choice < 0.8:
            del members[at]
        else:
            members[at] = (random.choice(["../x", "/x", "a\\b", "C:x", "\x1b[7m", name + "/", "x" * 300, members[0][0]]), content,
                           random.choice([0, 8]))
        stream = io.BytesIO()
        with warnings.catch_warnings(), zipfile.ZipFile(stream, "w") as file:
            warnings.simplefilter("ignore")
            for name, content, method in members:
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                info.external_attr = (0o40755 if name.endswith("/") else 0o100644) << 16
                info.compress_type = method if method in (0, 8) else 8
                file.writestr(info, content)
        return stream.getvalue()
    return mutate


def member(name):
    """How the members of archives are damaged, by their names."""
    return json_document if name.endswith(".json") else in_bytes


def png(random, data):
    """A chunk, with a right checksum; or bytes."""
    if random.random() < 0.3:
        return in_bytes(random, data)
    chunks, at = [], 8
    while at + 12 <= len(data):
        size = struct.unpack_from(">I", data, at)[0]
        chunks.append((data[at + 4:at + 8], data[at + 8:at + 8 + size]))
        at += 12 + size
    if not chunks:
        return in_bytes(random, data)
    index = random.randrange(len(chunks))
    kind, content = chunks[index]
    choice = random.random()
    if choice < 0.6:
        if kind == b"IDAT" and random.random() < 0.7:
            try:
                content = zlib.compress(in_bytes(random, zlib.decompress(content)) * random.choice([1, 1, 1000]))
            except zlib.error:
                content = in_bytes(random, content)
        else:
            content = in_bytes(random, content)
        chunks[index] = (kind, content)
    elif choice < 0.7:
        del chunks[index]
    elif choice < 0.85:
        chunks[index:index] = [random.choice(chunks)]
    else:
        chunks[index:index] = [(random.choice([b"gAMA", b"iCCP", b"sBIT", b"tRNS", b"zTXt", b"eXIf", b"IEND", b"PLTE"]),
                                bytes(random.randrange(256) for _ in range(random.choice([0, 1, 3, 768, 900]))))]
    return data[:8] + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks)


def tiff(random, data):
    """A tag of the first directory; or bytes."""
    if random.random() < 0.3 or len(data) < 16 or data[:4] != b"II*\0":
        return in_bytes(random, data)
    start = struct.unpack_from("<I", data, 4)[0]
    if start + 2 > len(data):
        return in_bytes(random, data)
    count = struct.unpack_from("<H", data, start)[0]
    data = bytearray(data)
    at = start + 2 + 12 * random.randrange(max(1, count))
    if at + 12 <= len(data):
        field, kind = random.choice([(0, "H"), (2, "H"), (4, "I"), (8, "I"), (8, "I"), (8, "H")])
        value = random.choice([256, 257, 258, 259, 262, 273, 277, 278, 279, 317, 320, 322, 324, 339, 330, 305, 270]) \
            if field == 0 else random.choice([start, number(random), random.randrange(20)])
        struct.pack_into("<" + kind, data, at + field, value & (2**(8 * struct.calcsize(kind)) - 1))
    return bytes(data)


def safetensors(random, data):
    """The header, with its right length; or bytes."""
    if random.random() < 0.4:
        return in_bytes(random, data)
    try:
        size = struct.unpack_from("<Q", data)[0]
        text = json_document(random, data[8:8 + size])
        if random.random() < 0.7:
            text = text.ljust((len(text) + 8 + 63) // 64 * 64 - 8)
        return struct.pack("<Q", len(text)) + text + data[8 + size:]
    except struct.error:
        return in_bytes(random, data)


def extension(random, data):
    """A NIfTI file of labels with this extension, damaged, before its voxels."""
    if random.random() < 0.8 and len(data) > 8:
        size, code = struct.unpack_from("<II", data)
        content = text(random, data[8:size].rstrip(b"\0"))
        size = (len(content) + 8 + 15) // 16 * 16
        data = struct.pack("<II", size, code) + content.ljust(size - 8, b"\0") + (data[len(data):] if random.random() < .5 else b"")
    else:
        data = in_bytes(random, data)
    return data.ljust((len(data) + 15) // 16 * 16, b"\0")

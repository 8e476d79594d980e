#include "nnx_dicom_shim.hpp"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <charconv>

#include "dcmtk/dcmdata/dcistrmf.h"
#include "dcmtk/dcmjpeg/djdecode.h"
#include "dcmtk/dcmjpls/djdecode.h"
#include "dcmtk/oflog/oflog.h"

namespace {

/// Values up to this size are read with the rest of a file; larger ones when they are asked for.
constexpr Uint32 eager = 4096;
/// Longer values are no text.
constexpr Uint32 longestText = 1000000;

thread_local std::string words;

const char *said(const char *text) {
  words = text;
  return words.c_str();
}
const char *said(const OFCondition &condition) { return condition.good() ? nullptr : said(condition.text()); }

/// Runs what may throw: nothing but a lack of memory is known to.
template <class Body>
const char *guarded(Body body) {
  try {
    return body();
  } catch (const std::bad_alloc &) {
    return "there is not enough memory";
  } catch (...) {
    return "the DICOM library failed";
  }
}

DcmTagKey key(uint32_t tag) { return DcmTagKey(static_cast<Uint16>(tag >> 16), static_cast<Uint16>(tag)); }
DcmItem &tree(nnx_dicom_item *item) { return *reinterpret_cast<DcmItem *>(item); }
nnx_dicom_item *handle(DcmItem *item) { return reinterpret_cast<nnx_dicom_item *>(item); }

DcmElement *element(nnx_dicom_item *item, uint32_t tag) {
  DcmElement *found = nullptr;
  return tree(item).findAndGetElement(key(tag), found).good() ? found : nullptr;
}

const char *prepare() {
  return guarded([]() -> const char * {
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);
    // Without it, files of implicit VR read as empty.
    if (!dcmDataDict.isDictionaryLoaded())
      return "DCMTK's data dictionary (dicom.dic) is missing: install libdcmtk17 again, or set DCMDICTPATH";
    DJDecoderRegistration::registerCodecs();
    DJLSDecoderRegistration::registerCodecs();
    return nullptr;
  });
}

void close(nnx_dicom_file *file) {
  if (!file) return;
  int descriptor = file->descriptor;
  delete file;
  if (descriptor >= 0) ::close(descriptor);
}

/// What DcmFileFormat::loadFileUntilTag does, which does not tell where it stopped.
OFCondition load(nnx_dicom_file &file, const char *path, uint32_t until) {
  DcmInputFileStream stream{OFFilename(path)};
  OFCondition condition = stream.status();
  if (condition.bad()) return condition;
  file.format.transferInit();
  condition = file.format.readUntilTag(stream, EXS_Unknown, EGL_noChange, eager,
                                       until ? key(until) : DCM_UndefinedTagKey);
  file.format.transferEnd();
  file.stop = static_cast<size_t>(stream.tell());
  return condition;
}

const char *open(const char *path, uint32_t until, nnx_dicom_file **file) {
  *file = nullptr;
  nnx_dicom_file *opened = nullptr;
  const char *why = guarded([&]() -> const char * {
    opened = new nnx_dicom_file;
    return said(load(*opened, path, until));
  });
  if (why) return close(opened), why;
  *file = opened;
  return nullptr;
}

// As a file without a name: values that claim more bytes than there are are then found out before memory is taken.
const char *openBytes(const void *bytes, size_t count, uint32_t until, nnx_dicom_file **file) {
  *file = nullptr;
  int descriptor = memfd_create("dicom", MFD_CLOEXEC);
  if (descriptor < 0) return said(strerror(errno));
  for (size_t done = 0; done < count;) {
    ssize_t wrote = write(descriptor, static_cast<const char *>(bytes) + done, count - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return ::close(descriptor), "there is not enough memory";
    done += static_cast<size_t>(wrote);
  }
  char path[40];
  snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
  const char *why = open(path, until, file);
  if (why) ::close(descriptor);
  else (*file)->descriptor = descriptor;
  return why;
}

nnx_dicom_file *create() {
  try {
    return new nnx_dicom_file;
  } catch (...) {
    return nullptr;
  }
}

size_t stop(nnx_dicom_file *file) { return file->stop; }
nnx_dicom_item *dataset(nnx_dicom_file *file) { return handle(file->format.getDataset()); }
nnx_dicom_item *meta(nnx_dicom_file *file) { return handle(file->format.getMetaInfo()); }

/// The shortest texts that are read as the same numbers: DCMTK's have all 9 or 17 digits.
template <class Number>
void write(const Number *numbers, size_t count) {
  words.clear();
  for (size_t i = 0; i < count; i++) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, numbers[i]).ptr;
    if (i) words += '\\';
    words.append(digits, end);
  }
}

/// Whether a value is of FL or FD, and its text was written.
bool wroteNumbers(DcmElement &value) {
  Float32 *singles = nullptr;
  Float64 *doubles = nullptr;
  const auto bytes = value.getLength();
  if (value.ident() == EVR_FL && value.getFloat32Array(singles).good() && singles)
    return write(singles, bytes / sizeof *singles), true;
  if (value.ident() == EVR_FD && value.getFloat64Array(doubles).good() && doubles)
    return write(doubles, bytes / sizeof *doubles), true;
  return false;
}

const char *text(nnx_dicom_item *item, uint32_t tag, size_t *length) {
  *length = 0;
  const char *found = nullptr;
  guarded([&]() -> const char * {
    DcmElement *value = element(item, tag);
    OFString joined;
    if (!value || !value->isLeaf() || value->getLength() > longestText) return nullptr;
    if (!wroteNumbers(*value)) {
      if (value->getOFStringArray(joined, OFTrue).bad()) return nullptr;
      words.assign(joined.data(), joined.size());
    }
    *length = words.size();
    found = words.c_str();
    return nullptr;
  });
  return found;
}

const char *syntax(nnx_dicom_file *file) {
  size_t length = 0;
  const char *named = text(meta(file), 0x00020010, &length);
  if (named && length) return named;
  const char *uid = DcmXfer(file->format.getDataset()->getOriginalXfer()).getXferID();
  return uid ? said(uid) : said("");
}

const void *bytes(nnx_dicom_item *item, uint32_t tag, size_t *count) {
  *count = 0;
  const void *found = nullptr;
  guarded([&]() -> const char * {
    DcmElement *value = element(item, tag);
    if (!value || !value->isLeaf()) return nullptr;
    Uint8 *octets = nullptr;
    Uint16 *pairs = nullptr;
    // Which of them an element has depends on its VR.
    if (value->getUint16Array(pairs).good() && pairs) found = pairs;
    else if (value->getUint8Array(octets).good() && octets) found = octets;
    if (found) *count = value->getLength();
    return nullptr;
  });
  return found;
}

nnx_dicom_item *next(nnx_dicom_item *item, uint32_t tag, nnx_dicom_item *previous) {
  DcmElement *found = element(item, tag);
  if (!found || found->ident() != EVR_SQ) return nullptr;
  auto *sequence = static_cast<DcmSequenceOfItems *>(found);
  return handle(static_cast<DcmItem *>(sequence->nextInContainer(previous ? &tree(previous) : nullptr)));
}

const char *frame(nnx_dicom_file *file, uint32_t index, void *into, size_t size) {
  return guarded([&]() -> const char * {
    DcmDataset &data = *file->format.getDataset();
    DcmElement *found = nullptr;
    if (data.findAndGetElement(DCM_PixelData, found).bad()) return "it has no pixels";
    auto *pixels = dynamic_cast<DcmPixelData *>(found);
    if (!pixels) return "it has no pixels";
    Uint16 rows = 0, columns = 0, samples = 1, bits = 0;
    data.findAndGetUint16(DCM_Rows, rows);
    data.findAndGetUint16(DCM_Columns, columns);
    if (data.findAndGetUint16(DCM_SamplesPerPixel, samples).bad()) samples = 1;
    data.findAndGetUint16(DCM_BitsAllocated, bits);
    if ((bits != 8 && bits != 16 && bits != 32) || size > UINT32_MAX ||
        size != static_cast<size_t>(rows) * columns * samples * (bits / 8))
      return "its frames are of another size";
    const std::string uid = syntax(file);
    const bool isRLE = uid == "1.2.840.10008.1.2.5";
    // JPEG 2000 (.90, .91) and High-Throughput JPEG 2000 (.201 to .203).
    if (isRLE || uid == "1.2.840.10008.1.2.4.90" || uid == "1.2.840.10008.1.2.4.91" ||
        uid == "1.2.840.10008.1.2.4.201" || uid == "1.2.840.10008.1.2.4.202" || uid == "1.2.840.10008.1.2.4.203") {
      std::vector<uint8_t> stream;
      OFCondition condition = nnx_dicom_codestream(*pixels, data, index, stream);
      if (condition.bad()) return said(condition);
      if (samples != 1) return "it is in colour";
      if (isRLE) return nnx_dicom_decode_rle(stream, static_cast<size_t>(rows) * columns, bits / 8, into);
      return nnx_dicom_decode_jpeg2000(stream, columns, rows, bits, into);
    }
    Uint32 fragment = 0;
    OFString colours;
    // DCMTK fills an even number of bytes.
    std::vector<uint8_t> even(size % 2 ? size + 1 : 0);
    void *target = even.empty() ? into : even.data();
    OFCondition condition = pixels->getUncompressedFrame(&data, index, fragment, target,
                                                         static_cast<Uint32>(size + size % 2), colours, &file->cache);
    if (condition.good() && !even.empty()) memcpy(into, even.data(), size);
    return said(condition);
  });
}

const char *put(nnx_dicom_item *item, uint32_t tag, const char *vr, const char *value) {
  return guarded([&] { return said(tree(item).putAndInsertString(DcmTag(key(tag), DcmVR(vr)), value)); });
}

nnx_dicom_item *append(nnx_dicom_item *item, uint32_t tag) {
  DcmItem *made = nullptr;
  guarded([&]() -> const char * {
    if (tree(item).findOrCreateSequenceItem(DcmTag(key(tag), DcmVR("SQ")), made, -2).bad()) made = nullptr;
    return nullptr;
  });
  return made ? handle(made) : nullptr;
}

int copy(nnx_dicom_item *to, nnx_dicom_item *from, uint32_t tag) {
  int copied = 0;
  guarded([&]() -> const char * {
    DcmElement *value = element(from, tag);
    auto *twin = value ? static_cast<DcmElement *>(value->clone()) : nullptr;
    if (!twin) return nullptr;
    copied = tree(to).insert(twin, OFTrue).good();
    if (!copied) delete twin;
    return nullptr;
  });
  return copied;
}

const char *save(nnx_dicom_file *file, const char *path, const char *syntax) {
  return guarded([&]() -> const char * {
    return said(file->format.saveFile(path, DcmXfer(syntax).getXfer(), EET_ExplicitLength, EGL_recalcGL, EPD_noChange, 0, 0,
                                      EWM_createNewMeta));
  });
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const nnx_dicom nnx_dicom_functions = {
    prepare, open, openBytes, create, close, stop, dataset,  meta,   syntax,           text, bytes,
    next,    frame, put, append, copy, save};

#pragma once

#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dctk.h"
#include "dcmtk/dcmdata/dcfcache.h"

#include <stddef.h>
#include <string>
#include <vector>

#include "CDICOM.h"

struct nnx_dicom_file {
  DcmFileFormat format;
  DcmFileCache cache;
  size_t stop = 0;  // the byte behind what was read
  int descriptor = -1;  // of the bytes that were opened as a file
};

/// The whole codestream of one compressed frame, put together from its fragments.
OFCondition nnx_dicom_codestream(DcmPixelData &pixels, DcmDataset &dataset, uint32_t frame,
                                 std::vector<uint8_t> &bytes);
/// Decodes JPEG 2000 and HTJ2K, which DCMTK does not: one component of just this size into words of `bits`.
const char *nnx_dicom_decode_jpeg2000(const std::vector<uint8_t> &bytes, uint32_t columns, uint32_t rows,
                                      unsigned bits, void *into);
/// Decodes RLE (PS3.5, annex G): one component, into words of `width` bytes, little endian. DCMTK 3.6.7 reads where the
/// header's offsets point, wherever that is.
const char *nnx_dicom_decode_rle(const std::vector<uint8_t> &bytes, size_t pixels, size_t width, void *into);

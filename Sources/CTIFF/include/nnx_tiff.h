#pragma once

// The parts of libtiff that nnx uses. A shim, because libtiff's functions for fields and messages take
// variable arguments, which Swift cannot call.

#include <stddef.h>
#include <stdint.h>

/// A TIFF file that is open for reading.
typedef struct nnx_tiff nnx_tiff;

/// What one page of a TIFF file says of itself; codes are those of TIFF 6.0.
typedef struct {
  uint32_t width, height;
  uint16_t bits_per_sample, samples_per_pixel;
  /// 1 unsigned, 2 signed, 3 real.
  uint16_t sample_format;
  /// 0 and 1 grey, 2 RGB, 3 palette, 6 YCbCr.
  uint16_t photometric;
  uint16_t compression;
  /// 1 samples of a pixel side by side, 2 one plane after the other.
  uint16_t planar;
} nnx_tiff_page;

/// Opens a file by a descriptor, which is not closed and stays the caller's.
///
/// Returns NULL and a message when it is no TIFF file.
nnx_tiff *nnx_tiff_open(int descriptor, const char *path, char message[160]);
void nnx_tiff_close(nnx_tiff *tiff);

/// Number of pages, or -1 when the list of pages is broken.
int nnx_tiff_count(nnx_tiff *tiff);

/// Goes to a page and reads what it says. Returns 0, or -1 with a message.
int nnx_tiff_go(nnx_tiff *tiff, int page, nnx_tiff_page *out);

/// The text of `ImageDescription` of the current page, or NULL.
const char *nnx_tiff_description(nnx_tiff *tiff);

/// Reads the samples of the current page, as they are stored, in this machine's byte order; samples of
/// one bit get a byte each.
///
/// `size` bytes at `out` are what the page's header asks for: width x height x samples, one after the
/// other as `planar` says. Returns 0, or -1 with a message.
int nnx_tiff_read(nnx_tiff *tiff, uint8_t *out, size_t size);

/// Why the last call failed.
const char *nnx_tiff_message(const nnx_tiff *tiff);

/// Bytes that grow as they are written.
typedef struct {
  uint8_t *bytes;
  size_t count, capacity, position;
} nnx_tiff_bytes;

/// Writes grey pages of 8 or 16 bits, packed with deflate; the same bytes every time. The caller frees
/// `out->bytes` with `free`.
///
/// `pixels` holds all pages, row by row from the top. Returns 0, or -1 with a message.
int nnx_tiff_write(nnx_tiff_bytes *out, const uint8_t *pixels, uint32_t width, uint32_t height,
                   int pages, int bits, char message[160]);

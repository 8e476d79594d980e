#pragma once

// The parts of libpng that nnx uses. A shim, because libpng reports errors by longjmp, which must not
// cross Swift.

#include <stddef.h>
#include <stdint.h>

/// What the header of a PNG file says.
typedef struct {
  uint32_t width, height;
  /// Bits of a sample: 1, 2, 4, 8 or 16.
  int bit_depth;
  /// 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.
  int color_type;
  /// Why reading failed; empty when it did not.
  char message[160];
} nnx_png;

/// Reads the header.
///
/// Returns 0, or -1 with a message.
int nnx_png_info(nnx_png *png, const uint8_t *bytes, size_t count);

/// Reads all pixels, row by row from the top, samples of a pixel side by side.
///
/// As Pillow has them: grey of 2 and 4 bits is spread over 0 to 255, of 1 bit stays 0 and 1, of 16 bits
/// is kept (in this machine's byte order); palettes become RGB; of RGB with 16 bits the upper 8 are
/// kept; transparency that is no channel is ignored.
///
/// `row_bytes` is the length of a row in `pixels`, which the caller computes; a file that gives another
/// is refused. Returns 0, or -1 with a message.
int nnx_png_read(nnx_png *png, const uint8_t *bytes, size_t count, uint8_t *pixels,
                 size_t row_bytes);

/// Bytes that grow as they are written.
typedef struct {
  uint8_t *bytes;
  size_t count, capacity;
} nnx_bytes;

/// Writes an image of `channels` (1 grey, 3 RGB, 4 RGB and alpha) samples of 8 or 16 bits per pixel; the
/// same bytes every time. The caller frees `out->bytes` with `free`.
///
/// Returns 0, or -1 with a message.
int nnx_png_write(nnx_png *png, const uint8_t *pixels, int channels, nnx_bytes *out);

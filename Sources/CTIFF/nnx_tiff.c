#include "nnx_tiff.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>
#include <unistd.h>

struct nnx_tiff {
  TIFF *file;
  char message[160];
};

static int on_error(TIFF *file, void *message, const char *module, const char *format,
                    va_list arguments) {
  (void)file;
  (void)module;
  // The first message is the cause, those after it are consequences.
  if (!*(char *)message)
    vsnprintf(message, 160, format, arguments);
  return 1;
}

static int on_warning(TIFF *file, void *data, const char *module, const char *format,
                      va_list arguments) {
  (void)file;
  (void)data;
  (void)module;
  (void)format;
  (void)arguments;
  return 1;
}

static TIFFOpenOptions *options(char *message) {
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options)
    return NULL;
  TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, message);
  TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, NULL);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)1 << 30);
  return options;
}

nnx_tiff *nnx_tiff_open(int descriptor, const char *path, char message[160]) {
  message[0] = 0;
  nnx_tiff *tiff = calloc(1, sizeof *tiff);
  TIFFOpenOptions *chosen = tiff ? options(tiff->message) : NULL;
  // libtiff closes the descriptor that it is given.
  int own = chosen ? dup(descriptor) : -1;
  if (own >= 0) {
    lseek(own, 0, SEEK_SET);
    // m: no mapping, so that a file cut short meanwhile is an error, not a signal.
    tiff->file = TIFFFdOpenExt(own, path, "rm", chosen);
    if (!tiff->file)
      close(own);
  }
  if (chosen)
    TIFFOpenOptionsFree(chosen);
  if (tiff && tiff->file && !tiff->message[0])
    return tiff;
  snprintf(message, 160, "%s", tiff && tiff->message[0] ? tiff->message : "libtiff cannot open it");
  nnx_tiff_close(tiff);
  return NULL;
}

void nnx_tiff_close(nnx_tiff *tiff) {
  if (tiff && tiff->file)
    TIFFClose(tiff->file);
  free(tiff);
}

int nnx_tiff_count(nnx_tiff *tiff) {
  int count = TIFFNumberOfDirectories(tiff->file);
  return tiff->message[0] ? -1 : count;
}

int nnx_tiff_go(nnx_tiff *tiff, int page, nnx_tiff_page *out) {
  TIFF *file = tiff->file;
  if (!TIFFSetDirectory(file, page) || tiff->message[0])
    return -1;
  memset(out, 0, sizeof *out);
  TIFFGetField(file, TIFFTAG_IMAGEWIDTH, &out->width);
  TIFFGetField(file, TIFFTAG_IMAGELENGTH, &out->height);
  TIFFGetFieldDefaulted(file, TIFFTAG_BITSPERSAMPLE, &out->bits_per_sample);
  TIFFGetFieldDefaulted(file, TIFFTAG_SAMPLESPERPIXEL, &out->samples_per_pixel);
  TIFFGetFieldDefaulted(file, TIFFTAG_SAMPLEFORMAT, &out->sample_format);
  TIFFGetFieldDefaulted(file, TIFFTAG_COMPRESSION, &out->compression);
  TIFFGetFieldDefaulted(file, TIFFTAG_PLANARCONFIG, &out->planar);
  out->photometric = PHOTOMETRIC_MINISBLACK;
  TIFFGetField(file, TIFFTAG_PHOTOMETRIC, &out->photometric);
  return tiff->message[0] ? -1 : 0;
}

const char *nnx_tiff_description(nnx_tiff *tiff) {
  char *text = NULL;
  return TIFFGetField(tiff->file, TIFFTAG_IMAGEDESCRIPTION, &text) ? text : NULL;
}

// Copies a block of rows into the page; `bits` 1 unpacks.
static void place(uint8_t *out, const uint8_t *block, size_t rows, size_t pixels, size_t block_row,
                  size_t out_row, int bits, size_t unit) {
  for (size_t row = 0; row < rows; row++) {
    const uint8_t *from = block + row * block_row;
    uint8_t *to = out + row * out_row;
    if (bits == 1) {
      for (size_t x = 0; x < pixels; x++)
        to[x] = from[x / 8] >> (7 - x % 8) & 1;
    } else {
      memcpy(to, from, pixels * unit);
    }
  }
}

static int fail(nnx_tiff *tiff, const char *message) {
  if (!tiff->message[0])
    snprintf(tiff->message, sizeof tiff->message, "%s", message);
  return -1;
}

int nnx_tiff_read(nnx_tiff *tiff, uint8_t *out, size_t size) {
  TIFF *file = tiff->file;
  nnx_tiff_page page;
  if (nnx_tiff_go(tiff, TIFFCurrentDirectory(file), &page))
    return -1;
  int bits = page.bits_per_sample;
  int planes = page.planar == PLANARCONFIG_SEPARATE ? page.samples_per_pixel : 1;
  int samples = planes == 1 ? page.samples_per_pixel : 1;
  if (bits == 1 && samples > 1)
    return fail(tiff, "it has several samples of one bit");
  // Bytes of one pixel of a plane in `out`.
  size_t unit = (size_t)samples * (bits == 1 ? 1 : bits / 8);
  size_t row = page.width * unit;
  if (!unit || size != row * page.height * planes)
    return fail(tiff, "its pages differ");
  int is_tiled = TIFFIsTiled(file);
  uint32_t block_width = page.width, block_height = page.height;
  if (is_tiled) {
    TIFFGetField(file, TIFFTAG_TILEWIDTH, &block_width);
    TIFFGetField(file, TIFFTAG_TILELENGTH, &block_height);
  } else {
    TIFFGetFieldDefaulted(file, TIFFTAG_ROWSPERSTRIP, &block_height);
    if (block_height > page.height)
      block_height = page.height;
  }
  tmsize_t block_size = is_tiled ? TIFFTileSize(file) : TIFFStripSize(file);
  tmsize_t block_row = is_tiled ? TIFFTileRowSize(file) : TIFFScanlineSize(file);
  if (block_size <= 0 || block_row <= 0 || !block_width || !block_height ||
      (tmsize_t)((bits == 1 ? (block_width + 7) / 8 : block_width * unit)) > block_row ||
      (tmsize_t)block_height > block_size / block_row)
    return fail(tiff, "its strips or tiles have no sensible size");
  // A strip that decodes to less is an error below; more memory than the page needs is not given.
  if ((size_t)block_size > 64 * size + (1 << 24))
    return fail(tiff, "its tiles are larger than the image");
  uint8_t *block = malloc(block_size);
  if (!block)
    return fail(tiff, "no memory");
  int result = 0;
  for (int plane = 0; plane < planes && !result; plane++) {
    for (uint32_t y = 0; y < page.height && !result; y += block_height) {
      for (uint32_t x = 0; x < page.width && !result; x += block_width) {
        size_t rows = page.height - y < block_height ? page.height - y : block_height;
        size_t pixels = page.width - x < block_width ? page.width - x : block_width;
        uint32_t index = is_tiled ? TIFFComputeTile(file, x, y, 0, plane)
                                  : TIFFComputeStrip(file, y, plane);
        tmsize_t wanted = is_tiled ? block_size : (tmsize_t)rows * block_row;
        tmsize_t got = is_tiled ? TIFFReadEncodedTile(file, index, block, block_size)
                                : TIFFReadEncodedStrip(file, index, block, wanted);
        if (got < wanted || tiff->message[0]) {
          result = fail(tiff, "a strip or tile is cut off");
          break;
        }
        place(out + ((size_t)plane * page.height + y) * row + x * unit, block, rows, pixels,
              block_row, row, bits, unit);
      }
    }
  }
  free(block);
  return result;
}

const char *nnx_tiff_message(const nnx_tiff *tiff) { return tiff->message; }

static tmsize_t take(thandle_t handle, void *bytes, tmsize_t count) {
  nnx_tiff_bytes *out = handle;
  size_t rest = out->position < out->count ? out->count - out->position : 0;
  size_t step = (size_t)count < rest ? (size_t)count : rest;
  memcpy(bytes, out->bytes + out->position, step);
  out->position += step;
  return step;
}

static tmsize_t give(thandle_t handle, void *bytes, tmsize_t count) {
  nnx_tiff_bytes *out = handle;
  size_t end = out->position + count;
  if (end > out->capacity) {
    uint8_t *grown = realloc(out->bytes, 2 * end);
    if (!grown)
      return 0;
    memset(grown + out->capacity, 0, 2 * end - out->capacity);
    out->bytes = grown;
    out->capacity = 2 * end;
  }
  memcpy(out->bytes + out->position, bytes, count);
  out->position = end;
  if (end > out->count)
    out->count = end;
  return count;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
  nnx_tiff_bytes *out = handle;
  out->position = offset + (whence == SEEK_SET ? 0 : whence == SEEK_CUR ? out->position : out->count);
  return out->position;
}

static int done(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t length(thandle_t handle) { return ((nnx_tiff_bytes *)handle)->count; }

int nnx_tiff_write(nnx_tiff_bytes *out, const uint8_t *pixels, uint32_t width, uint32_t height,
                   int pages, int bits, char message[160]) {
  message[0] = 0;
  TIFFOpenOptions *chosen = options(message);
  TIFF *file = chosen ? TIFFClientOpenExt("memory", "wl", out, take, give, seek, done, length, NULL,
                                          NULL, chosen)
                      : NULL;
  if (chosen)
    TIFFOpenOptionsFree(chosen);
  int is_good = file != NULL;
  size_t row = (size_t)width * (bits / 8);
  for (int page = 0; page < pages && is_good; page++) {
    TIFFSetField(file, TIFFTAG_IMAGEWIDTH, width);
    TIFFSetField(file, TIFFTAG_IMAGELENGTH, height);
    TIFFSetField(file, TIFFTAG_BITSPERSAMPLE, bits);
    TIFFSetField(file, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(file, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
    TIFFSetField(file, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    TIFFSetField(file, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(file, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
    TIFFSetField(file, TIFFTAG_ROWSPERSTRIP, height);
    is_good = TIFFWriteEncodedStrip(file, 0, (void *)(pixels + page * row * height),
                                    (tmsize_t)(row * height)) >= 0 &&
              TIFFWriteDirectory(file);
  }
  if (file)
    TIFFClose(file);
  if (!is_good && !message[0])
    snprintf(message, 160, "libtiff cannot write it");
  return is_good && !message[0] ? 0 : -1;
}

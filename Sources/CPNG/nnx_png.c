#include "nnx_png.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Where reading stands.
typedef struct {
  const uint8_t *bytes;
  size_t count, position;
} source;

static void on_error(png_structp state, png_const_charp message) {
  nnx_png *png = png_get_error_ptr(state);
  snprintf(png->message, sizeof png->message, "%s", message);
  longjmp(png_jmpbuf(state), 1);
}

static void on_warning(png_structp state, png_const_charp message) {
  (void)state;
  (void)message;
}

static void take(png_structp state, png_bytep out, size_t count) {
  source *from = png_get_io_ptr(state);
  if (count > from->count - from->position)
    png_error(state, "the file ends early");
  memcpy(out, from->bytes + from->position, count);
  from->position += count;
}

// Whether each chunk up to the end ends within the file: libpng takes and clears as much memory as one claims to be
// long, whatever its limit is, before it reads a byte of it.
static int has_its_chunks(const uint8_t *bytes, size_t count) {
  for (size_t at = 8; at <= count && count - at >= 8;) {
    const uint8_t *chunk = bytes + at;
    size_t length = (size_t)chunk[0] << 24 | (size_t)chunk[1] << 16 | (size_t)chunk[2] << 8 | chunk[3];
    if (count - at < 12 || length > count - at - 12)
      return 0;
    if (!memcmp(chunk + 4, "IEND", 4))
      return 1;
    at += 12 + length;
  }
  return 1;
}

static void give(png_structp state, png_bytep bytes, size_t count) {
  nnx_bytes *out = png_get_io_ptr(state);
  if (count > out->capacity - out->count) {
    size_t capacity = 2 * out->capacity + count;
    uint8_t *grown = realloc(out->bytes, capacity);
    if (!grown)
      png_error(state, "no memory");
    out->bytes = grown;
    out->capacity = capacity;
  }
  memcpy(out->bytes + out->count, bytes, count);
  out->count += count;
}

static void flush(png_structp state) { (void)state; }

static void transform(png_structp state, const nnx_png *png) {
  int is_grey = png->color_type == PNG_COLOR_TYPE_GRAY;
  if (is_grey && png->bit_depth == 1)
    png_set_packing(state);
  if (is_grey && (png->bit_depth == 2 || png->bit_depth == 4))
    png_set_expand_gray_1_2_4_to_8(state);
  if (is_grey && png->bit_depth == 16)
    png_set_swap(state);
  if (!is_grey && png->bit_depth == 16)
    png_set_strip_16(state);
  if (png->color_type == PNG_COLOR_TYPE_PALETTE) {
    // A palette's transparency would become a channel.
    png_set_palette_to_rgb(state);
    png_set_strip_alpha(state);
  }
  png_set_interlace_handling(state);
}

// Reads the header and, when `pixels` is given, all the rest.
static int read_png(nnx_png *png, const uint8_t *bytes, size_t count, uint8_t *pixels,
                    size_t row_bytes) {
  png->message[0] = 0;
  if (!has_its_chunks(bytes, count)) {
    snprintf(png->message, sizeof png->message, "the file ends early");
    return -1;
  }
  source from = {bytes, count, 0};
  png_structp state = png_create_read_struct(PNG_LIBPNG_VER_STRING, png, on_error, on_warning);
  png_infop info = state ? png_create_info_struct(state) : NULL;
  if (!info) {
    snprintf(png->message, sizeof png->message, "no memory");
    png_destroy_read_struct(&state, NULL, NULL);
    return -1;
  }
  png_bytep *volatile rows = NULL;
  if (setjmp(png_jmpbuf(state))) {
    free(rows);
    png_destroy_read_struct(&state, &info, NULL);
    return -1;
  }
  png_set_read_fn(state, &from, take);
  png_set_user_limits(state, 0x7fffffff, 0x7fffffff);
  png_set_chunk_malloc_max(state, 8 << 20);
  png_read_info(state, info);
  png->width = png_get_image_width(state, info);
  png->height = png_get_image_height(state, info);
  png->bit_depth = png_get_bit_depth(state, info);
  png->color_type = png_get_color_type(state, info);
  if (pixels) {
    transform(state, png);
    png_read_update_info(state, info);
    if (png_get_rowbytes(state, info) != row_bytes)
      png_error(state, "its rows have another length than its header says");
    rows = malloc(png->height * sizeof *rows);
    if (!rows)
      png_error(state, "no memory");
    for (uint32_t row = 0; row < png->height; row++)
      rows[row] = pixels + row * row_bytes;
    png_read_image(state, rows);
    png_read_end(state, NULL);
    free(rows);
  }
  png_destroy_read_struct(&state, &info, NULL);
  return 0;
}

int nnx_png_info(nnx_png *png, const uint8_t *bytes, size_t count) {
  return read_png(png, bytes, count, NULL, 0);
}

int nnx_png_read(nnx_png *png, const uint8_t *bytes, size_t count, uint8_t *pixels,
                 size_t row_bytes) {
  return read_png(png, bytes, count, pixels, row_bytes);
}

int nnx_png_write(nnx_png *png, const uint8_t *pixels, int channels, nnx_bytes *out) {
  png->message[0] = 0;
  png_structp state = png_create_write_struct(PNG_LIBPNG_VER_STRING, png, on_error, on_warning);
  png_infop info = state ? png_create_info_struct(state) : NULL;
  if (!info) {
    snprintf(png->message, sizeof png->message, "no memory");
    png_destroy_write_struct(&state, NULL);
    return -1;
  }
  if (setjmp(png_jmpbuf(state))) {
    png_destroy_write_struct(&state, &info);
    return -1;
  }
  png_set_write_fn(state, out, give, flush);
  int color = channels == 1   ? PNG_COLOR_TYPE_GRAY
              : channels == 3 ? PNG_COLOR_TYPE_RGB
                              : PNG_COLOR_TYPE_RGB_ALPHA;
  png_set_IHDR(state, info, png->width, png->height, png->bit_depth, color, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(state, info);
  if (png->bit_depth == 16)
    png_set_swap(state);
  size_t row_bytes = (size_t)png->width * channels * (png->bit_depth / 8);
  for (uint32_t row = 0; row < png->height; row++)
    png_write_row(state, pixels + row * row_bytes);
  png_write_end(state, info);
  png_destroy_write_struct(&state, &info);
  return 0;
}

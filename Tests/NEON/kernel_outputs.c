// Runs every kernel of one set on fixed inputs and writes all that it stored, for Scripts/check-neon:
//   kernel_outputs SET FILE
// Sizes depend on nothing but this file, so that two sets with equal lanes write comparable files.
//
// FILE: a line with the names of all kernels; then for each array a line "kernel, case, f or d, count",
// tabs between, and `count` floats or doubles.
#define _GNU_SOURCE
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"

enum { LANES = 4, GROUP = 2 };
#define COUNT(list) ((int)(sizeof(list) / sizeof *(list)))
#define EACH(index, list) (int index = 0; index < COUNT(list); index++)

static const nnx_kernels *kernels;
static const char *kernel;
static FILE *file;

static void fail(const char *why, const char *what) {
  fprintf(stderr, "kernel_outputs: %s %s\n", why, what);
  exit(1);
}

// Arrays live until the end of their kernel's cases.
static void *arrays[20000];
static int array_count;

// 64-byte aligned as the engine's tensors are, and not a byte longer than asked for, so that a
// sanitizer sees every step outside.
static void *array(size_t bytes) {
  if (array_count == COUNT(arrays)) fail("too many arrays for", kernel);
  void **made = &arrays[array_count++];
  if (posix_memalign(made, 64, bytes ? bytes : 1)) fail("no memory for", kernel);
  return *made;
}

// SplitMix64: integers only, so that every machine draws the same. C leaves open which argument of a
// call is evaluated first: no call below draws more than once.
static uint64_t state;
static uint64_t next(void) {
  uint64_t z = state += 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

static int below(int end) { return (int)((next() >> 33) % end); }

// In -1..<1, exact in float.
static float number(void) { return (float)(int64_t)(next() >> 40) / 8388608 - 1; }

static float *random_floats(long count) {
  float *p = array(count * sizeof *p);
  for (long i = 0; i < count; i++) p[i] = number();
  return p;
}

static double *random_doubles(long count) {
  double *p = array(count * sizeof *p);
  // More bits than a float has.
  for (long i = 0; i < count; i++) {
    p[i] = number();
    p[i] += (double)number() / (1 << 24);
  }
  return p;
}

static int32_t *random_indices(long count, int end) {
  int32_t *p = array(count * sizeof *p);
  for (long i = 0; i < count; i++) p[i] = below(end);
  return p;
}

// What a kernel writes into. The number shows in the outputs wherever the kernel leaves it.
static float *output(long count) {
  float *p = array(count * sizeof *p);
  for (long i = 0; i < count; i++) p[i] = 0.125f;
  return p;
}

static double *double_output(long count) {
  double *p = array(count * sizeof *p);
  for (long i = 0; i < count; i++) p[i] = 0.125;
  return p;
}

static void write_array(char type, const void *p, long count, const char *format, va_list list) {
  fprintf(file, "%s\t", kernel);
  vfprintf(file, format, list);
  fprintf(file, "\t%c\t%ld\n", type, count);
  fwrite(p, type == 'f' ? sizeof(float) : sizeof(double), count, file);
}

__attribute__((format(printf, 3, 4)))
static void floats(const float *p, long count, const char *format, ...) {
  va_list list;
  va_start(list, format);
  write_array('f', p, count, format, list);
  va_end(list);
}

__attribute__((format(printf, 3, 4)))
static void doubles(const double *p, long count, const char *format, ...) {
  va_list list;
  va_start(list, format);
  write_array('d', p, count, format, list);
  va_end(list);
}

static nnx_source *random_sources(int blocks, long voxels) {
  nnx_source *sources = array(blocks * sizeof *sources);
  for (int b = 0; b < blocks; b++) {
    sources[b].data = random_floats(voxels * LANES);
    sources[b].scale = random_floats(LANES);
    sources[b].shift = random_floats(LANES);
    sources[b].slope = b == 1 ? 1 : 0.25f;
  }
  return sources;
}

static int blocks_of(int channels) { return (channels + LANES - 1) / LANES; }

// Voxel by voxel

static void activate(void) {
  const int sizes[] = {0, 1, 2, 7, 33};
  for EACH (i, sizes) {
    for (int identity = 0; identity < 2; identity++) {
      int n = sizes[i];
      float *x = random_floats(n * LANES);
      float *scale = random_floats(LANES), *shift = random_floats(LANES);
      kernels->activate(x, scale, shift, identity ? 1 : 0.01f, n);
      floats(x, n * LANES, "n %d identity %d", n, identity);
    }
  }
  // A number that is none must stay one: the engine recognises broken weights by it.
  const float special[] = {NAN, INFINITY, -INFINITY, -0.0f, 1e-40f, -1e-40f, 3e38f, -3e38f};
  float *x = array(sizeof special);
  memcpy(x, special, sizeof special);
  float *scale = output(LANES), *shift = output(LANES);
  for (int lane = 0; lane < LANES; lane++) scale[lane] = 2, shift[lane] = 0;
  kernels->activate(x, scale, shift, 0.25f, COUNT(special) / LANES);
  floats(x, COUNT(special), "special numbers");
}

static void add(void) {
  const int sizes[] = {1, 5, 18};
  for EACH (i, sizes) {
    for (int in_place = 0; in_place < 3; in_place++) {
      int n = sizes[i];
      nnx_source *sources = random_sources(2, n);
      float *out = in_place ? (float *)sources[in_place - 1].data : output(n * LANES);
      kernels->add(out, &sources[0], &sources[1], 0.125f, n);
      floats(out, n * LANES, "n %d in place %d", n, in_place);
    }
  }
}

static void average(void) {
  const int counts[] = {1, 3, 8, 27}, sizes[] = {1, 4, 11};
  for EACH (c, counts) {
    for EACH (i, sizes) {
      int count = counts[c], n = sizes[i];
      nnx_source *source = random_sources(1, 40);
      int32_t *taps = random_indices(count, 20), *positions = random_indices(n, 20);
      float *out = output(n * LANES);
      kernels->average(source, taps, count, positions, n, out);
      floats(out, n * LANES, "taps %d n %d", count, n);
    }
  }
}

static void fill_padding(void) {
  const nnx_frame frames[] = {
      {{2, 3, 4}, {1, 1, 1}, {4, 5, 9}},
      {{3, 1, 1}, {0, 1, 2}, {3, 3, 5}},
      {{2, 2, 2}, {0, 0, 0}, {2, 2, 2}},
      {{1, 5, 6}, {0, 2, 0}, {1, 8, 7}},
  };
  for EACH (i, frames) {
    const int *size = frames[i].padded;
    long count = (long)size[0] * size[1] * size[2] * LANES;
    float *out = output(count);
    kernels->fill_padding(out, &frames[i], random_floats(LANES));
    floats(out, count, "frame %d", i);
  }
}

static void gather(void) {
  const int block_counts[] = {1, 3}, counts[] = {1, 3, 27}, sizes[] = {1, 5, 14};
  for EACH (b, block_counts) {
    for EACH (c, counts) {
      for EACH (i, sizes) {
        int blocks = block_counts[b], count = counts[c], n = sizes[i];
        long stride = (n + 2) * LANES;
        nnx_source *sources = random_sources(blocks, 50);
        int32_t *taps = random_indices(count, 25), *positions = random_indices(n, 25);
        float *out = output(blocks * count * stride);
        kernels->gather(sources, blocks, taps, count, positions, n, out, stride);
        floats(out, blocks * count * stride, "blocks %d taps %d n %d", blocks, count, n);
      }
    }
  }
}

// Products

static void multiply_case(int segments, int blocks, int n, int add) {
  long a_stride = (n + 1) * LANES, m_stride = (n + 2) * LANES;
  float *a = random_floats(segments * a_stride);
  float *u = random_floats((long)segments * LANES * blocks * LANES);
  float *m = add ? random_floats(blocks * m_stride) : output(blocks * m_stride);
  const float *runs[] = {a, u};
  nnx_ahead ahead = {.runs = runs, .count = 2, .length = LANES, .rate = 1};
  kernels->multiply(a, a_stride, segments, u, m, m_stride, blocks, n, add, n % 2 ? &ahead : NULL);
  floats(m, blocks * m_stride, "segments %d blocks %d n %d add %d", segments, blocks, n, add);
}

static void multiply(void) {
  // Every number of columns in a tile, for tiles of up to 14, and several tiles.
  for (int n = 1; n <= 30; n++) {
    for (int blocks = 1; blocks <= 3; blocks++) multiply_case(1 + n % 4, blocks, n, n % 2);
  }
  multiply_case(5, 5, 14, 0);
  // Depths beyond what is taken at once: the products are added to those before.
  for (int blocks = 1; blocks <= 2; blocks++) multiply_case(261, blocks, 25, blocks - 1);
  multiply_case(520, 3, 7, 0);
}

static void multiply_plain(void) {
  const int counts[] = {1, 5, 27};
  for EACH (c, counts) {
    for (int step = 1; step <= 3; step++) {
      for (int n = 1; n <= (step == 1 ? 30 : 7); n++) {
        for (int blocks = 1; blocks <= 3; blocks++) {
          int count = counts[c];
          // Input that starts anywhere: it is not aligned to a vector.
          float *a = random_floats(1 + 40 + (long)(n - 1) * step + 1) + 1;
          long m_stride = (n + 1) * LANES;
          int32_t *taps = random_indices(count, 41);
          float *u = random_floats(count * blocks * LANES), *m = output(blocks * m_stride);
          kernels->multiply_plain(a, taps, count, step, u, m, m_stride, blocks, n);
          floats(
              m, blocks * m_stride, "taps %d step %d blocks %d n %d", count, step, blocks, n);
        }
      }
    }
  }
}

// Ends of a convolution

static void scatter(void) {
  const int block_counts[] = {1, 3}, sizes[] = {1, 31, 32, 33, 70};
  for EACH (b, block_counts) {
    for EACH (i, sizes) {
      for (int collects = 0; collects < 2; collects++) {
        int blocks = block_counts[b], n = sizes[i], voxels = 2 * n + 1;
        long m_stride = (n + 1) * LANES;
        int32_t *positions = random_indices(n, 1);
        for (int p = 0; p < n; p++) positions[p] = 2 * (n - p);
        float *m = random_floats(blocks * m_stride), *bias = random_floats(blocks * LANES);
        float *out = output((long)blocks * voxels * LANES);
        double *sums = collects ? double_output(blocks * 2 * LANES) : NULL;
        kernels->scatter(
            m, m_stride, blocks, bias, b ? 1 : 0.5f, out, voxels * LANES, positions, n, sums);
        floats(out, (long)blocks * voxels * LANES, "blocks %d n %d", blocks, n);
        if (sums) doubles(sums, blocks * 2 * LANES, "sums, blocks %d n %d", blocks, n);
      }
    }
  }
}

static void store_plain(void) {
  const int channel_counts[] = {1, 3, 4, 7, 9}, steps[] = {1, -1, 3}, sizes[] = {1, 11, 16};
  for EACH (c, channel_counts) {
    for EACH (s, steps) {
      for EACH (i, sizes) {
        for (int accumulate = 0; accumulate < 2; accumulate++) {
          int channels = channel_counts[c], step = steps[s], n = sizes[i];
          long m_stride = n * LANES, stride = n * 3 + 2;
          float *m = random_floats(blocks_of(channels) * m_stride);
          float *out = output(channels * stride);
          kernels->store_plain(
              m, m_stride, random_floats(channels), channels, accumulate,
              step < 0 ? out + n - 1 : out, stride, step, n);
          floats(
              out, channels * stride, "channels %d step %d n %d accumulate %d", channels, step, n,
              accumulate);
        }
      }
    }
  }
}

// Offsets of filters of `taps` taps, one of which is missing.
static int32_t *filter_offsets(int depth, int taps) {
  int32_t *offsets = random_indices(depth, 1);
  for (int d = 0; d < depth; d++) offsets[d] = d == 1 ? -1 : (depth - 1 - d) * taps;
  return offsets;
}

static const int filter_channels[] = {1, 4, 5, 12, 19}, filter_depths[] = {1, 4, 7};

static void pack(void) {
  for EACH (c, filter_channels) {
    for EACH (i, filter_depths) {
      int channels = filter_channels[c], depth = filter_depths[i];
      long count = (long)depth * blocks_of(channels) * LANES;
      float *u = output(count);
      kernels->pack(
          random_floats(channels * depth), depth, filter_offsets(depth, 1), depth, channels, u);
      floats(u, count, "channels %d depth %d", channels, depth);
    }
  }
}

// Winograd

static const struct variant {
  int code;
  int points[3];
  const char *name;
} variants[] = {
    {NNX_F444, {6, 6, 6}, "F444"}, {NNX_F244, {4, 6, 6}, "F244"}, {NNX_F144, {1, 6, 6}, "F144"},
    {NNX_F222, {4, 4, 4}, "F222"}, {NNX_S444, {9, 9, 9}, "S444"}, {NNX_S144, {1, 9, 9}, "S144"},
    {NNX_M444, {6, 9, 9}, "M444"}, {NNX_F414, {6, 1, 6}, "F414"}, {NNX_S414, {9, 1, 9}, "S414"},
};
_Static_assert(COUNT(variants) == NNX_S414 + 1, "a variant has no line");

static int outputs_of(int points) { return points == 1 ? 1 : points == 9 ? 4 : points - 2; }

static int window_of(int points, int n) {
  return outputs_of(points) * (points == 9 ? 2 : 1) * (n - 1) + points;
}

// Boxes of tiles: rows, columns.
static const int boxes[][2] = {{1, 1}, {1, 3}, {2, 5}};

static void winograd_planes(void) {
  for EACH (v, variants) {
    const int *points = variants[v].points;
    for (int blocks = 1; blocks <= 2; blocks++) {
      for EACH (i, boxes) {
        int rows = boxes[i][0], columns = boxes[i][1];
        int height = window_of(points[1], rows), width = window_of(points[2], columns);
        long row = width + 3, slice = row * (height + 2);
        long block_stride = ((long)points[0] * height * width + 1) * LANES;
        float *out = output(blocks * block_stride);
        kernels->winograd_planes(
            variants[v].code, random_sources(blocks, (points[0] + 1) * slice), blocks, row, slice,
            slice + 2 * row + 1 + below(2), rows, columns, out, block_stride);
        floats(
            out, blocks * block_stride, "%s blocks %d box %dx%d", variants[v].name, blocks, rows,
            columns);
      }
    }
  }
}

static void winograd_input(void) {
  for EACH (v, variants) {
    const int *points = variants[v].points;
    for (int blocks = 1; blocks <= 2; blocks++) {
      for EACH (i, boxes) {
        int rows = boxes[i][0], columns = boxes[i][1], z = below(points[0]);
        long plane = (long)window_of(points[1], rows) * window_of(points[2], columns) * LANES;
        long plane_stride = points[0] * plane + LANES;
        long block_stride = (rows * columns + 1) * LANES;
        long point_stride = blocks * block_stride + LANES;
        long count = points[1] * points[2] * point_stride;
        float *out = output(count);
        kernels->winograd_input(
            variants[v].code, z, random_floats(blocks * plane_stride), plane_stride, blocks, rows,
            columns, out, block_stride, point_stride);
        floats(out, count, "%s blocks %d box %dx%d", variants[v].name, blocks, rows, columns);
      }
    }
  }
}

static void winograd_output(void) {
  const int block_counts[] = {1, 3}, tile_counts[] = {1, 2, 19};
  for EACH (v, variants) {
    const int *points = variants[v].points;
    for EACH (b, block_counts) {
      for EACH (i, tile_counts) {
        int blocks = block_counts[b], n = tile_counts[i];
        long block_stride = (n + 1) * LANES, point_stride = blocks * block_stride + LANES;
        long count = (long)blocks * n * points[0] * outputs_of(points[1]) *
                     outputs_of(points[2]) * LANES;
        float *out = output(count);
        kernels->winograd_output(
            variants[v].code, below(points[0]), random_floats(points[1] * points[2] * point_stride),
            block_stride, point_stride, blocks, n, out);
        floats(out, count, "%s blocks %d tiles %d", variants[v].name, blocks, n);
      }
    }
  }
}

// n tiles above each other, whole ones and cut ones, so that none touches another.
static nnx_tile *random_tiles(const struct variant *v, int n, int row, int slice) {
  nnx_tile *tiles = array(n * sizeof *tiles);
  for (int t = 0; t < n; t++) {
    tiles[t].voxel = t * 4 * slice;
    tiles[t].voxel += below(2) * row;
    tiles[t].voxel += below(3);
    for (int axis = 0; axis < 3; axis++) {
      int whole = outputs_of(v->points[axis]);
      tiles[t].extents[axis] = t % 3 == 1 ? 1 + below(whole) : whole;
    }
  }
  return tiles;
}

static void winograd_store(void) {
  const int row = 6, slice = 5 * row, block_counts[] = {1, 3}, tile_counts[] = {1, 2, 19};
  for EACH (v, variants) {
    const int *points = variants[v].points;
    for EACH (b, block_counts) {
      for EACH (i, tile_counts) {
        for (int collects = 0; collects < 2; collects++) {
          int blocks = block_counts[b], n = tile_counts[i];
          long out_stride = (long)n * 4 * slice * LANES;
          long per_tile =
              (long)points[0] * outputs_of(points[1]) * outputs_of(points[2]) * LANES;
          float *slices = random_floats(blocks * n * per_tile);
          float *bias = random_floats(blocks * LANES), *out = output(blocks * out_stride);
          double *sums = collects ? double_output(blocks * 2 * LANES) : NULL;
          kernels->winograd_store(
              variants[v].code, slices, blocks, bias, b ? 1 : 0.5f, out, out_stride, row, slice,
              random_tiles(&variants[v], n, row, slice), n, sums);
          floats(out, blocks * out_stride, "%s blocks %d tiles %d", variants[v].name, blocks, n);
          if (!sums) continue;
          doubles(
              sums, blocks * 2 * LANES, "sums, %s blocks %d tiles %d", variants[v].name, blocks, n);
        }
      }
    }
  }
}

static void winograd_weights(void) {
  const int depths[] = {1, 5};
  for EACH (v, variants) {
    const int *points = variants[v].points;
    for EACH (d, depths) {
      for (int width = 1; width <= GROUP; width++) {
        for (int z = 0; z < points[0]; z++) {
          int depth = depths[d], is_flat = points[0] == 1 || points[1] == 1, taps = is_flat ? 9 : 27;
          long point_stride = (depth * width + 1) * LANES;
          long count = points[1] * points[2] * point_stride;
          float *u = output(count);
          kernels->winograd_weights(
              variants[v].code, z, random_floats((long)depth * taps * width * LANES), depth, width,
              u, point_stride);
          floats(u, count, "%s depth %d width %d z %d", variants[v].name, depth, width, z);
        }
      }
    }
  }
}

// Resampling

static const int widths[] = {1, 5, 64};

// The distance in memory from one row to the next and from one column to the next.
static const struct { long axis, column; } strides[] = {{100, 1}, {1, 13}, {3, 40}};

static long extent(int s, long rows, long width) {
  return (rows - 1) * strides[s].axis + (width - 1) * strides[s].column + 1;
}

static void resample_load(int is_float) {
  const long row_counts[] = {1, 2, 7, 13}, paddings[] = {0, 3};
  for EACH (w, widths) {
    for EACH (s, strides) {
      for EACH (r, row_counts) {
        for EACH (p, paddings) {
          nnx_resampling axis = {.in = row_counts[r], .padding = paddings[p]};
          long count = (axis.in + 2 * axis.padding) * widths[w];
          long in_count = extent(s, axis.in, widths[w]);
          double *work = double_output(count);
          if (is_float) {
            kernels->resample_load_float(
                work, random_floats(in_count), strides[s].axis, strides[s].column, &axis,
                widths[w]);
          } else {
            kernels->resample_load_double(
                work, random_doubles(in_count), strides[s].axis, strides[s].column, &axis,
                widths[w]);
          }
          doubles(
              work, count, "width %d rows %ld padding %ld strides %d", widths[w], axis.in,
              axis.padding, s);
        }
      }
    }
  }
}

static void resample_load_float(void) { resample_load(1); }
static void resample_load_double(void) { resample_load(0); }

static void resample_store(int is_float) {
  const int tap_counts[] = {1, 2, 4};
  for EACH (w, widths) {
    for EACH (s, strides) {
      for EACH (t, tap_counts) {
        for (int clamps = 0; clamps < 2; clamps++) {
          const int taps = tap_counts[t], in = 11, out_rows = 5;
          nnx_resampling axis = {.in = in, .out = out_rows, .taps = taps};
          axis.rows = random_indices(out_rows * taps, in);
          axis.weights = random_doubles(out_rows * taps);
          double *work = random_doubles(in * widths[w]);
          double low = clamps ? -0.5 : -INFINITY, high = clamps ? 0.75 : INFINITY;
          long count = extent(s, out_rows, widths[w]);
          if (is_float) {
            float *out = output(count);
            kernels->resample_store_float(
                out, strides[s].axis, strides[s].column, work, &axis, widths[w], low, high);
            floats(
                out, count, "width %d taps %d strides %d clamps %d", widths[w], taps, s, clamps);
          } else {
            double *out = double_output(count);
            kernels->resample_store_double(
                out, strides[s].axis, strides[s].column, work, &axis, widths[w], low, high);
            doubles(
                out, count, "width %d taps %d strides %d clamps %d", widths[w], taps, s, clamps);
          }
        }
      }
    }
  }
}

static void resample_store_float(void) { resample_store(1); }
static void resample_store_double(void) { resample_store(0); }

static void spline_filter(void) {
  const int counts[] = {2, 3, 25, 33, 34, 300};
  for EACH (w, widths) {
    for EACH (i, counts) {
      long count = (long)counts[i] * widths[w];
      double *work = random_doubles(count);
      kernels->spline_filter(work, counts[i], widths[w]);
      doubles(work, count, "width %d count %d", widths[w], counts[i]);
    }
  }
}

static const int blend_sizes[] = {0, 1, 3, 7, 40};

static void blend_rows(void) {
  for EACH (i, blend_sizes) {
    int n = blend_sizes[i];
    float *out = output(n);
    // One float past an aligned place: rows of a volume start anywhere.
    const float *rows[4];
    for (int r = 0; r < 4; r++) rows[r] = random_floats(n + 1) + 1;
    float *weights = random_floats(4);
    kernels->blend_rows(out, rows[0], rows[1], rows[2], rows[3], weights, n);
    floats(out, n, "n %d", n);
  }
}

static void blend_along(void) {
  for EACH (i, blend_sizes) {
    int n = blend_sizes[i];
    float *out = output(n);
    int32_t *first = random_indices(n, 13), *second = random_indices(n, 13);
    float *in = random_floats(13), *weights = random_floats(n);
    kernels->blend_along(out, in, first, second, weights, n);
    floats(out, n, "n %d", n);
  }
}

static const struct { const char *name; void (*run)(void); } cases[] = {
#define NNX_KERNEL(result, name, parameters) {#name, name},
#include "kernel_list.inc"
#undef NNX_KERNEL
};

int main(int count, char **arguments) {
  if (count != 3) fail("usage:", "kernel_outputs SET FILE");
  for (int i = 0; (kernels = nnx_kernels_available(i)); i++) {
    if (!strcmp(kernels->name, arguments[1])) break;
  }
  if (!kernels) fail("this processor has no set", arguments[1]);
  if (kernels->lanes != LANES || kernels->group != GROUP) {
    fail("other lanes or groups than here has the set", arguments[1]);
  }
  file = fopen(arguments[2], "wb");
  if (!file) fail("cannot write", arguments[2]);
  const char *name;
  for (int i = 0; (name = nnx_kernel_name(i)); i++) fprintf(file, i ? " %s" : "%s", name);
  fprintf(file, "\n");
  for EACH (i, cases) {
    // Each kernel draws on its own: a case more in one changes no other.
    state = i;
    kernel = cases[i].name;
    cases[i].run();
    while (array_count > 0) free(arrays[--array_count]);
  }
  if (ferror(file) || fclose(file)) fail("cannot write", arguments[2]);
  return 0;
}

// The structs that kernels take.
#ifndef NNX_KERNEL_TYPES_H
#define NNX_KERNEL_TYPES_H

#include <stdint.h>

// One channel block of a blocked tensor, float[voxels][lanes], and what makes values of the stored
// numbers: LeakyReLU(x * scale + shift), for each lane.
typedef struct nnx_source {
  const float *data;
  const float *scale;
  const float *shift;
  // 0 to 1; 1 is the identity.
  float slope;
} nnx_source;

// Memory that `multiply` fetches into the second cache on its way, for what comes after it: runs of equal length.
typedef struct nnx_ahead {
  // Where each of those that are left begins.
  const float *const *runs;
  int count;
  // Floats of a run.
  int length;
  // Cache lines for each step of `multiply`: a channel block of a register tile.
  int rate;
  // What is left of the run that is being fetched: NULL at first.
  const float *next, *end;
} nnx_ahead;

// Extents and strides of a channel block in voxels, axes (z, y, x): a box of values inside its
// padding.
typedef struct nnx_frame {
  int extents[3];
  int origin[3];
  int padded[3];
} nnx_frame;

// How many outputs a Winograd tile has along (z, y, x); S: stride 2 along each axis whose kernel is 3,
// M: stride 1 along z, 2 along y and x.
enum {
  NNX_F444, NNX_F244, NNX_F144, NNX_F222, NNX_S444, NNX_S144, NNX_M444, NNX_F414, NNX_S414
};

// Where an output tile goes: its first voxel, and how much of it lies inside the box, (z, y, x).
typedef struct nnx_tile {
  int voxel;
  int extents[3];
} nnx_tile;

// How one axis is resampled: output row i is the sum over t of weights[i * taps + t] times row
// rows[i * taps + t], counted from the first of the `padding` rows in front.
typedef struct nnx_resampling {
  long in, out;  // rows before and after
  long padding;  // copies of the first and last row on either side
  int taps;      // 1, 2 or 4
  const int32_t *rows;
  const double *weights;
} nnx_resampling;

#endif

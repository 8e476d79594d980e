// The kernels of one instruction set as a table of functions, and the choice among the tables.
// How they are organised and how to add one: docs/kernels.md.
#ifndef NNX_KERNELS_H
#define NNX_KERNELS_H

#include <stdint.h>

#include "kernel_types.h"

// One member for each line of kernel_list.inc.
typedef struct nnx_kernels {
  const char *name;
  // Channels that are kept side by side: the innermost axis of a blocked tensor.
  int lanes;
  // Channel blocks that one pass of `multiply` makes at a time: how weights are grouped.
  int group;
  // Columns that `multiply` likes best: block lengths should be multiples of it.
  int columns;
#define NNX_KERNEL(result, name, parameters) result(*name) parameters;
#include "kernel_list.inc"
#undef NNX_KERNEL
} nnx_kernels;

// The sets that this processor can run, best first; NULL past the last one.
const nnx_kernels *nnx_kernels_available(int index);

// The names in kernel_list.inc in order; NULL past the last one.
const char *nnx_kernel_name(int index);

#endif

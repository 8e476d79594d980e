// NEON, which every 64-bit ARM has: 32 registers, 20 of them sums and 8 weights.
#if defined(__aarch64__)
#define NNX_SET neon
#define NNX_LANES 4
#define NNX_GROUP 2
#define NNX_COLUMNS 10
#define NNX_HAS_FMA 1
#include "../generic/all.inc"
#endif

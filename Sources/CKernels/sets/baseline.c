// What every processor of the architecture has: SSE2 on x86-64, plain vectors elsewhere.
#if !defined(__aarch64__)
#define NNX_SET baseline
#define NNX_LANES 4
#define NNX_GROUP 2
#define NNX_COLUMNS 6
#define NNX_HAS_FMA 0
#include "../generic/all.inc"
#endif

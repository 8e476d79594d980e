// The shapes of AVX-512 in instructions of AVX2, so that machines without AVX-512 can test them.
#if defined(__x86_64__)
#define NNX_SET wide
#define NNX_LANES 16
#define NNX_GROUP 2
#define NNX_COLUMNS 14
#define NNX_HAS_FMA 1
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi2"))), apply_to = function)
#include "../generic/all.inc"
#pragma clang attribute pop
#endif

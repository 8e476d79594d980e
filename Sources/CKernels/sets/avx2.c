// AVX2 with FMA: 16 registers, 12 of them sums.
#if defined(__x86_64__)
#define NNX_SET avx2
#define NNX_LANES 8
#define NNX_GROUP 2
#define NNX_COLUMNS 6
#define NNX_HAS_FMA 1
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi2"))), apply_to = function)
#include "../generic/all.inc"
#pragma clang attribute pop
#endif

// AVX-512: 32 registers, 28 of them sums.
#if defined(__x86_64__)
#define NNX_SET avx512
#define NNX_LANES 16
#define NNX_GROUP 2
#define NNX_COLUMNS 14
#define NNX_HAS_FMA 1
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi2"))), apply_to = function)
#include "../generic/all.inc"
#pragma clang attribute pop
#endif

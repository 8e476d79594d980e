// Which kernels this processor can run.
#include <stddef.h>

#include "kernels.h"

#if defined(__x86_64__)
extern const nnx_kernels nnx_kernels_avx512, nnx_kernels_avx2, nnx_kernels_wide,
    nnx_kernels_baseline;

static int has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi2");
}

static int has_avx512(void) {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

static int collect(const nnx_kernels **sets) {
  __builtin_cpu_init();
  int count = 0;
  if (has_avx512()) sets[count++] = &nnx_kernels_avx512;
  if (has_avx2()) sets[count++] = &nnx_kernels_avx2;
  sets[count++] = &nnx_kernels_baseline;
  if (has_avx2()) sets[count++] = &nnx_kernels_wide;
  return count;
}
#elif defined(__aarch64__)
extern const nnx_kernels nnx_kernels_neon;

static int collect(const nnx_kernels **sets) {
  sets[0] = &nnx_kernels_neon;
  return 1;
}
#else
extern const nnx_kernels nnx_kernels_baseline;

static int collect(const nnx_kernels **sets) {
  sets[0] = &nnx_kernels_baseline;
  return 1;
}
#endif

const nnx_kernels *nnx_kernels_available(int index) {
  const nnx_kernels *sets[4];
  int count = collect(sets);
  return index >= 0 && index < count ? sets[index] : NULL;
}

const char *nnx_kernel_name(int index) {
  static const char *const names[] = {
#define NNX_KERNEL(result, name, parameters) #name,
#include "kernel_list.inc"
#undef NNX_KERNEL
  };
  const int count = sizeof names / sizeof *names;
  return index >= 0 && index < count ? names[index] : NULL;
}

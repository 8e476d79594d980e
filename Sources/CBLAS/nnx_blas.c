#include "CBLAS.h"

#include <cblas.h>
#include <dlfcn.h>

static __typeof__(cblas_sgemm) *sgemm;

const char *nnx_blas_load(void) {
  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (!library) return dlerror();
  __typeof__(openblas_set_num_threads) *set_threads = dlsym(library, "openblas_set_num_threads");
  sgemm = dlsym(library, "cblas_sgemm");
  if (!set_threads || !sgemm) return dlerror();
  set_threads(1);
  return 0;
}

void nnx_blas_sgemm(int m, int n, int k, const float *a, const float *b, float beta, float *c,
                    int stride) {
  sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, a, k, b, n, beta, c, stride);
}

#pragma once

// OpenBLAS, loaded when it is first needed: linked, it would start its threads in every process, also in
// those that only list models.

/// Loads the library, for one thread per call.
///
/// Returns NULL, or why it cannot be loaded.
const char *nnx_blas_load(void);

/// `c = a b + beta c` in C order: `a` is (m, k), `b` (k, n), `c` m rows of n elements, `stride` apart.
/// Only after `nnx_blas_load` returned NULL.
void nnx_blas_sgemm(int m, int n, int k, const float *a, const float *b, float beta, float *c,
                    int stride);

// Sums as their definitions say, for no particular processor: what kernels are compared with.
#ifndef NNX_PLAIN_H
#define NNX_PLAIN_H

/// `c = a b`, or `c += a b`, in C order: `a` is (m, k), `b` (k, n), `c` m rows of n elements, `stride`
/// apart.
void nnx_plain_product(
    long m, long n, long k, const float *a, const float *b, int accumulate, float *c, long stride);

/// The sum of `a[i] * b[i]`, in double.
double nnx_plain_dot(const float *a, const double *b, long n);

#endif

#include "plain.h"

#include <string.h>

// A tile of sums stays in the first cache, the part of `b` that it reads in the second.
enum { ROWS = 4, COLUMNS = 256, DEPTH = 256 };

static inline __attribute__((always_inline)) void add_tile(
    int rows, int columns, long k, const float *a, long a_stride, const float *b, long b_stride,
    float *c, long c_stride) {
  float sums[ROWS][COLUMNS];
  for (int r = 0; r < rows; r++) memcpy(sums[r], c + r * c_stride, columns * sizeof(float));
  for (long p = 0; p < k; p++) {
    const float *row = b + p * b_stride;
    for (int r = 0; r < rows; r++) {
      float x = a[r * a_stride + p];
      for (int j = 0; j < columns; j++) sums[r][j] += x * row[j];
    }
  }
  for (int r = 0; r < rows; r++) memcpy(c + r * c_stride, sums[r], columns * sizeof(float));
}

void nnx_plain_product(
    long m, long n, long k, const float *a, const float *b, int accumulate, float *c, long stride) {
  if (!accumulate) {
    for (long i = 0; i < m; i++) memset(c + i * stride, 0, n * sizeof(float));
  }
  for (long j = 0; j < n; j += COLUMNS) {
    int columns = n - j < COLUMNS ? n - j : COLUMNS;
    for (long p = 0; p < k; p += DEPTH) {
      long depth = k - p < DEPTH ? k - p : DEPTH;
      const float *part = b + p * n + j;
      for (long i = 0; i < m; i += ROWS) {
        const float *left = a + i * k + p;
        float *out = c + i * stride + j;
        // The constants let the compiler keep sums in registers.
        if (m - i >= ROWS && columns == COLUMNS) {
          add_tile(ROWS, COLUMNS, depth, left, k, part, n, out, stride);
        } else {
          add_tile(m - i < ROWS ? m - i : ROWS, columns, depth, left, k, part, n, out, stride);
        }
      }
    }
  }
}

double nnx_plain_dot(const float *a, const double *b, long n) {
  enum { LANES = 8 };
  double sums[LANES] = {0}, sum = 0;
  long i = 0;
  for (; i + LANES <= n; i += LANES) {
    for (int j = 0; j < LANES; j++) sums[j] += a[i + j] * b[i + j];
  }
  for (; i < n; i++) sum += a[i] * b[i];
  for (int j = 0; j < LANES; j++) sum += sums[j];
  return sum;
}

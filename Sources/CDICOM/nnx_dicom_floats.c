#include "CDICOM.h"

// Fused, the sum would be rounded once and not twice, as dcm2niix and ITK do.
#pragma STDC FP_CONTRACT OFF

// Up, so that the sign is on top and what lies above it is gone; and down again.
#define STORED(TYPE, UNSIGNED) ((TYPE)((TYPE)(UNSIGNED)(from[i] << up) >> down))

#define RUN(TYPE, UNSIGNED, REAL)                                                             \
  for (size_t i = 0; i < count; i++)                                                          \
    into[i] = (float)((REAL)STORED(TYPE, UNSIGNED) * (REAL)slope + (REAL)intercept)

#define CONVERT(SIGNED, UNSIGNED)                  \
  do {                                             \
    const UNSIGNED *from = words;                  \
    int up = bits - 1 - high, down = bits - stored; \
    if (is_signed && is_wide) RUN(SIGNED, UNSIGNED, double);     \
    else if (is_signed) RUN(SIGNED, UNSIGNED, float);            \
    else if (is_wide) RUN(UNSIGNED, UNSIGNED, double);           \
    else RUN(UNSIGNED, UNSIGNED, float);           \
  } while (0)

void nnx_dicom_floats(const void *words, size_t count, int bits, int stored, int high, int is_signed, int is_wide,
                      double slope, double intercept, float *into) {
  if (bits == 8) CONVERT(int8_t, uint8_t);
  else if (bits == 16) CONVERT(int16_t, uint16_t);
  else CONVERT(int32_t, uint32_t);
}

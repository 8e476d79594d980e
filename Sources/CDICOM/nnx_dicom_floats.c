#include "CDICOM.h"

// Fused, the sum would be rounded once and not twice, as dcm2niix and ITK do.
#pragma STDC FP_CONTRACT OFF

#define CONVERT(SIGNED, UNSIGNED)                                                                   \
  do {                                                                                              \
    const UNSIGNED *from = words;                                                                   \
    /* Up, so that the sign is on top and what lies above it is gone; and down again. */            \
    int up = bits - 1 - high, down = bits - stored;                                                 \
    if (is_signed)                                                                                  \
      for (size_t i = 0; i < count; i++) {                                                          \
        SIGNED value = (SIGNED)((SIGNED)(UNSIGNED)(from[i] << up) >> down);                         \
        into[i] = (float)value * slope + intercept;                                                 \
      }                                                                                             \
    else                                                                                            \
      for (size_t i = 0; i < count; i++) {                                                          \
        UNSIGNED value = (UNSIGNED)((UNSIGNED)(from[i] << up) >> down);                             \
        into[i] = (float)value * slope + intercept;                                                 \
      }                                                                                             \
  } while (0)

void nnx_dicom_floats(const void *words, size_t count, int bits, int stored, int high, int is_signed, float slope,
                      float intercept, float *into) {
  if (bits == 8) CONVERT(int8_t, uint8_t);
  else if (bits == 16) CONVERT(int16_t, uint16_t);
  else CONVERT(int32_t, uint32_t);
}

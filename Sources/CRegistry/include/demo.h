// What nnx can be tried with, without network: a small model and a synthetic scan for it.
#ifndef NNX_DEMO_H
#define NNX_DEMO_H

#include <stddef.h>

/// The bytes of Models/demo-ct.zip; `*count` is set to their number.
const unsigned char *nnx_demo_model(size_t *count);

/// The bytes of Models/phantom_0000.nii.gz; `*count` is set to their number.
const unsigned char *nnx_demo_phantom(size_t *count);

#endif

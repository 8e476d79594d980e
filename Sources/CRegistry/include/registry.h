// registry.json as it was when nnx was built, so that a copied binary still knows its models.
#ifndef NNX_REGISTRY_H
#define NNX_REGISTRY_H

#include <stddef.h>

#include "demo.h"

/// The bytes of registry.json; `*count` is set to their number.
const unsigned char *nnx_registry(size_t *count);

#endif

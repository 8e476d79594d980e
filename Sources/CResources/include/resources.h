// Files that nnx carries, so that a copied binary needs nothing beside it.
#ifndef NNX_RESOURCES_H
#define NNX_RESOURCES_H

#include <stddef.h>

/// The bytes of a file by its path in the repository, as it was when nnx was built; `*count` is set to
/// their number. Null and zero when the binary does not carry it.
const unsigned char *nnx_resource(const char *path, size_t *count);

/// What a released file was built from: lines of a name and a version. Empty in other builds.
const char *nnx_built(void);

#endif

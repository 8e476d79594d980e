#include "registry.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char bytes[] = {
#embed "../../registry.json"
};

const unsigned char *nnx_registry(size_t *count) {
  *count = sizeof bytes;
  return bytes;
}

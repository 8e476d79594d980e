#include "demo.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char model[] = {
#embed "../../Models/demo-ct.zip"
};

static const unsigned char phantom[] = {
#embed "../../Models/phantom_0000.nii.gz"
};

const unsigned char *nnx_demo_model(size_t *count) {
  *count = sizeof model;
  return model;
}

const unsigned char *nnx_demo_phantom(size_t *count) {
  *count = sizeof phantom;
  return phantom;
}

#include "resources.h"

#include <string.h>

#pragma clang diagnostic ignored "-Wc23-extensions"

// A release has another of its own (Scripts/release.d/link).
__attribute__((weak)) const char nnx_built_from[] = "";

static const unsigned char registry[] = {
#embed "../../registry.json"
};

static const unsigned char errors[] = {
#embed "../../docs/errors.md"
};

static const unsigned char licenses[] = {
#embed "../../docs/licenses.md"
};

static const unsigned char demo_model[] = {
#embed "../../Models/demo-ct.zip"
};

static const unsigned char phantom[] = {
#embed "../../Models/phantom_0000.nii.gz"
};

static const unsigned char report_script[] = {
#embed "report.js"
};

static const unsigned char report_style[] = {
#embed "report.css"
};

static const unsigned char font[] = {
#embed "font.hex"
};

static const struct {
  const char *path;
  const unsigned char *bytes;
  size_t count;
} resources[] = {
    {"registry.json", registry, sizeof registry},
    {"docs/licenses.md", licenses, sizeof licenses},
    {"docs/errors.md", errors, sizeof errors},
    {"Models/demo-ct.zip", demo_model, sizeof demo_model},
    {"Models/phantom_0000.nii.gz", phantom, sizeof phantom},
    {"Sources/CResources/report.js", report_script, sizeof report_script},
    {"Sources/CResources/report.css", report_style, sizeof report_style},
    {"Sources/CResources/font.hex", font, sizeof font},
};

const unsigned char *nnx_resource(const char *path, size_t *count) {
  for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
    if (strcmp(resources[i].path, path) != 0) continue;
    *count = resources[i].count;
    return resources[i].bytes;
  }
  *count = 0;
  return NULL;
}

const char *nnx_built(void) { return nnx_built_from; }

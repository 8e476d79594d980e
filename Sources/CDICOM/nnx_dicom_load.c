#define _DEFAULT_SOURCE

#include "CDICOM.h"

#ifdef NNX_STATIC_DICOM

extern const nnx_dicom nnx_dicom_functions;

const nnx_dicom *nnx_dicom_load(const char **why) {
  *why = nnx_dicom_functions.prepare();
  return *why ? NULL : &nnx_dicom_functions;
}

#else

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const places[] = {"libnnxdicom.so", "../lib/libnnxdicom.so"};

const nnx_dicom *nnx_dicom_load(const char **why) {
  char folder[PATH_MAX], path[PATH_MAX + 32];
  ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
  folder[length < 0 ? 0 : length] = 0;
  char *slash = strrchr(folder, '/');
  // Without a folder, the library would be looked for elsewhere.
  if (!slash) return *why = "it is not known where nnx lies", NULL;
  slash[1] = 0;
  void *library = NULL;
  for (size_t i = 0; !library && i < sizeof places / sizeof *places; i++) {
    snprintf(path, sizeof path, "%s%s", folder, places[i]);
    // The last place's error is of a file that need not be there.
    if (i > 0 && access(path, F_OK)) continue;
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) *why = dlerror();
  }
  if (!library) return NULL;
  const nnx_dicom *functions = dlsym(library, "nnx_dicom_functions");
  *why = functions ? functions->prepare() : dlerror();
  return *why ? NULL : functions;
}

#endif

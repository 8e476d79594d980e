#pragma once
// Placeholder until the kernel list lands.
int nnx_kernels_vector_length(void);

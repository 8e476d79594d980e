int nnx_kernels_vector_length(void) { return 1; }

// The structs that kernels take.
#ifndef NNX_KERNEL_TYPES_H
#define NNX_KERNEL_TYPES_H
#endif

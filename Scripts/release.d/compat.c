// What the objects want and glibc 2.17 has not: by other means, or by the kernel itself. Compiled for 2.17.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

// SwiftPM names the entry so, for tests to link with.
int nnx_main(int count, char **arguments);
int main(int count, char **arguments) { return nnx_main(count, arguments); }

// glibc 2.32, for libstdc++: whether counters may do without atomic operations.
char __libc_single_threaded = 0;

// glibc 2.28, for SQLite: fcntl, where files are of 64 bits anyway.
int fcntl64(int descriptor, int command, ...) {
  va_list rest;
  va_start(rest, command);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  return fcntl(descriptor, command, argument);
}

// glibc 2.25, for OpenSSL.
int getentropy(void *bytes, size_t count) {
  if (count > 256) {
    errno = EIO;
    return -1;
  }
  for (size_t done = 0; done < count;) {
    long got = syscall(SYS_getrandom, (char *)bytes + done, count - done, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    done += got;
  }
  return 0;
}

// glibc 2.28, for nnx.
int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
  return syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}

// glibc 2.27, for nnx.
int memfd_create(const char *name, unsigned flags) { return syscall(SYS_memfd_create, name, flags); }

// glibc 2.18, for libstdc++: what is to be done at the end of a thread. On 2.17 nothing is, and the thread's
// objects are given back with the process.
int __cxa_thread_atexit_impl(void (*end)(void *), void *object, void *library) {
  static int (*real)(void (*)(void *), void *, void *);
  if (!real) *(void **)&real = dlsym(RTLD_NEXT, "__cxa_thread_atexit_impl");
  return real ? real(end, object, library) : 0;
}

// Preloaded into nnx by Scripts/reliability: makes chosen system calls on chosen files fail.
//
//   FAULT_ROOT   only files below this folder count
//   FAULT_CALLS  which calls count, comma separated: open write sync close rename truncate mkdir link
//                unlink read allocate
//   FAULT_AT     number of the first call that fails (1 is the first that counts)
//   FAULT_TIMES  how many fail from there on (default 1: the disk recovers; 0: all)
//   FAULT_KIND   ENOSPC, EDQUOT, EIO, EFBIG, EACCES, EINTR, or "short": writes and reads do half the work
//   FAULT_LOG    file that gets a line "call path" for every fault, so that the caller knows it fired
//   FAULT_FLOCK  "none": flock says yes to everybody; an error name: flock fails with it
//   FAULT_SYNC   "none": nothing is flushed, and nobody is told (the control of the power-cut test)
//   FAULT_GATE   a FIFO: the process waits before main until somebody opens it for writing
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *root, *calls, *log_path, *flock_mode, *sync_mode;
static size_t root_length;
static long first, times = 1;
static int number, is_short;
static atomic_long counted;

static int error_named(const char *name) {
  static const struct { const char *name; int number; } table[] = {
      {"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EIO", EIO},       {"EFBIG", EFBIG},
      {"EACCES", EACCES}, {"EINTR", EINTR},   {"EROFS", EROFS},   {"ENOLCK", ENOLCK},
      {"ENOSYS", ENOSYS}, {"EOPNOTSUPP", EOPNOTSUPP}};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (!strcmp(table[i].name, name)) return table[i].number;
  fprintf(stderr, "faults: unknown error %s\n", name);
  _exit(2);
}

__attribute__((constructor)) static void begin(void) {
  root = getenv("FAULT_ROOT");
  root_length = root ? strlen(root) : 0;
  calls = getenv("FAULT_CALLS");
  log_path = getenv("FAULT_LOG");
  flock_mode = getenv("FAULT_FLOCK");
  sync_mode = getenv("FAULT_SYNC");
  if (getenv("FAULT_AT")) first = atol(getenv("FAULT_AT"));
  if (getenv("FAULT_TIMES")) times = atol(getenv("FAULT_TIMES"));
  const char *kind = getenv("FAULT_KIND");
  if (kind && !strcmp(kind, "short")) is_short = 1;
  else if (kind) number = error_named(kind);
  const char *gate = getenv("FAULT_GATE");
  if (gate) syscall(SYS_close, syscall(SYS_openat, AT_FDCWD, gate, O_RDONLY | O_CLOEXEC, 0));
}

static int is_counted(const char *call) {
  if (!calls || !first) return 0;
  const char *found = strstr(calls, call);
  size_t length = strlen(call);
  return found && (found == calls || found[-1] == ',') && (!found[length] || found[length] == ',');
}

static void note(const char *call, const char *path) {
  if (!log_path) return;
  char line[PATH_MAX + 64];
  int length = snprintf(line, sizeof line, "%s %s\n", call, path);
  long descriptor =
      syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  syscall(SYS_write, descriptor, line, (size_t)length);
  syscall(SYS_close, descriptor);
}

// Whether this call on this file is one that fails.
static int fails(const char *call, const char *path) {
  if (!root || strncmp(path, root, root_length) || !is_counted(call)) return 0;
  long index = atomic_fetch_add(&counted, 1) + 1;
  if (index < first || (times && index >= first + times)) return 0;
  note(call, path);
  errno = number;
  return 1;
}

static int fails_at(const char *call, int folder, const char *path) {
  if (!first) return 0;
  char whole[PATH_MAX * 2];
  if (path[0] == '/') return fails(call, path);
  char link[64], name[PATH_MAX] = "";
  snprintf(link, sizeof link, folder == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", folder);
  long count = syscall(SYS_readlinkat, AT_FDCWD, link, name, sizeof name - 1);
  name[count < 0 ? 0 : count] = 0;
  snprintf(whole, sizeof whole, "%s/%s", name, path);
  return fails(call, whole);
}

static int fails_on(const char *call, int descriptor) {
  if (!first || descriptor < 3) return 0;
  char link[64], name[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  long count = syscall(SYS_readlinkat, AT_FDCWD, link, name, sizeof name - 1);
  if (count < 0) return 0;
  name[count] = 0;
  return fails(call, name);
}

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define OPEN(name)                                                             \
  int name(const char *path, int flags, ...) {                                 \
    REAL(name);                                                                \
    va_list list;                                                              \
    va_start(list, flags);                                                     \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;    \
    va_end(list);                                                              \
    if (flags & (O_CREAT | O_TRUNC) && fails_at("open", AT_FDCWD, path)) return -1; \
    return real(path, flags, mode);                                            \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                           \
  int name(int folder, const char *path, int flags, ...) {                     \
    REAL(name);                                                                \
    va_list list;                                                              \
    va_start(list, flags);                                                     \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;    \
    va_end(list);                                                              \
    if (flags & (O_CREAT | O_TRUNC) && fails_at("open", folder, path)) return -1; \
    return real(folder, path, flags, mode);                                    \
  }
OPENAT(openat)
OPENAT(openat64)

// A transfer of bytes: fails whole, or does half of it.
#define TRANSFER(name, call, buffer, ...)                                      \
  ssize_t name(int descriptor, buffer bytes, size_t count __VA_OPT__(, ) __VA_ARGS__)
#define BODY(name, call, ...)                                                  \
  {                                                                            \
    REAL(name);                                                                \
    if (fails_on(call, descriptor)) {                                          \
      if (!is_short) return -1;                                                \
      count = count > 1 ? count / 2 : count;                                   \
    }                                                                          \
    return real(descriptor, bytes, count __VA_OPT__(, ) __VA_ARGS__);          \
  }
TRANSFER(write, "write", const void *) BODY(write, "write")
TRANSFER(pwrite, "write", const void *, off_t offset) BODY(pwrite, "write", offset)
TRANSFER(pwrite64, "write", const void *, off64_t offset) BODY(pwrite64, "write", offset)
TRANSFER(read, "read", void *) BODY(read, "read")
TRANSFER(pread, "read", void *, off_t offset) BODY(pread, "read", offset)
TRANSFER(pread64, "read", void *, off64_t offset) BODY(pread64, "read", offset)

ssize_t writev(int descriptor, const struct iovec *pieces, int count) {
  REAL(writev);
  if (fails_on("write", descriptor) && !is_short) return -1;
  return real(descriptor, pieces, count);
}

ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t count, unsigned flags) {
  REAL(copy_file_range);
  if (fails_on("write", out)) {
    if (!is_short) return -1;
    count = count > 1 ? count / 2 : count;
  }
  return real(in, from, out, to, count, flags);
}

int fsync(int descriptor) {
  REAL(fsync);
  if (sync_mode) return 0;
  return fails_on("sync", descriptor) ? -1 : real(descriptor);
}
int fdatasync(int descriptor) {
  REAL(fdatasync);
  if (sync_mode) return 0;
  return fails_on("sync", descriptor) ? -1 : real(descriptor);
}
// As Linux does: the descriptor is gone even when close reports an error.
int close(int descriptor) {
  REAL(close);
  int bad = fails_on("close", descriptor), saved = errno, result = real(descriptor);
  if (bad) errno = saved;
  return bad ? -1 : result;
}
int ftruncate(int descriptor, off_t size) {
  REAL(ftruncate);
  return fails_on("truncate", descriptor) ? -1 : real(descriptor, size);
}
int ftruncate64(int descriptor, off64_t size) {
  REAL(ftruncate64);
  return fails_on("truncate", descriptor) ? -1 : real(descriptor, size);
}
int posix_fallocate(int descriptor, off_t offset, off_t size) {
  REAL(posix_fallocate);
  return fails_on("allocate", descriptor) ? errno : real(descriptor, offset, size);
}
int posix_fallocate64(int descriptor, off64_t offset, off64_t size) {
  REAL(posix_fallocate64);
  return fails_on("allocate", descriptor) ? errno : real(descriptor, offset, size);
}
int fallocate(int descriptor, int mode, off_t offset, off_t size) {
  REAL(fallocate);
  return fails_on("allocate", descriptor) ? -1 : real(descriptor, mode, offset, size);
}
int fallocate64(int descriptor, int mode, off64_t offset, off64_t size) {
  REAL(fallocate64);
  return fails_on("allocate", descriptor) ? -1 : real(descriptor, mode, offset, size);
}

int rename(const char *from, const char *to) {
  REAL(rename);
  return fails_at("rename", AT_FDCWD, to) ? -1 : real(from, to);
}
int renameat(int a, const char *from, int b, const char *to) {
  REAL(renameat);
  return fails_at("rename", b, to) ? -1 : real(a, from, b, to);
}
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
  REAL(renameat2);
  return fails_at("rename", b, to) ? -1 : real(a, from, b, to, flags);
}
int mkdir(const char *path, mode_t mode) {
  REAL(mkdir);
  return fails_at("mkdir", AT_FDCWD, path) ? -1 : real(path, mode);
}
int mkdirat(int folder, const char *path, mode_t mode) {
  REAL(mkdirat);
  return fails_at("mkdir", folder, path) ? -1 : real(folder, path, mode);
}
int link(const char *from, const char *to) {
  REAL(link);
  return fails_at("link", AT_FDCWD, to) ? -1 : real(from, to);
}
int linkat(int a, const char *from, int b, const char *to, int flags) {
  REAL(linkat);
  return fails_at("link", b, to) ? -1 : real(a, from, b, to, flags);
}
int symlink(const char *target, const char *path) {
  REAL(symlink);
  return fails_at("link", AT_FDCWD, path) ? -1 : real(target, path);
}
int symlinkat(const char *target, int folder, const char *path) {
  REAL(symlinkat);
  return fails_at("link", folder, path) ? -1 : real(target, folder, path);
}
int unlink(const char *path) {
  REAL(unlink);
  return fails_at("unlink", AT_FDCWD, path) ? -1 : real(path);
}
int unlinkat(int folder, const char *path, int flags) {
  REAL(unlinkat);
  return fails_at("unlink", folder, path) ? -1 : real(folder, path, flags);
}
int rmdir(const char *path) {
  REAL(rmdir);
  return fails_at("unlink", AT_FDCWD, path) ? -1 : real(path);
}

int flock(int descriptor, int operation) {
  REAL(flock);
  if (!flock_mode) return real(descriptor, operation);
  if (!strcmp(flock_mode, "none")) return 0;
  errno = error_named(flock_mode);
  return -1;
}

// Preloaded into nnx by tests: time that passes only when somebody waits for it.
//
// Sleeping returns at once, and all clocks have advanced by it. Waiting for a socket takes VIRTUAL_GRAIN
// milliseconds at most (default 40); if nothing has come by then, the clocks advance by the whole wait.
// At the end VIRTUAL_LOG gets the seconds that were skipped.
#define _GNU_SOURCE
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static atomic_llong skipped; // nanoseconds
static const long long second = 1000000000;

static void skip(long long nanoseconds) {
  if (nanoseconds > 0) atomic_fetch_add(&skipped, nanoseconds);
  // Whoever waits in a loop for something real must not spin.
  struct timespec moment = {0, 1000000};
  syscall(SYS_nanosleep, &moment, NULL);
}

__attribute__((destructor)) static void tell(void) {
  const char *path = getenv("VIRTUAL_LOG");
  FILE *file = path ? fopen(path, "w") : NULL;
  if (!file) return;
  fprintf(file, "%.3f", (double)atomic_load(&skipped) / 1e9);
  fclose(file);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = (int)syscall(SYS_clock_gettime, clock, time);
  if (result == 0 && clock != CLOCK_PROCESS_CPUTIME_ID && clock != CLOCK_THREAD_CPUTIME_ID) {
    long long now = time->tv_sec * second + time->tv_nsec + atomic_load(&skipped);
    time->tv_sec = now / second;
    time->tv_nsec = now % second;
  }
  return result;
}

int gettimeofday(struct timeval *time, void *zone) {
  (void)zone;
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *result) {
  struct timespec now = {0, 0};
  clock_gettime(CLOCK_REALTIME, &now);
  if (result) *result = now.tv_sec;
  return now.tv_sec;
}

int usleep(useconds_t microseconds) {
  skip(microseconds * 1000LL);
  return 0;
}

unsigned sleep(unsigned seconds) {
  skip(seconds * second);
  return 0;
}

int nanosleep(const struct timespec *wanted, struct timespec *rest) {
  (void)rest;
  skip(wanted->tv_sec * second + wanted->tv_nsec);
  return 0;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted, struct timespec *rest) {
  (void)rest;
  long long until = wanted->tv_sec * second + wanted->tv_nsec;
  if (flags & TIMER_ABSTIME) {
    struct timespec now;
    if (clock_gettime(clock, &now) == 0) until -= now.tv_sec * second + now.tv_nsec;
  }
  skip(until);
  return 0;
}

static int grain(void) {
  static int known = -1;
  if (known < 0) {
    const char *text = getenv("VIRTUAL_GRAIN");
    known = text ? atoi(text) : 40;
  }
  return known;
}

static int wait_for(struct pollfd *descriptors, nfds_t count, int milliseconds) {
  int real = milliseconds < 0 || milliseconds > grain() ? grain() : milliseconds;
  for (;;) {
    struct timespec limit = {real / 1000, real % 1000 * 1000000L};
    int result = (int)syscall(SYS_ppoll, descriptors, count, &limit, NULL, 8L);
    if (result != 0) return result;
    if (milliseconds < 0) continue;
    if (milliseconds > real)
      atomic_fetch_add(&skipped, (long long)(milliseconds - real) * 1000000);
    return 0;
  }
}

int poll(struct pollfd *descriptors, nfds_t count, int milliseconds) {
  return wait_for(descriptors, count, milliseconds);
}

// What a library calls that was built with checks of array bounds.
int __poll_chk(struct pollfd *descriptors, nfds_t count, int milliseconds, size_t size) {
  (void)size;
  return wait_for(descriptors, count, milliseconds);
}

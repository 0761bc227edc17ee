/* A wall clock that a test moves. Preloaded into a process (LD_PRELOAD), it reads two numbers from the file that the
 * variable SHIFTED_CLOCK names, in microseconds: if the first is not zero, that is the time, and it stands still; otherwise
 * the second is added to the true time. Only the wall clock is moved: time-outs and timers go by the monotonic one.
 * Built by scripts/shifted-clock. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *shift;

__attribute__((constructor)) static void open_clock(void) {
  const char *path = getenv("SHIFTED_CLOCK");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *seen = mmap(NULL, 2 * sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
  if (seen != MAP_FAILED) shift = seen;
  close(file);
}

/* The system call itself, not the library's function, which would lead back here. */
static int64_t now_us(int64_t *below) {
  struct timespec true_time;
  syscall(SYS_clock_gettime, CLOCK_REALTIME, &true_time);
  *below = true_time.tv_nsec % 1000;
  int64_t us = true_time.tv_sec * INT64_C(1000000) + true_time.tv_nsec / 1000;
  if (!shift) return us;
  if (shift[0] == 0) return us + shift[1];
  *below = 0;
  return shift[0];
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE) return (int)syscall(SYS_clock_gettime, clock, time);
  int64_t below, us = now_us(&below);
  time->tv_sec = us / 1000000;
  time->tv_nsec = us % 1000000 * 1000 + below;
  return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  (void)zone;
  int64_t below, us = now_us(&below);
  time->tv_sec = us / 1000000;
  time->tv_usec = us % 1000000;
  return 0;
}

time_t time(time_t *answer) {
  int64_t below, us = now_us(&below);
  if (answer) *answer = us / 1000000;
  return us / 1000000;
}

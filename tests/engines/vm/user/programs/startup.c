/* What a program finds at its start: arguments, environment, auxiliary vector, clocks, identity. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* The value is computed before errno is read and before anything else that the line prints. */
#define SAY(text, expression)                                              \
    do {                                                                   \
        errno = 0;                                                         \
        long value_ = (long)(expression);                                  \
        printf("%s %ld errno %d\n", text, value_, errno);                  \
    } while (0)

extern char **environ;

int main(int argc, char **argv) {
    for (int i = 0; i < argc; i++) printf("argv[%d] = %s\n", i, argv[i]);
    printf("argv ends %d\n", argv[argc] == 0);
    for (char **e = environ; *e; e++) printf("env %s\n", *e);
    printf("stack aligned %d\n", ((unsigned long)__builtin_frame_address(0) & 15) == 0);
    printf("page %ld clock %ld\n", getauxval(AT_PAGESZ), getauxval(AT_CLKTCK));
    printf("hwcap %lx\n", getauxval(AT_HWCAP) & 0x112d);
    printf("phent %ld phdr %d phnum %d\n", getauxval(AT_PHENT), getauxval(AT_PHDR) != 0, getauxval(AT_PHNUM) > 0);
    printf("entry %d secure %ld random %d\n", getauxval(AT_ENTRY) != 0, getauxval(AT_SECURE), getauxval(AT_RANDOM) != 0);
    printf("ids %d %d\n", getauxval(AT_UID) == getuid(), getauxval(AT_EGID) == getegid());
    printf("execfn %d\n", access((char *)getauxval(AT_EXECFN), R_OK));
    struct utsname name;
    SAY("uname", uname(&name));
    printf("%s %s\n", name.sysname, name.machine);
    struct timespec a, b, zero = {0, 1000000};
    printf("clock %d\n", clock_gettime(CLOCK_MONOTONIC, &a));
    printf("nanosleep %d\n", nanosleep(&zero, 0));
    clock_gettime(CLOCK_MONOTONIC, &b);
    long passed = (b.tv_sec - a.tv_sec) * 1000000000l + b.tv_nsec - a.tv_nsec;
    printf("passed %d\n", passed >= 1000000);
    SAY("bad clock", clock_gettime(99, &a));
    printf("res %d\n", clock_getres(CLOCK_REALTIME, &a));
    struct timeval now;
    time_t before = time(0);
    SAY("gettimeofday", gettimeofday(&now, 0));
    /* time(0) may lag by a tick; however long this process was stopped in between, the order holds. */
    printf("time %d\n", before <= now.tv_sec && now.tv_sec <= time(0) + 1);
    a.tv_nsec = 2000000000;
    SAY("bad sleep", nanosleep(&a, 0));
    unsigned char random[32] = {0};
    int set = 0;
    printf("getrandom %ld\n", (long)getrandom(random, sizeof random, 0));
    for (int i = 0; i < 32; i++) set += random[i] != 0;
    printf("random %d\n", set > 16);
    struct sysinfo info;
    SAY("sysinfo", sysinfo(&info));
    printf("memory %d\n", info.totalram > 0 && info.mem_unit == 1);
    struct rusage usage;
    printf("getrusage %d\n", getrusage(RUSAGE_SELF, &usage));
    struct tms ticks;
    printf("times %d\n", times(&ticks) != -1);
    printf("ids %d %d %d\n", getpid() > 0, gettid() == getpid(), getuid() == geteuid());
    printf("pid %d\n", getpgid(getpid()) == getpgrp());
    return 0;
}

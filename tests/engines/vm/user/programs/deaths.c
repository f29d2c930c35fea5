/* One way to end for each first argument. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int recurse(int n) { volatile char big[4096]; big[0] = n; return recurse(n + 1) + big[0]; }

int main(int argc, char **argv) {
    const char *how = argc > 1 ? argv[1] : "";
    printf("before\n");
    fflush(stdout);
    if (!strcmp(how, "exit")) exit(argc > 2 ? atoi(argv[2]) : 0);
    if (!strcmp(how, "abort")) abort();
    if (!strcmp(how, "null")) *(volatile int *)0 = 1;
    if (!strcmp(how, "illegal")) __asm__ volatile(".word 0");
    if (!strcmp(how, "trap")) __asm__ volatile("ebreak");
    if (!strcmp(how, "misaligned")) {
        char b[16];
        __asm__ volatile("amoadd.w zero, zero, (%0)" ::"r"((((unsigned long)b) & -8) + 1) : "memory");
    }
    if (!strcmp(how, "jump")) ((void (*)(void))0x123456788)();
    if (!strcmp(how, "stack")) return recurse(0);
    if (!strcmp(how, "kill")) kill(getpid(), SIGKILL);
    if (!strcmp(how, "term")) raise(SIGTERM);
    if (!strcmp(how, "blocked-fault")) {
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_BLOCK, &all, 0);
        *(volatile int *)0 = 1;
    }
    if (!strcmp(how, "pipe")) {
        int ends[2];
        if (pipe(ends)) return 1;
        close(ends[0]);
        return write(ends[1], "x", 1) < 0;
    }
    if (!strcmp(how, "loop")) for (;;) __asm__ volatile("");
    if (!strcmp(how, "flood")) for (;;) puts("flood");
    if (!strcmp(how, "unknown")) return syscall(1000) == -1 && syscall(1001) == -1 ? 7 : 8;
    return 3;
}

/* What the programs of tests/engines/vm/user leave out, found by injected bugs that survived: calls that a C library
   does not make by itself, and ends of a process that has more than one thread. */
#define _GNU_SOURCE
#include <pthread.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/futex.h>

static volatile sig_atomic_t signalled;
static int word = 1;

static void on_signal(int number) { signalled = number; }

static void *forever(void *unused) {
    for (;;) pause();
}

static void *waker(void *unused) {
    nanosleep(&(struct timespec){0, 50000000}, 0);
    word = 2;
    syscall(SYS_futex, &word, FUTEX_WAKE, 1, 0, 0, 0);
    return 0;
}

int main(void) {
    printf("gettid is getpid %d\n", syscall(SYS_gettid) == getpid());
    signal(SIGUSR1, on_signal);
    printf("tgkill %ld\n", syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGUSR1));
    printf("signalled %d\n", signalled == SIGUSR1);

    volatile int written = 1;
    pid_t child = vfork();
    if (!child) {
        written = 42;
        _exit(7);
    }
    int status = 0;
    waitpid(child, &status, 0);
    printf("vfork wrote %d, status %d\n", written, WEXITSTATUS(status));

    struct timespec before, after, wait = {5, 0};
    printf("futex of another value %ld\n", syscall(SYS_futex, &word, FUTEX_WAIT, 9, &wait, 0, 0));
    pthread_t thread;
    pthread_create(&thread, 0, waker, 0);
    clock_gettime(CLOCK_MONOTONIC, &before);
    long woken = syscall(SYS_futex, &word, FUTEX_WAIT, 1, &wait, 0, 0);
    clock_gettime(CLOCK_MONOTONIC, &after);
    double seconds = (after.tv_sec - before.tv_sec) + (after.tv_nsec - before.tv_nsec) / 1e9;
    printf("futex waited %d, woken %d, word %d\n", seconds > 0.01, woken == 0, word);
    pthread_join(thread, 0);

    struct sockaddr_in address = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    printf("bind %d\n", bind(fd, (void *)&address, size));
    getsockname(fd, (void *)&address, &size);
    printf("bound to a port %d\n", address.sin_port != 0);

    int ends[2];
    char first[3] = "", second[3] = "";
    pipe(ends);
    write(ends[1], "abcd", 4);
    struct iovec parts[] = {{first, 2}, {second, 2}};
    long got = readv(ends[0], parts, 2);
    printf("readv %ld %s %s\n", got, first, second);

    pthread_create(&thread, 0, forever, 0);
    fflush(stdout);
    syscall(SYS_exit_group, 9);
    puts("not reached");
    return 1;
}

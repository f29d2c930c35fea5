/* fork, exec, wait, pipes between processes, and how children end. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The value is computed before errno is read and before anything else that the line prints. */
#define SAY(text, expression)                                              \
    do {                                                                   \
        errno = 0;                                                         \
        long value_ = (long)(expression);                                  \
        printf("%s %ld errno %d\n", text, value_, errno);                  \
    } while (0)

int main(int argc, char **argv) {
    setvbuf(stdout, 0, _IONBF, 0);
    if (argc > 1) {
        printf("again %d %s %s\n", argc, argv[1], getenv("MARK") ? getenv("MARK") : "-");
        return 5;
    }
    int status, ends[2], private_value = 1;
    int *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (pipe(ends)) return 1;
    pid_t child = fork();
    if (!child) {
        private_value = 2;
        *shared = 77;
        int parent_seen = getppid() > 0 && getpid() != getppid();
        dprintf(ends[1], "child %d\n", parent_seen);
        _exit(3);
    }
    char text[64] = {0};
    if (read(ends[0], text, sizeof text) < 0) return 1;
    printf("%s", text);
    SAY("waited", waitpid(child, &status, 0) == child);
    printf("status %x\n", status);
    printf("private %d shared %d\n", private_value, *shared);
    child = fork();
    if (!child) abort();
    SAY("waited", wait(&status) == child);
    printf("signal %d\n", WTERMSIG(status));
    SAY("wait", wait(&status));
    char *again[] = {argv[0], "spawned", 0};
    char *environment[] = {"MARK=yes", 0};
    int spawned = posix_spawn(&child, "/proc/self/exe", 0, 0, again, environment);
    SAY("waited", waitpid(child, &status, 0) == child);
    printf("spawn %d status %d\n", spawned, WEXITSTATUS(status));
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    printf("spawn nothing %d\n", posix_spawn(&child, "/nonexistent", 0, 0, again, environ));
    child = vfork();
    if (!child) _exit(9);
    waitpid(child, &status, 0);
    printf("vfork %d\n", WEXITSTATUS(status));
    printf("group %d session %d\n", getpgid(0) == getpgrp(), getsid(0) == getsid(getpid()));
    prctl(PR_SET_NAME, "a name that is too long", 0, 0, 0);
    char name[16];
    prctl(PR_GET_NAME, name, 0, 0, 0);
    printf("name %s\n", name);
    struct rlimit limit;
    printf("rlimit %d\n", getrlimit(RLIMIT_STACK, &limit));
    printf("stack %ld\n", (long)limit.rlim_cur);
    char *last[] = {argv[0], "executed", 0};
    execve("/nonexistent", last, environ);
    printf("execve errno %d\n", errno);
    execve("/proc/self/exe", last, environment);
    return 1;
}

/* Signals: handlers, masks, stacks, restarts, what a handler is told, and that returning restores everything. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static volatile int count, depth, deepest;
static sigjmp_buf back;
static char stack[65536] __attribute__((aligned(16)));

static void counted(int number) { count++; (void)number; }

static void nested(int number) {
    depth++;
    if (depth > deepest) deepest = depth;
    if (number == SIGUSR1) raise(SIGUSR2);
    depth--;
}

static void told(int number, siginfo_t *info, void *context) {
    ucontext_t *u = context;
    printf("told %d signo %d code %d\n", number, info->si_signo, info->si_code);
    printf("pid own %d pc set %d sp set %d\n", info->si_pid == getpid(), u->uc_mcontext.__gregs[0] != 0,
           u->uc_mcontext.__gregs[2] != 0);
}

static void fault(int number, siginfo_t *info, void *context) {
    (void)context;
    printf("fault %d code %d addr %#lx\n", number, info->si_code, (unsigned long)info->si_addr);
    siglongjmp(back, number);
}

static void skip(int number, siginfo_t *info, void *context) {
    ucontext_t *u = context;
    printf("skip %d at pc %d\n", number, (unsigned long)info->si_addr == u->uc_mcontext.__gregs[0]);
    u->uc_mcontext.__gregs[0] += 4;
    u->uc_mcontext.__gregs[10] = 42;
    u->uc_mcontext.__fpregs.__d.__f[8] = 0x4008000000000000;
}

static void on_stack(int number) {
    char here;
    printf("on alternate stack %d\n", &here >= stack && &here < stack + sizeof stack);
    (void)number;
}

static void clobber(int number) {
    (void)number;
    __asm__ volatile("fcvt.d.w fs0, zero\n fcvt.d.w ft0, zero\n fsrmi 3\n fsflagsi 31\n li t0, 1\n li s2, 2\n" ::
                         : "fs0", "ft0", "t0");
}

static void install(int number, void *handler, int flags) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = handler;
    action.sa_flags = flags;
    if (sigaction(number, &action, 0)) printf("sigaction errno %d\n", errno);
}

int main(void) {
    struct sigaction old;
    sigset_t set, before;
    setvbuf(stdout, 0, _IONBF, 0);

    install(SIGUSR1, counted, 0);
    raise(SIGUSR1);
    kill(getpid(), SIGUSR1);
    printf("count %d\n", count);
    sigaction(SIGUSR1, 0, &old);
    printf("handler kept %d flags %x\n", old.sa_handler == counted, old.sa_flags & 0xff);

    install(SIGUSR1, nested, 0);
    install(SIGUSR2, nested, 0);
    raise(SIGUSR1);
    printf("deepest %d\n", deepest);

    install(SIGUSR1, told, SA_SIGINFO);
    raise(SIGUSR1);
    kill(getpid(), SIGUSR1);
    sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 7});

    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    count = 0;
    install(SIGUSR2, counted, 0);
    sigprocmask(SIG_BLOCK, &set, &before);
    raise(SIGUSR2);
    raise(SIGUSR2);
    sigset_t pending;
    sigpending(&pending);
    printf("blocked: count %d pending %d\n", count, sigismember(&pending, SIGUSR2));
    sigprocmask(SIG_SETMASK, &before, 0);
    printf("unblocked: count %d\n", count);
    count = 0;
    sigprocmask(SIG_BLOCK, &set, 0);
    raise(SIGUSR2);
    sigemptyset(&set);
    int answer = sigsuspend(&set);
    printf("sigsuspend %d errno %d count %d\n", answer, errno, count);
    raise(SIGUSR2);
    sigaddset(&set, SIGUSR2);
    siginfo_t info;
    struct timespec zero = {0, 0};
    answer = sigtimedwait(&set, &info, &zero);
    printf("sigtimedwait %d signo %d\n", answer, info.si_signo);
    answer = sigtimedwait(&set, &info, &zero);
    printf("sigtimedwait %d errno %d\n", answer, errno);
    sigprocmask(SIG_SETMASK, &before, 0);

    install(SIGSEGV, fault, SA_SIGINFO);
    install(SIGBUS, fault, SA_SIGINFO);
    install(SIGILL, fault, SA_SIGINFO);
    install(SIGTRAP, fault, SA_SIGINFO);
    if (!sigsetjmp(back, 1)) *(volatile char *)0x1234 = 1;
    if (!sigsetjmp(back, 1)) (void)*(volatile char *)0x5678;
    char *page = mmap((void *)0x600000000, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (!sigsetjmp(back, 1)) *(volatile char *)(page + 5) = 1;
    if (!sigsetjmp(back, 1)) ((void (*)(void))(page + 16))();
    if (!sigsetjmp(back, 1)) ((void (*)(void))0x20)();
    sigset_t mask;
    sigprocmask(SIG_BLOCK, 0, &mask);
    printf("mask restored %d\n", !sigismember(&mask, SIGSEGV));

    install(SIGILL, skip, SA_SIGINFO);
    register long a0 __asm__("a0") = 1;
    register double fs0 __asm__("fs0") = 1.0;
    __asm__ volatile(".word 0" : "+r"(a0), "+f"(fs0));
    printf("skipped %ld %f\n", a0, fs0);

    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack}, seen;
    printf("sigaltstack %d\n", sigaltstack(&alternate, 0));
    install(SIGUSR1, on_stack, SA_ONSTACK);
    raise(SIGUSR1);
    sigaltstack(0, &seen);
    printf("alternate %d flags %d size %d\n", seen.ss_sp == stack, seen.ss_flags, (int)seen.ss_size);
    alternate.ss_size = 100;
    answer = sigaltstack(&alternate, 0);
    printf("small %d errno %d\n", answer, errno);

    install(SIGUSR1, clobber, 0);
    long saved = 0, mode = 0, flags = 0;
    double value = 0;
    int pid = getpid(), tid = gettid();
    __asm__ volatile(
        "fsrmi 2\n fsflagsi 5\n li s2, 77\n li t0, 3\n fcvt.d.w fs0, t0\n"
        "mv a0, %4\n mv a1, %5\n li a2, 10\n li a7, 131\n ecall\n"
        "mv %0, s2\n frrm %1\n frflags %2\n fmv.d %3, fs0\n fsrmi 0\n"
        : "=&r"(saved), "=&r"(mode), "=&r"(flags), "=&f"(value)
        : "r"(pid), "r"(tid)
        : "a0", "a1", "a2", "a7", "s2", "t0", "fs0", "memory");
    printf("restored s2 %ld frm %ld fflags %ld fs0 %f\n", saved, mode, flags, value);

    int ends[2];
    char byte;
    if (pipe(ends)) return 1;
    install(SIGALRM, counted, 0);
    struct itimerval timer = {{0, 0}, {0, 50000}};
    setitimer(ITIMER_REAL, &timer, 0);
    answer = read(ends[0], &byte, 1);
    printf("interrupted read %d errno %d\n", answer, errno);
    install(SIGALRM, counted, SA_RESTART);
    setitimer(ITIMER_REAL, &timer, 0);
    if (!fork()) {
        usleep(150000);
        if (write(ends[1], "x", 1) != 1) _exit(1);
        _exit(0);
    }
    answer = read(ends[0], &byte, 1);
    printf("restarted read %d\n", answer);
    wait(0);

    install(SIGUSR1, counted, SA_RESETHAND);
    raise(SIGUSR1);
    sigaction(SIGUSR1, 0, &old);
    printf("reset %d\n", old.sa_handler == SIG_DFL);
    signal(SIGUSR1, SIG_IGN);
    raise(SIGUSR1);
    printf("kill 0 %d\n", kill(getpid(), 0));
    answer = kill(getpid(), 99);
    printf("kill 99 %d errno %d\n", answer, errno);
    signal(SIGPIPE, counted);
    count = 0;
    close(ends[0]);
    answer = write(ends[1], "x", 1);
    printf("broken pipe %d errno %d count %d\n", answer, errno, count);
    return 0;
}

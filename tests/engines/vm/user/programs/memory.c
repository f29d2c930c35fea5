/* The heap, mappings and protection. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The value is computed before errno is read and before anything else that the line prints. */
#define SAY(text, expression)                                              \
    do {                                                                   \
        errno = 0;                                                         \
        long value_ = (long)(expression);                                  \
        printf("%s %ld errno %d\n", text, value_, errno);                  \
    } while (0)

static sigjmp_buf back;
static void caught(int number) { siglongjmp(back, number); }
static int faults(volatile char *at, int writes) {
    int number = sigsetjmp(back, 1);
    if (number) return number;
    if (writes) *at = 1; else (void)*at;
    return 0;
}

int main(void) {
    setvbuf(stdout, 0, _IONBF, 0);
    signal(SIGSEGV, caught);
    signal(SIGBUS, caught);
    char *start = (char *)syscall(SYS_brk, 0);
    char *end = (char *)syscall(SYS_brk, start + 10000);
    printf("brk grew %ld\n", (long)(end - start));
    start[9999] = 7;
    printf("brk shrank %d\n", (char *)syscall(SYS_brk, start) == start);
    printf("gone %d\n", faults(start + 9999, 0));
    printf("brk refused %d\n", (char *)syscall(SYS_brk, 0x10) == start);

    char *map = mmap(0, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(map, 'm', 4 * 4096);
    printf("mprotect %d\n", mprotect(map + 4096, 4096, PROT_READ));
    SAY("write", faults(map + 4096, 1));
    SAY("read", faults(map + 4096, 0));
    SAY("none", mprotect(map + 4096, 4096, PROT_NONE));
    SAY("none read", faults(map + 4096, 0));
    SAY("back", mprotect(map + 4096, 4096, PROT_READ | PROT_WRITE));
    SAY("kept", map[4096]);
    SAY("madvise", madvise(map, 8192, MADV_DONTNEED));
    printf("zeros %d %d\n", map[0], map[8191]);
    printf("rest %c\n", map[8192]);
    SAY("munmap hole", munmap(map + 4096, 4096));
    SAY("hole", faults(map + 4096, 0));
    SAY("beyond", map[8192]);
    SAY("mprotect hole", mprotect(map, 8192, PROT_READ));
    SAY("mprotect back", mprotect(map, 4096, PROT_READ | PROT_WRITE));
    SAY("unaligned", munmap(map + 1, 4096));
    SAY("empty", munmap(map, 0));
    map[0] = 'r';
    char *moved = mremap(map, 4096, 64 * 4096, MREMAP_MAYMOVE);
    printf("mremap %d %c %d\n", moved != MAP_FAILED, moved[0], moved[63 * 4096]);
    printf("shrink %d\n", mremap(moved, 64 * 4096, 4096, 0) == moved);
    printf("shrunk %d\n", faults(moved + 4096, 0));
    printf("fixed %d\n", mremap(moved, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)0x700000000) == (void *)0x700000000);
    printf("there %c\n", *(char *)0x700000000);
    SAY("huge", mmap(0, 1ul << 60, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
    SAY("no type", mmap(0, 4096, PROT_READ, MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
    SAY("occupied", mmap((void *)0x700000000, 4096, PROT_READ,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED);
#ifdef __riscv
    unsigned *code = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 1; i <= 3; i++) {
        code[0] = 0x00000513 | i << 20; /* li a0, i */
        code[1] = 0x00008067;           /* ret */
        __builtin___clear_cache((char *)code, (char *)(code + 2));
        printf("code %d\n", ((int (*)(void))code)());
    }
#endif
    char *big[64];
    for (int i = 0; i < 64; i++) { big[i] = malloc(i * 5000 + 1); memset(big[i], i, i * 5000 + 1); }
    int sum = 0;
    for (int i = 0; i < 64; i++) { sum += big[i][i * 5000]; free(big[i]); }
    printf("malloc %d\n", sum);
    return 0;
}

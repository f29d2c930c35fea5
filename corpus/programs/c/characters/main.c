/* characters NAME SIZE: loops of one character each, where kernels are mixtures: kinds of instructions, patterns of
 * memory, density of branches, density of system calls. Prints name, size and checksum; exit status 2 for a wrong
 * command line. */
#include "../kernels/kernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WORDS (1u << 20) /* 8 MiB: more than a second-level cache */
#define ROUND 1000u      /* iterations for each unit of size */

/* What compilers may neither leave out nor make arithmetic of: a branch stays one around it. */
#define STAYS(value) __asm__ volatile("" : "+r"(value))

static uint64_t words[WORDS];

/* Kinds of instructions. */

static uint64_t run_integer(uint32_t size) {
    uint64_t a = SEED, b = size, c = 0x9E3779B97F4A7C15ULL;
    for (uint64_t i = 0; i < (uint64_t)size * ROUND; i++) {
        a += b ^ (c << 7);
        b ^= a >> 11;
        c = (c << 13 | c >> 51) + (a & b);
    }
    return a ^ b ^ c;
}

static uint64_t run_multiply(uint32_t size) {
    uint64_t a = SEED, sum = 0;
    for (uint64_t i = 1; i <= (uint64_t)size * ROUND; i++) {
        a = a * 0x2545F4914F6CDD1DULL + (uint64_t)(((unsigned __int128)a * i) >> 64);
        sum += a / (i | 1) + a % ((i & 0xFFFF) + 3);
    }
    return sum;
}

static uint64_t run_floating(uint32_t size) {
    double x = 0.5, y = 0.25, z = 1.0, sum = 0.0;
    for (uint64_t i = 0; i < (uint64_t)size * ROUND; i++) {
        x = x * 0.9990234375 + y * 0.0009765625;
        y = y - x * z * 0.001953125 + 0.001;
        z = z * 0.5 + sqrt(x * x + 1.0) * 0.5;
        sum += x / z;
    }
    return bits_of(sum) ^ bits_of(y);
}

/* Patterns of memory. */

static uint64_t run_sequential(uint32_t size) {
    uint64_t sum = 0;
    for (uint64_t i = 0; i < (uint64_t)size * ROUND; i++) {
        uint64_t *word = &words[i & (WORDS - 1)];
        sum += *word;
        *word = sum ^ i;
    }
    return sum;
}

static uint64_t run_strided(uint32_t size) {
    uint64_t sum = 0, at = 0;
    for (uint64_t i = 0; i < (uint64_t)size * ROUND; i++) {
        sum += words[at]++;
        at = (at + 513) & (WORDS - 1); /* a page and a line further */
    }
    return sum + at;
}

static uint64_t run_random(uint32_t size) {
    uint64_t at = 0;
    /* One cycle through all words (Knuth, TAOCP vol. 2, 3.2.1.2, theorem A). */
    for (uint64_t i = 0; i < WORDS; i++) words[i] = (i * 0x2545F4915ULL + 12345) & (WORDS - 1);
    for (uint64_t i = 0; i < (uint64_t)size * ROUND; i++) at = words[at];
    return at;
}

/* Density of branches. */

static uint64_t run_straight(uint32_t size) {
    uint64_t a = SEED, sum = 0;
    for (uint64_t i = 0; i < (uint64_t)size * ROUND; i++) {
        uint64_t mask = -(a & 1), b = a >> 1;
        a = b ^ (mask & 0xD800000000000000ULL);
        sum += (a & mask) + (b & ~mask);
        sum ^= sum >> 7 ^ (mask << 3);
        sum += (sum << 5) - (a >> 9);
    }
    return sum;
}

static uint64_t run_predictable(uint32_t size) {
    uint64_t sum = SEED, limit = ~0ULL >> (size & 1);
    for (uint64_t i = 0; i < (uint64_t)size * ROUND; i++) {
        if (i > limit) STAYS(sum);
        if (sum == i) STAYS(sum);
        if ((i & 7) == 5) STAYS(sum);
        if (i == limit - 1) STAYS(sum);
        sum += i;
    }
    return sum;
}

static uint64_t run_unpredictable(uint32_t size) {
    uint64_t random = SEED, sum = 0;
    for (uint64_t i = 0; i < (uint64_t)size * ROUND; i++) {
        uint64_t bits = next_random(&random);
        if (bits & 1 << 20) { sum += i; STAYS(sum); }
        if (bits & 1 << 21) { sum ^= bits; STAYS(sum); }
        if (bits & 1 << 22) { sum -= i << 3; STAYS(sum); }
    }
    return sum;
}

static uint64_t step_add(uint64_t sum, uint64_t i) { return sum + i; }
static uint64_t step_xor(uint64_t sum, uint64_t i) { return sum ^ i << 5; }
static uint64_t step_shift(uint64_t sum, uint64_t i) { return (sum << 1 | sum >> 63) + i; }
static uint64_t step_multiply(uint64_t sum, uint64_t i) { return sum * 3 - i; }

static uint64_t run_indirect(uint32_t size) {
    uint64_t (*volatile steps[4])(uint64_t, uint64_t) = {step_add, step_xor, step_shift, step_multiply};
    uint64_t random = SEED, sum = 0;
    for (uint64_t i = 0; i < (uint64_t)size * ROUND; i++) sum = steps[next_random(&random) >> 62](sum, i);
    return sum;
}

/* Density of system calls: one for so many rounds of arithmetic. */

static uint64_t run_calling(uint32_t size, uint32_t rounds) {
    uint64_t sum = SEED;
    for (uint32_t i = 0; i < size; i++) {
        for (uint32_t k = 0; k < rounds; k++) sum = (sum ^ sum >> 29) * 0x100000001B3ULL + k;
        sum += (uint64_t)(syscall(SYS_getuid) >= 0);
    }
    return sum;
}

static uint64_t run_calls_only(uint32_t size) { return run_calling(size, 0); }
static uint64_t run_calls_often(uint32_t size) { return run_calling(size, 1000); }
static uint64_t run_calls_seldom(uint32_t size) { return run_calling(size, 100000); }

static const struct { const char *name; uint64_t (*run)(uint32_t); } characters[] = {
    {"integer", run_integer},           {"multiply", run_multiply},         {"floating", run_floating},
    {"sequential", run_sequential},     {"strided", run_strided},           {"random", run_random},
    {"straight", run_straight},         {"predictable", run_predictable},   {"unpredictable", run_unpredictable},
    {"indirect", run_indirect},         {"calls-only", run_calls_only},     {"calls-often", run_calls_often},
    {"calls-seldom", run_calls_seldom},
};

int main(int argc, char **argv) {
    char *end = NULL;
    unsigned long size = argc == 3 ? strtoul(argv[2], &end, 10) : 0;
    if (argc != 3 || *end != '\0' || size == 0 || size > 100000000) {
        fprintf(stderr, "usage: characters NAME SIZE\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof characters / sizeof *characters; i++) {
        if (strcmp(characters[i].name, argv[1]) == 0) {
            printf("%s %lu %016llx\n", argv[1], size, (unsigned long long)characters[i].run((uint32_t)size));
            return 0;
        }
    }
    fprintf(stderr, "characters: no loop is called %s\n", argv[1]);
    return 2;
}

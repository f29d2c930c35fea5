/* Input for the compression programs: text-like, repetitive, and random stretches, the same on every machine. */
#ifndef COUNTERPROOF_COMPRESSION_INPUT_H
#define COUNTERPROOF_COMPRESSION_INPUT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t input_state;

static uint32_t input_random(void) {
    input_state = input_state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(input_state >> 33);
}

static void make_input(unsigned char *out, size_t size, uint64_t seed) {
    static const char *const words[] = {"the ", "machine ", "state ", "is ", "compared ", "with ", "an ", "oracle, ",
                                        "field ", "by ", "and ", "nothing ", "else.\n", "trap ", "0x1000 ", "retired "};
    input_state = seed;
    size_t at = 0;
    while (at < size) {
        uint32_t kind = input_random() % 16;
        if (kind == 0) {
            for (uint32_t n = input_random() % 64; n && at < size; n--) out[at++] = (unsigned char)input_random();
        } else if (kind == 1 && at > 64) {
            size_t back = input_random() % at + 1;
            for (uint32_t n = input_random() % 300; n && at < size; n--, at++) out[at] = out[at - back];
        } else {
            for (const char *w = words[input_random() % 16]; *w && at < size; w++) out[at++] = (unsigned char)*w;
        }
    }
}

static uint64_t digest(const unsigned char *data, size_t size) {
    uint64_t sum = 0xCBF29CE484222325ULL;
    for (size_t i = 0; i < size; i++) sum = (sum ^ data[i]) * 0x100000001B3ULL;
    return sum;
}

/* Parses SIZE and LEVEL from the command line; exits with 2 when they are wrong. */
static void arguments(int argc, char **argv, size_t *size, int *level) {
    char *end1 = NULL, *end2 = NULL;
    if (argc == 3) {
        *size = strtoul(argv[1], &end1, 10);
        *level = (int)strtol(argv[2], &end2, 10);
    }
    if (argc != 3 || *end1 || *end2 || *size == 0 || *size > 1 << 28) {
        fprintf(stderr, "usage: %s SIZE LEVEL\n", argc ? argv[0] : "program");
        exit(2);
    }
}

static void *room(size_t size) {
    void *memory = malloc(size);
    if (!memory) exit(3);
    return memory;
}

static int report(const char *name, int level, const unsigned char *in, size_t size, const unsigned char *packed,
                  size_t packed_size, const unsigned char *back, size_t back_size) {
    int same = back_size == size && memcmp(in, back, size) == 0;
    printf("%s level %d: %zu -> %zu %016llx, %s\n", name, level, size, packed_size,
           (unsigned long long)digest(packed, packed_size), same ? "restored" : "DAMAGED");
    return same ? 0 : 1;
}

#endif

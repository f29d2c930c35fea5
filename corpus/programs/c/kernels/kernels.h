/* CPU-bound kernels of our own: each takes a size, works deterministically and returns a checksum. No undefined
 * behaviour, no floating-point contraction (the build turns it off), so every machine gives the same checksum. */
#ifndef COUNTERPROOF_KERNELS_H
#define COUNTERPROOF_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* xorshift64*: the same numbers everywhere. */
static inline uint64_t next_random(uint64_t *state) {
    uint64_t x = *state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return x * 0x2545F4914F6CDD1DULL;
}

/* Fold a value into a checksum (FNV-1a over its eight bytes). */
static inline uint64_t fold(uint64_t sum, uint64_t value) {
    for (int i = 0; i < 8; i++) {
        sum = (sum ^ (value & 0xFF)) * 0x100000001B3ULL;
        value >>= 8;
    }
    return sum;
}

static inline uint64_t bits_of(double value) {
    union { double d; uint64_t u; } both = {value};
    return both.u;
}

#define SEED 0xCBF29CE484222325ULL

uint64_t run_list(uint32_t size);
uint64_t run_matrix(uint32_t size);
uint64_t run_states(uint32_t size);
uint64_t run_sieve(uint32_t size);
uint64_t run_matmul(uint32_t size);
uint64_t run_sha256(uint32_t size);
uint64_t run_nbody(uint32_t size);
uint64_t run_sort(uint32_t size);
uint64_t run_mandelbrot(uint32_t size);
uint64_t run_crc32(uint32_t size);
uint64_t run_interpreter(uint32_t size);
uint64_t run_strings(uint32_t size);
uint64_t run_calls(uint32_t size);

#endif

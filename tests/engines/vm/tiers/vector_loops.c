/* Loops that a compiler vectorises: what each computes is printed. Only integers of one width per loop. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { N = 1000 };
static int32_t a[N], b[N], c[N];
static uint8_t text[N], copy[N];
static int64_t wide[N];

__attribute__((noinline)) static void saxpy(int32_t k, const int32_t *restrict x, int32_t *restrict y, int n) {
    for (int i = 0; i < n; i++) y[i] += k * x[i];
}
__attribute__((noinline)) static int32_t sum(const int32_t *x, int n) {
    int32_t total = 0;
    for (int i = 0; i < n; i++) total += x[i];
    return total;
}
__attribute__((noinline)) static int32_t largest(const int32_t *x, int n) {
    int32_t best = x[0];
    for (int i = 0; i < n; i++) best = x[i] > best ? x[i] : best;
    return best;
}
__attribute__((noinline)) static void clamp(int32_t *restrict x, int32_t low, int32_t high, int n) {
    for (int i = 0; i < n; i++) x[i] = x[i] < low ? low : x[i] > high ? high : x[i];
}
__attribute__((noinline)) static void bytes(uint8_t *restrict to, const uint8_t *restrict from, int n) {
    for (int i = 0; i < n; i++) to[i] = (uint8_t)(from[i] ^ 0x55);
}
__attribute__((noinline)) static uint64_t mix(int64_t *x, int n) {
    for (int i = 0; i < n; i++) x[i] = (x[i] << 3) - (x[i] >> 5);
    uint64_t all = 0;
    for (int i = 0; i < n; i++) all ^= (uint64_t)x[i];
    return all;
}
int main(int argc, char **argv) {
    int rounds = argc > 1 ? 400 : 3;
    uint32_t seed = 1;
    for (int i = 0; i < N; i++) {
        seed = seed * 1664525u + 1013904223u;
        a[i] = (int32_t)seed >> 8, b[i] = (int32_t)(seed * 7) >> 9, text[i] = (uint8_t)(seed >> 24), wide[i] = (int64_t)seed * 3;
    }
    uint64_t check = 0;
    for (int round = 0; round < rounds; round++) {
        saxpy(round | 1, a, b, N - (round & 7));
        memcpy(c, b, sizeof c);
        clamp(c, -1000000, 1000000, N - 3);
        bytes(copy, text, N - (round % 17));
        bytes(text, copy, N);
        check = check * 31 + (uint32_t)sum(b, N) + (uint32_t)sum(c, N - 1) + (uint32_t)largest(a, N) + mix(wide, N);
    }
    for (int i = 0; i < N; i++) check = check * 131 + text[i];
    printf("%016llx\n", (unsigned long long)check);
    return 0;
}

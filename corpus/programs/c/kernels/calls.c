/* Calls and returns: Fibonacci and Ackermann by plain recursion, mutual recursion through a pointer. */
#include "kernels.h"

static uint32_t fibonacci(uint32_t n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

static uint32_t ackermann(uint32_t m, uint32_t n) {
    if (m == 0) return n + 1;
    return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

static uint32_t odd(uint32_t n);
static uint32_t even(uint32_t n) { return n == 0 ? 1 : odd(n - 1); }
static uint32_t odd(uint32_t n) { return n == 0 ? 0 : even(n - 1); }

uint64_t run_calls(uint32_t size) {
    uint32_t (*volatile which[2])(uint32_t) = {even, odd};
    uint64_t sum = fold(fold(SEED, fibonacci(size % 40)), ackermann(2, size % 400));
    for (uint32_t i = 0; i < 200; i++) sum = sum * 31 + which[i & 1](i + size % 7);
    return sum;
}

/* A stack machine whose instructions are reached through a table of labels or functions: indirect branches. */
#include "kernels.h"

enum { PUSH, ADD, MUL, XOR, ROTATE, DUP, SWAP, DROP, JUMP_IF, DEC, OPS };

struct machine { uint64_t stack[64]; int top; const uint32_t *at; uint64_t left; };

static void op_push(struct machine *m, uint32_t v) { m->stack[m->top++] = v; }
static void op_add(struct machine *m, uint32_t v) { m->top--; m->stack[m->top - 1] += m->stack[m->top] + v; }
static void op_mul(struct machine *m, uint32_t v) { m->top--; m->stack[m->top - 1] *= m->stack[m->top] | v | 1; }
static void op_xor(struct machine *m, uint32_t v) { m->top--; m->stack[m->top - 1] ^= m->stack[m->top] ^ v; }
static void op_rotate(struct machine *m, uint32_t v) {
    uint64_t x = m->stack[m->top - 1];
    int n = (int)(v % 63) + 1;
    m->stack[m->top - 1] = x << n | x >> (64 - n);
}
static void op_dup(struct machine *m, uint32_t v) { m->stack[m->top] = m->stack[m->top - 1] + v; m->top++; }
static void op_swap(struct machine *m, uint32_t v) {
    uint64_t x = m->stack[m->top - 1];
    m->stack[m->top - 1] = m->stack[m->top - 2] + v;
    m->stack[m->top - 2] = x;
}
static void op_drop(struct machine *m, uint32_t v) { m->top--; m->stack[m->top - 1] ^= v; }
static void op_jump_if(struct machine *m, uint32_t v) { if (m->left) m->at -= v; }
static void op_dec(struct machine *m, uint32_t v) { m->left -= m->left >= v ? v : m->left; }

uint64_t run_interpreter(uint32_t size) {
    static void (*const handlers[OPS])(struct machine *, uint32_t) = {
        op_push, op_add, op_mul, op_xor, op_rotate, op_dup, op_swap, op_drop, op_jump_if, op_dec,
    };
    static const uint32_t program[] = {
        PUSH | 3 << 8,   PUSH | 5 << 8, DUP | 1 << 8,  MUL | 7 << 8,  ADD | 11 << 8, ROTATE | 13 << 8, PUSH | 17 << 8,
        SWAP | 1 << 8,   XOR | 19 << 8, PUSH | 23 << 8, SWAP | 2 << 8, DROP | 29 << 8, DUP | 31 << 8,   MUL | 37 << 8,
        PUSH | 41 << 8,  ADD | 43 << 8, DEC | 1 << 8,  JUMP_IF | 17 << 8,
    };
    struct machine m = {{0}, 0, program, (uint64_t)size * 1000};
    const uint32_t *end = program + sizeof program / sizeof *program;
    while (m.at != end) {
        uint32_t word = *m.at++;
        handlers[word & 0xFF](&m, word >> 8);
    }
    uint64_t sum = SEED;
    for (int i = 0; i < m.top; i++) sum = fold(sum, m.stack[i]);
    return sum;
}

/* A state machine that recognises numbers in a stream of characters. */
#include "kernels.h"

enum state { START, SIGN, INTEGER, FRACTION, EXPONENT, SCIENTIFIC, INVALID, STATES };

static enum state step(enum state state, char c) {
    int digit = c >= '0' && c <= '9';
    switch (state) {
    case START:
        return digit ? INTEGER : c == '+' || c == '-' ? SIGN : c == '.' ? FRACTION : INVALID;
    case SIGN:
        return digit ? INTEGER : c == '.' ? FRACTION : INVALID;
    case INTEGER:
        return digit ? INTEGER : c == '.' ? FRACTION : c == 'e' ? EXPONENT : INVALID;
    case FRACTION:
        return digit ? FRACTION : c == 'e' ? EXPONENT : INVALID;
    case EXPONENT:
        return digit || c == '-' || c == '+' ? SCIENTIFIC : INVALID;
    case SCIENTIFIC:
        return digit ? SCIENTIFIC : INVALID;
    default:
        return INVALID;
    }
}

uint64_t run_states(uint32_t size) {
    static const char alphabet[] = "0123456789012345678901234567+-.e,,,,";
    uint64_t counts[STATES] = {0}, changes[STATES] = {0}, random = 13;
    enum state state = START;
    for (uint64_t i = 0; i < (uint64_t)size * 1000; i++) {
        char c = alphabet[(next_random(&random) >> 32) % (sizeof alphabet - 1)];
        if (c == ',') {
            counts[state]++;
            state = START;
            continue;
        }
        enum state next = step(state, c);
        changes[state] += next != state;
        state = next;
    }
    uint64_t sum = SEED;
    for (int i = 0; i < STATES; i++) sum = fold(fold(sum, counts[i]), changes[i]);
    return sum;
}

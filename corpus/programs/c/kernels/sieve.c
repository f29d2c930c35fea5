/* The sieve of Eratosthenes over bytes. */
#include "kernels.h"

#include <stdlib.h>
#include <string.h>

uint64_t run_sieve(uint32_t size) {
    unsigned char *composite = malloc((size_t)size + 1);
    if (!composite) return 0;
    memset(composite, 0, (size_t)size + 1);
    uint64_t count = 0, sum = SEED;
    for (uint64_t i = 2; i <= size; i++) {
        if (composite[i]) continue;
        count++;
        sum = sum * 31 + i;
        for (uint64_t j = i * i; j <= size; j += i) composite[j] = 1;
    }
    free(composite);
    return fold(sum, count);
}

/* The library's qsort with a comparison through a function pointer. */
#include "kernels.h"

#include <stdlib.h>

static int compare(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

uint64_t run_sort(uint32_t size) {
    uint64_t *values = malloc(size * sizeof *values), random = 29, sum = SEED;
    if (!values) return 0;
    for (uint32_t i = 0; i < size; i++) values[i] = next_random(&random) >> 16;
    qsort(values, size, sizeof *values, compare);
    for (uint32_t i = 0; i < size; i++) sum = sum * 31 + values[i];
    free(values);
    return sum;
}

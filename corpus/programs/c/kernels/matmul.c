/* Double-precision matrix multiplication, plain triple loop. */
#include "kernels.h"

#include <stdlib.h>

uint64_t run_matmul(uint32_t size) {
    size_t n = size;
    double *a = malloc(3 * n * n * sizeof *a);
    if (!a) return 0;
    double *b = a + n * n, *c = b + n * n;
    uint64_t random = 17, sum = SEED;
    for (size_t i = 0; i < 2 * n * n; i++) a[i] = (double)(int64_t)(next_random(&random) >> 11) / 4503599627370496.0 - 1.0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double dot = 0;
            for (size_t k = 0; k < n; k++) dot += a[i * n + k] * b[k * n + j];
            c[i * n + j] = dot;
        }
    for (size_t i = 0; i < n * n; i++) sum = fold(sum, bits_of(c[i]));
    free(a);
    return sum;
}

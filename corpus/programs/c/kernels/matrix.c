/* Integer matrices as CoreMark has them: 16-bit elements, 32-bit sums, bit extraction. */
#include "kernels.h"

#define N 24

uint64_t run_matrix(uint32_t size) {
    static int16_t a[N][N], b[N][N];
    static int32_t c[N][N];
    uint64_t sum = SEED, random = 11;
    for (uint32_t round = 0; round < size; round++) {
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                a[i][j] = (int16_t)(next_random(&random) >> 48);
                b[i][j] = (int16_t)(a[i][j] ^ (i * N + j));
            }
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                uint32_t dot = 0;
                for (int k = 0; k < N; k++) {
                    uint32_t product = (uint32_t)(a[i][k] * b[k][j]);
                    dot += (product >> 2 & 0xF) * (product >> 5 & 0x7F);
                }
                c[i][j] = (int32_t)dot;
            }
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) sum = sum * 33 + (uint64_t)(int64_t)c[i][j];
    }
    return fold(sum, random);
}

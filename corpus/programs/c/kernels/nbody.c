/* The five-body problem of the Computer Language Benchmarks Game: doubles, division, square roots. */
#include "kernels.h"

#include <math.h>

struct body { double x[3], v[3], mass; };

uint64_t run_nbody(uint32_t size) {
    struct body bodies[5];
    uint64_t random = 23, sum = SEED;
    for (int i = 0; i < 5; i++) {
        for (int k = 0; k < 3; k++) {
            bodies[i].x[k] = (double)(int32_t)(next_random(&random) >> 32) / 67108864.0;
            bodies[i].v[k] = (double)(int32_t)(next_random(&random) >> 32) / 4294967296.0;
        }
        bodies[i].mass = 1.0 + (double)(next_random(&random) >> 60);
    }
    for (uint32_t round = 0; round < size; round++) {
        for (int i = 0; i < 5; i++)
            for (int j = i + 1; j < 5; j++) {
                double d[3], square = 0.001;
                for (int k = 0; k < 3; k++) {
                    d[k] = bodies[i].x[k] - bodies[j].x[k];
                    square += d[k] * d[k];
                }
                double scale = 0.001 / (square * sqrt(square));
                for (int k = 0; k < 3; k++) {
                    bodies[i].v[k] -= d[k] * bodies[j].mass * scale;
                    bodies[j].v[k] += d[k] * bodies[i].mass * scale;
                }
            }
        for (int i = 0; i < 5; i++)
            for (int k = 0; k < 3; k++) bodies[i].x[k] += 0.001 * bodies[i].v[k];
    }
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 3; k++) sum = fold(fold(sum, bits_of(bodies[i].x[k])), bits_of(bodies[i].v[k]));
    return sum;
}

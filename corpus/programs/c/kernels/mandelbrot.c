/* Iteration counts of the Mandelbrot set on a square grid. */
#include "kernels.h"

uint64_t run_mandelbrot(uint32_t size) {
    uint64_t sum = SEED;
    for (uint32_t py = 0; py < size; py++)
        for (uint32_t px = 0; px < size; px++) {
            double cx = 3.0 * px / size - 2.25, cy = 3.0 * py / size - 1.5, x = 0, y = 0;
            uint32_t count = 0;
            while (count < 200 && x * x + y * y < 4.0) {
                double t = x * x - y * y + cx;
                y = 2.0 * x * y + cy;
                x = t;
                count++;
            }
            sum = sum * 31 + count;
        }
    return sum;
}

/* kernels NAME SIZE: runs one kernel, prints its name, size and checksum; exit status 2 for a wrong command line. */
#include "kernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct { const char *name; uint64_t (*run)(uint32_t); } kernels[] = {
    {"list", run_list},       {"matrix", run_matrix},         {"states", run_states}, {"sieve", run_sieve},
    {"matmul", run_matmul},   {"sha256", run_sha256},         {"nbody", run_nbody},   {"sort", run_sort},
    {"mandelbrot", run_mandelbrot}, {"crc32", run_crc32},     {"interpreter", run_interpreter},
    {"strings", run_strings}, {"calls", run_calls},
};

int main(int argc, char **argv) {
    char *end = NULL;
    unsigned long size = argc == 3 ? strtoul(argv[2], &end, 10) : 0;
    if (argc != 3 || *end != '\0' || size == 0 || size > 100000000) {
        fprintf(stderr, "usage: kernels NAME SIZE\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
        if (strcmp(kernels[i].name, argv[1]) == 0) {
            printf("%s %lu %016llx\n", argv[1], size, (unsigned long long)kernels[i].run((uint32_t)size));
            return 0;
        }
    }
    fprintf(stderr, "kernels: no kernel is called %s\n", argv[1]);
    return 2;
}

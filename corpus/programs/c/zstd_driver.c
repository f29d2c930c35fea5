/* zstd SIZE LEVEL: compresses generated input, restores it, prints sizes and a digest of the compressed bytes. */
#include "compression_input.h"
#include "zstd.h"

int main(int argc, char **argv) {
    size_t size = 0;
    int level = 0;
    arguments(argc, argv, &size, &level);
    size_t bound = ZSTD_compressBound(size);
    unsigned char *in = room(size), *packed = room(bound), *back = room(size);
    make_input(in, size, 1);
    size_t packed_size = ZSTD_compress(packed, bound, in, size, level);
    if (ZSTD_isError(packed_size)) return 3;
    size_t back_size = ZSTD_decompress(back, size, packed, packed_size);
    if (ZSTD_isError(back_size)) return 3;
    return report("zstd", level, in, size, packed, packed_size, back, back_size);
}

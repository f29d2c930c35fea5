/* brotli SIZE LEVEL: compresses generated input, restores it, prints sizes and a digest of the compressed bytes. */
#include "compression_input.h"

#include <brotli/decode.h>
#include <brotli/encode.h>

int main(int argc, char **argv) {
    size_t size = 0;
    int level = 0;
    arguments(argc, argv, &size, &level);
    size_t packed_size = BrotliEncoderMaxCompressedSize(size), back_size = size;
    unsigned char *in = room(size), *packed = room(packed_size), *back = room(size);
    make_input(in, size, 2);
    if (!BrotliEncoderCompress(level, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_GENERIC, size, in, &packed_size, packed)) return 3;
    if (BrotliDecoderDecompress(packed_size, packed, &back_size, back) != BROTLI_DECODER_RESULT_SUCCESS) return 3;
    return report("brotli", level, in, size, packed, packed_size, back, back_size);
}

/* lz4 SIZE LEVEL: compresses generated input as a frame, restores it, prints sizes and a digest; level 3 up is HC. */
#include "compression_input.h"
#include "lz4frame.h"

int main(int argc, char **argv) {
    size_t size = 0;
    int level = 0;
    arguments(argc, argv, &size, &level);
    LZ4F_preferences_t preferences;
    memset(&preferences, 0, sizeof preferences);
    preferences.compressionLevel = level;
    preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
    size_t bound = LZ4F_compressFrameBound(size, &preferences);
    unsigned char *in = room(size), *packed = room(bound), *back = room(size);
    make_input(in, size, 3);
    size_t packed_size = LZ4F_compressFrame(packed, bound, in, size, &preferences);
    if (LZ4F_isError(packed_size)) return 3;
    LZ4F_dctx *context = NULL;
    if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION))) return 3;
    size_t read = 0, written = 0;
    while (read < packed_size) {
        size_t in_left = packed_size - read, out_left = size - written;
        size_t hint = LZ4F_decompress(context, back + written, &out_left, packed + read, &in_left, NULL);
        if (LZ4F_isError(hint) || (in_left == 0 && out_left == 0)) return 3;
        read += in_left;
        written += out_left;
    }
    LZ4F_freeDecompressionContext(context);
    return report("lz4", level, in, size, packed, packed_size, back, written);
}

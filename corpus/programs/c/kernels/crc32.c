/* CRC-32 (IEEE 802.3), by table and bit by bit. */
#include "kernels.h"

uint64_t run_crc32(uint32_t size) {
    static uint32_t table[256];
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) c = c & 1 ? 0xEDB88320u ^ c >> 1 : c >> 1;
        table[i] = c;
    }
    uint32_t crc = 0xFFFFFFFFu, slow = 0xFFFFFFFFu;
    uint64_t random = 31;
    for (uint64_t i = 0; i < (uint64_t)size * 1000; i++) {
        unsigned char byte = (unsigned char)(next_random(&random) >> 40);
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8;
        if (i % 16 == 0) {
            slow ^= byte;
            for (int k = 0; k < 8; k++) slow = slow & 1 ? 0xEDB88320u ^ slow >> 1 : slow >> 1;
        }
    }
    return fold(fold(SEED, ~crc), ~slow);
}

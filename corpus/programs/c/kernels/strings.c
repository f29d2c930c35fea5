/* Records and strings in the manner of Dhrystone: copies, comparisons, formatting, a small hash table of words. */
#include "kernels.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct record { char name[32]; int kind; struct record *partner; uint64_t uses; };

uint64_t run_strings(uint32_t size) {
    static const char *const words[] = {"register", "window", "trap", "oracle", "case", "verdict", "retire", "block"};
    struct record table[64];
    memset(table, 0, sizeof table);
    uint64_t sum = SEED, random = 37;
    char text[96], copy[96];
    for (uint32_t round = 0; round < size; round++) {
        const char *a = words[next_random(&random) >> 61], *b = words[next_random(&random) >> 61];
        snprintf(text, sizeof text, "%s-%s-%u:%06.3f", a, b, round % 100, (double)(round % 977) / 8.0);
        strcpy(copy, text);
        for (char *c = copy; *c; c++) *c = (char)toupper((unsigned char)*c);
        unsigned hash = 0;
        for (const char *c = copy; *c; c++) hash = hash * 33 + (unsigned char)*c;
        struct record *record = &table[hash % 64], *other = &table[(hash / 64) % 64];
        record->kind = strcmp(a, b) < 0 ? 1 : strcmp(a, b) > 0 ? 2 : 3;
        record->partner = other;
        record->uses += strlen(text);
        memcpy(record->name, copy, sizeof record->name - 1);
        if (strstr(record->name, "TRAP")) other->uses += (uint64_t)strtol(strrchr(text, '-') + 1, NULL, 10);
    }
    for (int i = 0; i < 64; i++) {
        sum = fold(fold(sum, table[i].uses), (uint64_t)table[i].kind);
        for (const char *c = table[i].name; *c; c++) sum = sum * 31 + (unsigned char)*c;
        if (table[i].partner) sum = fold(sum, (uint64_t)(table[i].partner - table));
    }
    return sum;
}

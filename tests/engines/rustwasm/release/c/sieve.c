#include <stdbool.h>
#include <stdlib.h>

unsigned work(unsigned limit) {
    bool *composite = calloc(limit, 1);
    unsigned count = 0;
    for (unsigned n = 2; n < limit; n++) {
        if (!composite[n]) {
            count++;
            for (unsigned multiple = n <= limit / n ? n * n : limit; multiple < limit; multiple += n) composite[multiple] = true;
        }
    }
    free(composite);
    return count;
}

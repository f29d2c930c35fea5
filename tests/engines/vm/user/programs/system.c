/* A guest that asks the host's shell to do something, as static programs on a foreign root do. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(void) {
    printf("before\n");
    fflush(stdout);
    int status = system("echo shell $A; exit 3");
    printf("status %x\n", status);
    fflush(stdout);
    int ends[2];
    if (pipe(ends)) return 1;
    dup2(ends[1], 5);
    status = system("echo through >&5");
    char text[16] = {0};
    if (read(ends[0], text, sizeof text - 1) < 0) return 1;
    printf("%s", text);
    return status;
}

#include <stdlib.h>

struct tree { struct tree *left, *right; };

static struct tree *grow(unsigned depth) {
    if (depth == 0) return NULL;
    struct tree *tree = malloc(sizeof *tree);
    tree->left = grow(depth - 1);
    tree->right = grow(depth - 1);
    return tree;
}

static unsigned count(const struct tree *tree) { return tree ? 1 + count(tree->left) + count(tree->right) : 0; }

static void release(struct tree *tree) {
    if (!tree) return;
    release(tree->left);
    release(tree->right);
    free(tree);
}

unsigned work(unsigned rounds) {
    unsigned sum = 0;
    for (unsigned round = 0; round < rounds; round++) {
        struct tree *tree = grow(14);
        sum += count(tree);
        release(tree);
    }
    return sum;
}

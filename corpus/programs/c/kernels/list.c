/* A linked list: built, reversed, merge-sorted, searched; pointers and branches that depend on data. */
#include "kernels.h"

#include <stdlib.h>

struct node { struct node *next; int32_t key; uint32_t data; };

static struct node *reverse(struct node *list) {
    struct node *done = NULL;
    while (list) {
        struct node *rest = list->next;
        list->next = done;
        done = list;
        list = rest;
    }
    return done;
}

static struct node *merge(struct node *a, struct node *b) {
    struct node head, *tail = &head;
    while (a && b) {
        struct node **smaller = a->key <= b->key ? &a : &b;
        tail->next = *smaller;
        tail = *smaller;
        *smaller = (*smaller)->next;
    }
    tail->next = a ? a : b;
    return head.next;
}

static struct node *sort(struct node *list) {
    if (!list || !list->next) return list;
    struct node *slow = list;
    for (struct node *fast = list->next; fast && fast->next; fast = fast->next->next) slow = slow->next;
    struct node *second = slow->next;
    slow->next = NULL;
    return merge(sort(list), sort(second));
}

uint64_t run_list(uint32_t size) {
    struct node *pool = malloc(1000 * sizeof *pool);
    if (!pool) return 0;
    uint64_t sum = SEED, random = 7;
    for (uint32_t round = 0; round < size; round++) {
        struct node *list = NULL;
        for (int i = 0; i < 1000; i++) {
            pool[i] = (struct node){list, (int32_t)(next_random(&random) >> 33) - 0x20000000, (uint32_t)i};
            list = &pool[i];
        }
        list = sort(reverse(list));
        uint32_t place = 0;
        for (struct node *at = list; at; at = at->next) sum = sum * 31 + at->data + place++;
    }
    free(pool);
    return fold(sum, random);
}

/* POSIX threads: creation, mutexes, conditions, thread-local storage, atomics, cancellation by exit. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define THREADS 4
#define ROUNDS 2000

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static _Thread_local int own;
static atomic_int added;
static int locked, turn;
static sem_t semaphore;

static void *work(void *argument) {
    long me = (long)argument;
    own = me * 100;
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < ROUNDS; i++) {
        atomic_fetch_add(&added, 1);
        pthread_mutex_lock(&mutex);
        locked++;
        pthread_mutex_unlock(&mutex);
        own++;
    }
    pthread_mutex_lock(&mutex);
    while (turn != me) pthread_cond_wait(&condition, &mutex);
    printf("thread %ld own %d\n", me, own);
    turn++;
    pthread_cond_broadcast(&condition);
    pthread_mutex_unlock(&mutex);
    sem_post(&semaphore);
    return (void *)(me * me);
}

static void *pipe_reader(void *argument) {
    char byte = 0;
    if (read(*(int *)argument, &byte, 1) != 1) return (void *)-1;
    return (void *)(long)byte;
}

int main(void) {
    pthread_t threads[THREADS], reader;
    void *result;
    int ends[2];
    pthread_barrier_init(&barrier, 0, THREADS);
    sem_init(&semaphore, 0, 0);
    for (long i = 0; i < THREADS; i++) pthread_create(&threads[i], 0, work, (void *)i);
    for (int i = 0; i < THREADS; i++) sem_wait(&semaphore);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &result);
        printf("joined %d result %ld\n", i, (long)result);
    }
    printf("added %d locked %d own %d\n", added, locked, own);
    if (pipe(ends)) return 1;
    pthread_create(&reader, 0, pipe_reader, &ends[0]);
    usleep(20000);
    if (write(ends[1], "R", 1) != 1) return 1;
    pthread_join(reader, &result);
    printf("reader %c\n", (char)(long)result);
    struct timespec soon;
    clock_gettime(CLOCK_REALTIME, &soon);
    soon.tv_nsec += 20000000;
    if (soon.tv_nsec >= 1000000000) { soon.tv_sec++; soon.tv_nsec -= 1000000000; }
    pthread_mutex_lock(&mutex);
    printf("timed wait %d\n", pthread_cond_timedwait(&condition, &mutex, &soon) == ETIMEDOUT);
    return 0;
}

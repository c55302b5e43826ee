/* A line that says what is being done, for work that takes longer than a second. A thread of its own writes it, so that no pass of
 * the compiler has to think of it; it exists only where somebody watches a terminal. Leaves behind an empty line. */
#include "tools/tools.h"

#include <pthread.h>
#include <unistd.h>

struct Progress {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t stopped;
    const char *pass;
    bool stop;
};

static struct timespec later(struct timespec t, long milliseconds)
{
    enum { SECOND = 1000000000 };
    t.tv_nsec += milliseconds % 1000 * 1000000;
    t.tv_sec += milliseconds / 1000 + t.tv_nsec / SECOND;
    t.tv_nsec %= SECOND;
    return t;
}

static void show(const char *pass, long seconds)
{
    char line[100];
    int n = snprintf(line, sizeof line, "\r\033[Kcordon: %s, %ld s", pass, seconds);
    if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0)
        return; /* nothing depends on it */
}

static void *watch(void *self)
{
    enum { FIRST = 1000, STEP = 250 };
    Progress *p = self;
    struct timespec start, next;
    clock_gettime(CLOCK_REALTIME, &start);
    next = later(start, FIRST);
    bool shown = false;
    pthread_mutex_lock(&p->lock);
    while (!p->stop) {
        if (pthread_cond_timedwait(&p->stopped, &p->lock, &next) == 0)
            continue;
        show(p->pass, (long)(next.tv_sec - start.tv_sec));
        shown = true;
        next = later(next, STEP);
    }
    pthread_mutex_unlock(&p->lock);
    if (shown && write(STDERR_FILENO, "\r\033[K", 4) < 0)
        return NULL;
    return NULL;
}

Progress *progress_start(const Options *o)
{
    if (o->given[OPTION_QUIET] || isatty(STDERR_FILENO) != 1)
        return NULL;
    Progress *p = mem_alloc(sizeof *p);
    *p = (Progress){.pass = "starting"};
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->stopped, NULL);
    if (pthread_create(&p->thread, NULL, watch, p) == 0)
        return p;
    free(p);
    return NULL;
}

void progress_pass(Progress *p, const char *pass)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->pass = pass;
    pthread_mutex_unlock(&p->lock);
}

void progress_stop(Progress *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_signal(&p->stopped);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->stopped);
    free(p);
}

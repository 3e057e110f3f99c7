/* The open Jackson network of tests/kernels/network/known.py, as one writes it in C by hand: a binary heap of events,
 * a list of waiting customers at each station, xoshiro256+ (D. Blackman and S. Vigna, "Scrambled linear pseudorandom
 * number generators", ACM Transactions on Mathematical Software 47 (2021)), exponential times by the logarithm.
 *
 *     jackson HOURS SEED
 *
 * Prints one line of JSON: seconds on the wall and of the processor, customers, events, mean wait at each station.
 */
#define _POSIX_C_SOURCE 199309L
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { STATIONS = 5, OUTSIDE = -1 };

static const double OUTSIDE_RATE[STATIONS] = {3.0, 0.0, 1.0, 0.0, 0.0};
static const double SERVICE_RATE[STATIONS] = {2.4, 1.1, 3.4, 0.5, 4.0};
static const int SERVERS[STATIONS] = {2, 3, 1, 4, 1};
static const double ROUTING[STATIONS][STATIONS] = {
    {0.0, 0.5, 0.3, 0.0, 0.0},
    {0.1, 0.0, 0.0, 0.6, 0.0},
    {0.0, 0.2, 0.1, 0.0, 0.5},
    {0.0, 0.0, 0.0, 0.0, 0.7},
    {0.2, 0.0, 0.0, 0.0, 0.0},
};

typedef struct {
    double at;
    int32_t station;
    int32_t customer; /* OUTSIDE: somebody new comes */
} Event;

typedef struct {
    double asked;
    int32_t next;
} Customer;

static uint64_t word[4];
static Event *heap;
static int heap_size, heap_room;
static Customer *customer;
static int free_customer = -1, customers_used, customers_room;
static int head[STATIONS], tail[STATIONS], busy[STATIONS];
static double waited[STATIONS], last[STATIONS][STATIONS];
static int64_t visits[STATIONS];

static void *room_for(void *old, size_t bytes) {
    void *fresh = realloc(old, bytes);
    if (!fresh) {
        fputs("out of memory\n", stderr);
        exit(1);
    }
    return fresh;
}

static uint64_t split(uint64_t *x) { /* splitmix64, the seeding its authors advise */
    uint64_t z = (*x += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static inline uint64_t turned(uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }

static inline double uniform(void) { /* above 0, at most 1 */
    const uint64_t result = word[0] + word[3], t = word[1] << 17;
    word[2] ^= word[0];
    word[3] ^= word[1];
    word[1] ^= word[2];
    word[0] ^= word[3];
    word[2] ^= t;
    word[3] = turned(word[3], 45);
    return (double)((result >> 11) + 1) * 0x1.0p-53;
}

static inline double exponential(double rate) { return -log(uniform()) / rate; }

static void push(double at, int station, int who) {
    if (heap_size == heap_room)
        heap = room_for(heap, (size_t)(heap_room = heap_room ? 2 * heap_room : 64) * sizeof *heap);
    int i = heap_size++;
    while (i > 0) {
        const int up = (i - 1) / 2;
        if (heap[up].at <= at) break;
        heap[i] = heap[up];
        i = up;
    }
    heap[i] = (Event){at, station, who};
}

static Event drop(void) {
    const Event first = heap[0], moved = heap[--heap_size];
    int i = 0;
    for (;;) {
        int child = 2 * i + 1;
        if (child >= heap_size) break;
        if (child + 1 < heap_size && heap[child + 1].at < heap[child].at) child++;
        if (heap[child].at >= moved.at) break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = moved;
    return first;
}

static int newcomer(void) {
    if (free_customer >= 0) {
        const int who = free_customer;
        free_customer = customer[who].next;
        return who;
    }
    if (customers_used == customers_room)
        customer = room_for(customer, (size_t)(customers_room = customers_room ? 2 * customers_room : 64) * sizeof *customer);
    return customers_used++;
}

static void begin(int station, int who, double now) {
    waited[station] += now - customer[who].asked;
    visits[station]++;
    push(now + exponential(SERVICE_RATE[station]), station, who);
}

static void arrive(int station, int who, double now) {
    customer[who].asked = now;
    if (busy[station] < SERVERS[station]) {
        busy[station]++;
        begin(station, who, now);
        return;
    }
    customer[who].next = -1;
    if (head[station] < 0)
        head[station] = who;
    else
        customer[tail[station]].next = who;
    tail[station] = who;
}

static void finish(int station, int who, double now) {
    if (head[station] >= 0) {
        const int next = head[station];
        head[station] = customer[next].next;
        begin(station, next, now);
    } else
        busy[station]--;
    const double u = uniform();
    for (int to = 0; to < STATIONS; to++)
        if (u <= last[station][to]) {
            arrive(to, who, now);
            return;
        }
    customer[who].next = free_customer;
    free_customer = who;
}

static double clock_of(clockid_t which) {
    struct timespec now;
    clock_gettime(which, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int count, char **given) {
    if (count != 3) return 2;
    const double until = atof(given[1]);
    uint64_t seed = strtoull(given[2], NULL, 10);
    const double wall = clock_of(CLOCK_MONOTONIC), cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < 4; i++) word[i] = split(&seed);
    int64_t events = 0, customers = 0;
    for (int station = 0; station < STATIONS; station++) {
        double sum = 0.0;
        for (int to = 0; to < STATIONS; to++) last[station][to] = ROUTING[station][to] > 0 ? sum += ROUTING[station][to] : -1;
        head[station] = -1;
        if (OUTSIDE_RATE[station] > 0) push(0.0, station, OUTSIDE);
    }
    while (heap_size > 0) {
        const Event event = drop();
        events++;
        if (event.customer != OUTSIDE) {
            finish(event.station, event.customer, event.at);
            continue;
        }
        customers++;
        arrive(event.station, newcomer(), event.at);
        const double next = event.at + exponential(OUTSIDE_RATE[event.station]);
        if (next <= until) push(next, event.station, OUTSIDE);
    }
    printf("{\"wall\": %.6f, \"cpu\": %.6f, \"customers\": %lld, \"events\": %lld, \"waits\": [",
           clock_of(CLOCK_MONOTONIC) - wall, clock_of(CLOCK_PROCESS_CPUTIME_ID) - cpu, (long long)customers,
           (long long)events);
    for (int station = 0; station < STATIONS; station++)
        printf("%s%.6f", station ? ", " : "", waited[station] / (double)visits[station]);
    puts("]}");
    return 0;
}

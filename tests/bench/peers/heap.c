/* Measures a libc's heap as src/heap.rs measures ours: the same cases, the same lines. */

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 15, LEAST = 16, LIVING = 256, PASSED = 50000, AGED_COUNT = 400000, AGED_PLACES = 4096 };

struct place { char *block; size_t size; };
struct mixture { const char *name; size_t largest; unsigned living, count; };

static const struct { const char *name; size_t size; unsigned count; } alone[] = {
	{"16-bytes", 16, 50000}, {"256-bytes", 256, 50000}, {"4-kib", 4 << 10, 50000}, {"64-kib", 64 << 10, 5000},
	{"1-mib", 1 << 20, 500}};
static const struct mixture mixed[] = {
	{"to-1-kib", 1 << 10, 256, 50000}, {"to-64-kib", 64 << 10, 256, 20000}, {"to-1-mib", 1 << 20, 64, 5000}};

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static uint64_t resident(void)
{
	char text[128];
	unsigned long all, pages;
	int file = open("/proc/self/statm", O_RDONLY);
	ssize_t count = read(file, text, sizeof(text) - 1);

	close(file);
	text[count < 0 ? 0 : count] = 0;
	return sscanf(text, "%lu %lu", &all, &pages) == 2 ? 4096ull * pages : 0;
}

static void *(*volatile allocate)(size_t) = malloc;
static void (*volatile release)(void *) = free;

static char *take(size_t size)
{
	char *block = allocate(size);

	if (!block)
		abort();
	for (size_t at = 0; at < size; at += 4096)
		((volatile char *)block)[at] = 1;
	return block;
}

static uint64_t next(uint64_t *numbers)
{
	*numbers ^= *numbers << 13;
	*numbers ^= *numbers >> 7;
	return *numbers ^= *numbers << 17;
}

static size_t below(uint64_t *numbers, size_t end)
{
	return (next(numbers) >> 16) % end;
}

static size_t some_size(uint64_t *numbers, size_t largest)
{
	size_t least = (size_t)LEAST << below(numbers, __builtin_ctzl(largest / LEAST));

	return least + below(numbers, least) + 1;
}

static void replace(struct place *place, size_t size)
{
	if (place->block)
		release(place->block);
	place->block = size ? take(size) : NULL;
	place->size = size;
}

static void *churn(void *given)
{
	const struct mixture *mixture = given;
	struct place table[LIVING] = {{0}};
	uint64_t numbers = 1;

	for (unsigned turn = 0; turn < mixture->count; turn++) {
		struct place *place = &table[below(&numbers, mixture->living)];

		replace(place, some_size(&numbers, mixture->largest));
	}
	for (unsigned at = 0; at < LIVING; at++)
		replace(&table[at], 0);
	return NULL;
}

static void twice(void *(*work)(void *), void *given)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, work, given))
		abort();
	work(given);
	pthread_join(thread, NULL);
}

static _Atomic(size_t *) places[LIVING];
static atomic_ulong threads;

static void *hand_over(void *unused)
{
	uint64_t numbers = atomic_fetch_add(&threads, 1);

	(void)unused;
	for (unsigned turn = 0; turn < PASSED; turn++) {
		size_t size = some_size(&numbers, 1 << 10), *block = (size_t *)take(size);

		*block = size;
		block = atomic_exchange(&places[below(&numbers, LIVING)], block);
		if (block)
			release(block);
	}
	return NULL;
}

static void pass_round(void)
{
	threads = 1;
	twice(hand_over, NULL);
	for (unsigned at = 0; at < LIVING; at++) {
		size_t *block = atomic_exchange(&places[at], NULL);

		if (block)
			release(block);
	}
}

#define REPORT(name, suffix, count, work) do { \
	uint64_t least = UINT64_MAX; \
	for (int round = 0; round < ROUNDS; round++) { \
		uint64_t start = now(), taken; \
		work; \
		taken = (now() - start) * 1000 / (count); \
		least = taken < least ? taken : least; \
	} \
	printf("%s%s %llu\n", name, suffix, (unsigned long long)least); \
} while (0)

static void aged(uint64_t start)
{
	struct place *table = calloc(AGED_PLACES, sizeof(*table));
	uint64_t numbers = 1, living = 0, peak;

	for (unsigned turn = 0; turn < AGED_COUNT; turn++) {
		struct place *place = &table[below(&numbers, AGED_PLACES)];

		replace(place, some_size(&numbers, 64 << 10));
	}
	for (unsigned at = 0; at < AGED_PLACES; at++)
		living += table[at].size;
	peak = resident();
	for (unsigned at = 0; at < AGED_PLACES; at++)
		replace(&table[at], 0);
	release(table);
	printf("memory-in-use %llu\n", (unsigned long long)((peak - start) * 1000 / living));
	peak = resident();
	printf("memory-left %llu\n", (unsigned long long)((peak > start ? peak - start : 0) * 1000 / living));
}

int main(void)
{
	aged(resident());
	for (unsigned at = 0; at < sizeof(alone) / sizeof(*alone); at++)
		REPORT(alone[at].name, "", alone[at].count, for (unsigned turn = 0; turn < alone[at].count; turn++)
			release(take(alone[at].size)));
	for (unsigned at = 0; at < sizeof(mixed) / sizeof(*mixed); at++) {
		void *mixture = (void *)&mixed[at];

		REPORT(mixed[at].name, "", mixed[at].count, churn(mixture));
		REPORT(mixed[at].name, "-two-threads", mixed[at].count, twice(churn, mixture));
	}
	REPORT("handed-over", "", PASSED, pass_round());
	return 0;
}

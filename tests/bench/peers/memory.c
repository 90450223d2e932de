/* Measures a libc's memory functions as src/bin/memory.rs measures ours: the same cases, the same lines, with one
   number each. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void *(*volatile copy)(void *, const void *, size_t) = memcpy;
static void *(*volatile set)(void *, int, size_t) = memset;
static int (*volatile compare)(const void *, const void *, size_t) = memcmp;
static size_t (*volatile length)(const char *) = strlen;

static const size_t sizes[] = {1, 3, 8, 15, 16, 31, 32, 64, 100, 128, 200, 256, 1024, 4096, 16384, 65536};
static const struct { const char *name; size_t to, from; } places[] = {{"aligned", 0, 0}, {"odd", 3, 1}, {"alias", 35, 32}};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

#define REPORT(what, expression) do { \
	double least = 1e300; \
	size_t turns = 20000000 / (size + 500); \
	if (turns > 4000) \
		turns = 4000; \
	for (int batch = 0; batch < 40; batch++) { \
		double start = now(), taken; \
		for (size_t turn = 0; turn < turns; turn++) \
			expression; \
		taken = (now() - start) / turns; \
		if (taken < least) \
			least = taken; \
	} \
	printf(what " %zu %s %.3f\n", size, places[place].name, least); \
} while (0)

int main(void)
{
	char *to = aligned_alloc(4096, 1 << 18), *from = aligned_alloc(4096, 1 << 18);

	if (!to || !from)
		return 1;
	memset(to, 'x', 1 << 18);
	memset(from, 'x', 1 << 18);
	for (size_t place = 0; place < 3; place++) {
		for (size_t at = 0; at < sizeof(sizes) / sizeof(*sizes); at++) {
			size_t size = sizes[at];
			char *target = to + places[place].to, *source = from + places[place].from;

			REPORT("memcpy", copy(target, source, size));
			REPORT("memset", set(target, 0x78, size));
			REPORT("memcmp", (void)compare(target, source, size));
			target[size] = 0;
			REPORT("strlen", (void)length(target));
			target[size] = 'x';
		}
	}
	return 0;
}

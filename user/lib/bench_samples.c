// Order statistics and evenness of samples.

#include "kernel/types.h"
#include "user/lib/bench_samples.h"

// Shell's sort (gaps shrink to 5/11), good enough for thousands.
static void
sort(uint64 *v, uint n)
{
	uint gap = n;

	while (gap > 1) {
		gap = gap > 2 ? gap * 5 / 11 : 1;
		for (uint i = gap; i < n; i++) {
			uint64 moving = v[i];
			uint at = i;

			for (; at >= gap && v[at - gap] > moving; at -= gap)
				v[at] = v[at - gap];
			v[at] = moving;
		}
	}
}

struct bench_spread
bench_spread_of(uint64 *values, uint n)
{
	struct bench_spread s = {0, 0, 0};

	if (n == 0)
		return s;
	sort(values, n);
	s.min = values[0];
	s.max = values[n - 1];
	s.median =
	    n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
	return s;
}

uint64
bench_evenness(uint64 *shares, uint n)
{
	uint64 largest = 0, sum = 0, squares = 0;

	for (uint i = 0; i < n; i++) {
		if (shares[i] > largest)
			largest = shares[i];
	}
	// 16 bits each keep 1000 * sum^2 of 256 shares below 2^64.
	while (largest >= 1 << 16) {
		largest >>= 1;
		for (uint i = 0; i < n; i++)
			shares[i] >>= 1;
	}
	for (uint i = 0; i < n; i++) {
		sum += shares[i];
		squares += shares[i] * shares[i];
	}
	return squares > 0 ? sum * sum * 1000 / (n * squares) : 0;
}

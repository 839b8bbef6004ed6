# Sorts list[1] .. list[n] by what weight[] has for them, most first; those of
# the same weight stay in their order.
function sort_down(list, n, weight,    i, j, hold)
{
	for (i = 2; i <= n; i++) {
		hold = list[i]
		for (j = i - 1; j > 0 && weight[list[j]] < weight[hold]; j--)
			list[j + 1] = list[j]
		list[j + 1] = hold
	}
}

# Tells in words what harts share, from names.awk's output.  Needs
# bench/sort.awk.

BEGIN {
	FS = "\t"
	split("instructions;misses;transfers;queueing;spinning;devices;idle;" \
	    "waiting for the last hart", what, ";")
}

function share(part, all) { return sprintf("%.1f %%", all ? 100 * part / all : 0) }

function num(x)
{
	return x >= 100 ? sprintf("%.0f", x) : x >= 1 ? sprintf("%.2f", x) : \
	    sprintf("%.3g", x)
}

function heading(    i)
{
	all = 0
	for (i = 1; i <= 8; i++)
		all += $(9 + i)
	printf "%d harts, %d operations, modelled (profile %s): %s cycles an " \
	    "operation\n", $3, $5, $2, num(all / ops)
	for (i = 1; i <= 8; i++)
		if ($(9 + i) > 0)
			printf "    %-26s %12s  %7s\n", what[i],
			    num($(9 + i) / ops), share($(9 + i), all)
	if ($6 > 0)
		printf "NOT TO BE TRUSTED: %d breaks of the watchdog\n", $6
	if ($7 == 0)
		print "\nNo line passes from hart to hart: nothing is shared."
	else
		printf "\nLines that pass from hart to hart: %d, %s transfers " \
		    "and %s cycles an operation (%s of all).\n", $7,
		    num($8 / ops), num($9 / ops), share($9, all)
	shared = $9
}

$1 == "sum" {
	ops = $5 > 0 ? $5 : 1
	heading()
	next
}

$1 == "line" {
	shown += $7
	lines[++n] = $0
	if (!($5 in of_class))
		class[++nclasses] = $5
	of_class[$5] += $7
	count[$5]++
	moved[$5] += $6
	next
}

$1 == "pair" { pairs[n, ++npairs[n]] = $0 }

# Fields are said where they are not the line's only one.
function print_pair(text, of, several,    f)
{
	split(text, f, "\t")
	if (f[5] == "others") {
		printf "      %6s  others\n", share(f[4], of)
		return
	}
	printf "      %6s  %s%s,\n              after %s%s\n", share(f[4], of),
	    f[5], several ? " on " f[6] : "", f[7],
	    several && f[8] != "-" && f[8] != f[6] ? " on " f[8] : ""
}

END {
	if (n == 0)
		exit
	sort_down(class, nclasses, of_class)
	print "\nOf the " n " hottest, by what is on them:\n"
	printf "    %9s %9s  %s\n", "cycles/op", "transfers", "what"
	for (i = 1; i <= nclasses; i++)
		printf "    %9s %9s  %s%s\n", num(of_class[class[i]] / ops),
		    num(moved[class[i]] / ops), class[i],
		    (count[class[i]] > 1 ? ", " count[class[i]] " lines" : "")
	print "\nLine by line; below each, who took it from whom, by cycles:\n"
	for (i = 1; i <= n; i++) {
		split(lines[i], f, "\t")
		printf "%3d. %s\n", f[2], f[4]
		printf "     %s transfers, %s cycles an operation%s; taken by %s\n",
		    num(f[6] / ops), num(f[7] / ops), (f[8] > 0 ? \
		    " (" num(f[8] / ops) " of them queueing)" : ""),
		    f[9] (f[9] == 1 ? " hart" : " harts")
		for (j = 1; j <= npairs[i]; j++)
			print_pair(pairs[i, j], f[7], f[4] ~ /\[[0-9]+[,.]|, /)
	}
	if (shared > shown)
		printf "\nAll other lines: %s cycles an operation.\n",
		    num((shared - shown) / ops)
	print ""
}

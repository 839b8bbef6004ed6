# Prints a sweep's statistics side by side: for each benchmark that has a
# rate, hart count and variant the median rate, and of the memory manager's
# locks the contended acquisitions and spins per operation; then the ratio of
# the last variant's rate to that of baseline, or else of the first.  Then
# the same of what was modelled, in tables of its own: rates at 1 GHz, what part
# of linear growth from one hart that is, and cycles of all harts per operation.
#
#   awk [-v variants="A B"] -f bench/table.awk bench/sweep.list STATS
#
# variants: which, in this order; by default those there are.  STATS is the
# output of bench/stats.awk.

FNR == NR {
	if ($0 !~ /^[ \t]*(#|$)/) {
		split($0, field, / +\| +/)
		unit[field[1]] = field[7]
	}
	next
}

FNR == 1 { FS = "\t" }

{ $0 = $0 }

function see(list, size, name)
{
	if ((list, name) in seen)
		return size
	seen[list, name] = 1
	return size + 1
}

$6 == "failed" {
	bad[++nbad] = $1 ($2 == "locks" ? " (locks)" : $2 ~ /^model-/ ? \
	    " (modelled, " substr($2, 7) ")" : "") ": " $3 ", " $4 \
	    " harts, " $7 " times"
	next
}

$2 == "time" && $6 == "rate" {
	n = see("bench", nbenches, $1)
	if (n > nbenches)
		bench[nbenches = n] = $1
	n = see("variant", nvariants, $3)
	if (n > nvariants)
		found[nvariants = n] = $3
	n = see("harts", nharts, $4)
	if (n > nharts)
		harts[nharts = n] = $4 + 0
	if ($5 == 1)
		crowded[$4] = 1
}

$2 ~ /^model-/ && $6 == "rate" {
	if (see(1, 0, $1 SUBSEP $2)) {
		mbench[++nmodelled] = $1
		mkind[nmodelled] = $2
	}
	if (see(1, 0, "variant" SUBSEP $3))
		mfound[++nmfound] = $3
	if (see(1, 0, "mharts" SUBSEP $4))
		mharts[++nmharts] = $4 + 0
}

$2 ~ /^model-/ {
	modelled[$1, $2, $3, $4, $6] = $8
	if ($6 == "model_breaks" && $10 > 0)
		broken[$1, $2, $3, $4] = 1
}

$2 == "time" { median[$1, $3, $4, $6] = $8 }

function figure(format, b, v, h, key)
{
	return (b, v, h, key) in median ? \
	    sprintf(format, median[b, v, h, key]) : "-"
}

function print_head(b,    i, line)
{
	print ""
	line = sprintf("%-8s", b)
	if (length(b) > 8)
		line = b
	line = sprintf("%-12s", line)
	for (i = 1; i <= n; i++)
		line = line sprintf(" | %-31s", order[i])
	print line (n > 1 ? " | " order[n] : "")
	line = sprintf("%-12s", "harts")
	for (i = 1; i <= n; i++)
		line = line sprintf(" | %11s %9s %9s",
		    substr(unit[b], 1, 11), "contended", "spins")
	print line (n > 1 ? " | over " base : "")
}

function print_row(b, h,    i, line, first, last_)
{
	line = sprintf("%-12s", h (h in crowded ? " *" : ""))
	for (i = 1; i <= n; i++)
		line = line sprintf(" | %11s %9s %9s",
		    figure("%.1f", b, order[i], h, "rate"),
		    figure("%.4f", b, order[i], h, "contended/op"),
		    figure("%.2f", b, order[i], h, "spins/op"))
	first = median[b, base, h, "rate"]
	last_ = median[b, order[n], h, "rate"]
	if (n > 1)
		line = line sprintf(" | %6s", first > 0 && last_ > 0 ? \
		    sprintf("%.2f", last_ / first) : "-")
	print line
}

function has_rates(b, h,    i)
{
	for (i = 1; i <= n; i++)
		if ((b, order[i], h, "rate") in median)
			return 1
	return 0
}

# Sets order, n and base: the variants asked for, or else those found.
function choose(found, nfound,    i)
{
	n = split(variants, order, " ")
	if (n == 0)
		for (n = 0; n < nfound; n++)
			order[n + 1] = found[n + 1]
	base = order[1]
	for (i = 1; i < n; i++)
		if (order[i] == "baseline")
			base = order[i]
}

function sort(list, m,    i, j, hold)
{
	for (i = 2; i <= m; i++) {
		hold = list[i]
		for (j = i - 1; j > 0 && list[j] > hold; j--)
			list[j + 1] = list[j]
		list[j + 1] = hold
	}
}

# --- modelled

function rate_of(b, k, v, h)
{
	return (b, k, v, h, "rate") in modelled ? \
	    modelled[b, k, v, h, "rate"] + 0 : 0
}

function share(x)
{
	return sprintf(x >= 0.01 ? "%.1f%%" : "%.2g%%", 100 * x)
}

function model_row(b, k, h,    i, v, line, one, here)
{
	line = sprintf("%-12s", h)
	for (i = 1; i <= n; i++) {
		v = order[i]
		here = rate_of(b, k, v, h)
		one = rate_of(b, k, v, 1)
		line = line sprintf(" | %12s %8s %9s",
		    (here ? sprintf("%.0f", here) : "-") \
		    ((b, k, v, h) in broken ? "!" : ""),
		    here && one ? share(here / h / one) : "-",
		    here ? sprintf("%.0f", h * 1e9 / here) : "-")
	}
	if (n > 1)
		line = line sprintf(" | %6s", rate_of(b, k, base, h) && \
		    rate_of(b, k, order[n], h) ? sprintf("%.2f", \
		    rate_of(b, k, order[n], h) / rate_of(b, k, base, h)) : "-")
	print line
}

function model_table(b, k,    i, j, line, any)
{
	print "\n" b ", modelled (profile " substr(k, 7) "), rates at 1 GHz"
	line = sprintf("%-12s", "harts")
	for (i = 1; i <= n; i++)
		line = line sprintf(" | %-31s", order[i])
	print line (n > 1 ? " | " order[n] : "")
	line = sprintf("%-12s", "")
	for (i = 1; i <= n; i++)
		line = line sprintf(" | %12s %8s %9s", "per second",
		    "linear", "cycles/op")
	print line (n > 1 ? " | over " base : "")
	for (j = 1; j <= nmharts; j++) {
		any = 0
		for (i = 1; i <= n; i++)
			any += rate_of(b, k, order[i], mharts[j]) > 0
		if (any)
			model_row(b, k, mharts[j])
	}
}

END {
	choose(found, nvariants)
	sort(harts, nharts)
	sort(mharts, nmharts)
	for (i = 1; i <= nbenches; i++) {
		print_head(bench[i])
		for (j = 1; j <= nharts; j++)
			if (has_rates(bench[i], harts[j]))
				print_row(bench[i], harts[j])
	}
	if (nbenches)
		print "\ncontended, spins: of the memory manager's locks, " \
		    "per operation; medians"
	for (h in crowded)
		any_crowded = 1
	if (any_crowded)
		print "* oversubscribed, more harts than the host has cores: " \
		    "here the rate says nothing about scaling, contention does"
	choose(mfound, nmfound)
	for (i = 1; i <= nmodelled; i++)
		model_table(mbench[i], mkind[i])
	for (i in broken)
		any_broken = 1
	if (any_broken)
		print "\n! breaks of the model's watchdog: not to be trusted"
	for (i = 1; i <= nbad; i++)
		print "failed or hung: " bad[i]
}

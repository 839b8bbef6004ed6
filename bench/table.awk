# Prints the points of a sweep's CSV file side by side: for each hart count and
# variant the median of forks per second, and of contended acquisitions and
# spins of the memory manager's locks per fork; then the ratio of the last
# variant's rate to the first's.
#
#   awk [-v commit=ID] [-v args=TEXT] [-v mem=SIZE] [-v variants="A B"]
#       -f bench/table.awk FILE.csv
#
# commit, args, mem: only points measured with these; each is by default that
# of the last point in the file.
# Columns are found by the names in the header line.  Points that are not "ok"
# are counted below the table.

BEGIN { FS = "," }

/^#/ || NF == 0 { next }

$1 == "variant" {
	for (i = 1; i <= NF; i++)
		column[$i] = i
	next
}

{
	rows++
	row[rows] = $0
	last["commit"] = $column["commit"]
	last["args"] = $column["args"]
	last["mem"] = $column["mem"]
}

# The middle of the values that key has, or their mean if there are two.
function median(key,    n, i, j, v, hold)
{
	n = count[key]
	for (i = 1; i <= n; i++)
		v[i] = value[key, i]
	for (i = 2; i <= n; i++) {
		hold = v[i]
		for (j = i - 1; j > 0 && v[j] > hold; j--)
			v[j + 1] = v[j]
		v[j + 1] = hold
	}
	if (n == 0)
		return ""
	if (n % 2)
		return v[(n + 1) / 2]
	return (v[n / 2] + v[n / 2 + 1]) / 2
}

function add(key, number)
{
	value[key, ++count[key]] = number + 0
}

function take(line,    f, v, h, forks)
{
	split(line, f, ",")
	for (v in last)
		if (f[column[v]] != last[v])
			return
	v = f[column["variant"]]
	h = f[column["cpus"]] + 0
	if (!(v in seen_variant)) {
		seen_variant[v] = 1
		if (!fixed)
			order[++nvariants] = v
	}
	if (!(h in seen_harts)) {
		seen_harts[h] = 1
		harts[++nharts] = h
	}
	if (f[column["oversubscribed"]] == 1)
		crowded[h] = any_crowded = 1
	if (f[column["status"]] != "ok") {
		bad[v, h]++
		nbad++
		return
	}
	forks = f[column["forks"]] + 0
	if (forks == 0)
		return
	add("rate" SUBSEP v SUBSEP h, f[column["forks_per_s"]])
	add("contended" SUBSEP v SUBSEP h, f[column["contended"]] / forks)
	add("spins" SUBSEP v SUBSEP h, f[column["spins"]] / forks)
}

# Formats a number, or a dash if there is none.
function number(format, n)
{
	return n == "" ? "-" : sprintf(format, n)
}

function sort_harts(    i, j, hold)
{
	for (i = 2; i <= nharts; i++) {
		hold = harts[i]
		for (j = i - 1; j > 0 && harts[j] > hold; j--)
			harts[j + 1] = harts[j]
		harts[j + 1] = hold
	}
}

function cells(v, h)
{
	return sprintf(" | %9s %10s %10s",
	    number("%.1f", median("rate" SUBSEP v SUBSEP h)),
	    number("%.4f", median("contended" SUBSEP v SUBSEP h)),
	    number("%.2f", median("spins" SUBSEP v SUBSEP h)))
}

function ratio(h,    a, b)
{
	a = median("rate" SUBSEP order[1] SUBSEP h)
	b = median("rate" SUBSEP order[nvariants] SUBSEP h)
	return a > 0 && b > 0 ? sprintf("%.2f", b / a) : "-"
}

END {
	if (commit != "")
		last["commit"] = commit
	if (args != "")
		last["args"] = args
	if (mem != "")
		last["mem"] = mem
	fixed = nvariants = split(variants, order, " ")
	for (i = 1; i <= rows; i++)
		take(row[i])
	if (nharts == 0) {
		print "no points of commit " last["commit"]
		exit
	}
	sort_harts()

	head = sprintf("%-7s", "")
	names = sprintf("%-7s", "harts")
	for (i = 1; i <= nvariants; i++) {
		head = head sprintf(" | %-31s", order[i])
		names = names sprintf(" | %9s %10s %10s", "forks/s",
		    "contended", "spins")
	}
	if (nvariants > 1) {
		head = head " | " order[nvariants]
		names = names " | over " order[1]
	}
	print head
	print names
	for (j = 1; j <= nharts; j++) {
		h = harts[j]
		line = sprintf("%-7s", h (h in crowded ? " *" : ""))
		for (i = 1; i <= nvariants; i++)
			line = line cells(order[i], h)
		if (nvariants > 1)
			line = line sprintf(" | %6s", ratio(h))
		print line
	}
	print "contended, spins: of the memory manager's locks, per fork; " \
	    "medians"
	if (any_crowded)
		print "* oversubscribed, more harts than the host has cores: " \
		    "here the rate says nothing about scaling, contention does"
	for (i = 1; i <= nvariants; i++)
		for (j = 1; j <= nharts; j++)
			if (bad[order[i], harts[j]])
				print "failed or hung: " order[i] ", " \
				    harts[j] " harts, " \
				    bad[order[i], harts[j]] " times"
}

# Parts of the report (bench/report.awk): rates against harts, contention, and
# where the waiting is.

# A variant scales up to a number of harts if it has at least this much of the
# linear growth from its one-hart rate.
function scales_from() { return 0.8 }

# --- rates

# "(1.95 times baseline)", or nothing.
function against_baseline(b, v, h)
{
	if (v == "baseline" || !has_rate(b, "baseline", h) ||
	    rate(b, "baseline", h) <= 0)
		return ""
	return " (" times(rate(b, v, h) / rate(b, "baseline", h)) \
	    " × baseline)"
}

function rate_table(b,    j, i, h, cells, names)
{
	for (i = 1; i <= nv; i++)
		names[i] = code(variant[i])
	head(unit[b] " per second", names, nv)
	for (j = 1; j <= nharts; j++) {
		h = harts[j]
		if (crowded[h])
			continue
		cells[1] = n_harts(h)
		for (i = 1; i <= nv; i++)
			cells[i + 1] = has_rate(b, variant[i], h) ? \
			    num(rate(b, variant[i], h)) \
			    against_baseline(b, variant[i], h) : "-"
		row(cells, nv + 1)
	}
	print ""
}

# The first hart count at which v falls short of linear; 0 if none does, -1
# if nothing can be said.
function stops_at(b, v,    j, h, known)
{
	if (!has_rate(b, v, 1) || rate(b, v, 1) <= 0)
		return -1
	for (j = 1; j <= nharts; j++) {
		h = harts[j]
		if (h == 1 || crowded[h] || !has_rate(b, v, h))
			continue
		known = 1
		if (rate(b, v, h) < scales_from() * h * rate(b, v, 1))
			return h
	}
	return known ? 0 : -1
}

function growth(b, v, h)
{
	return times(rate(b, v, h) / rate(b, v, 1)) " times its one-hart " \
	    "rate, " sprintf("%.0f", \
	    100 * rate(b, v, h) / rate(b, v, 1) / h) " % of linear"
}

function scaling_sentences(b,    i, v, at, top)
{
	top = most_cores(b)
	for (i = 1; i <= nv; i++) {
		v = variant[i]
		at = stops_at(b, v)
		if (at > 0)
			print "- " code(v) " stops scaling at " n_harts(at) \
			    ": " growth(b, v, at) "." why(b, v, at)
		else if (at == 0 && has_rate(b, v, top))
			print "- " code(v) " scales to " n_harts(top) ": " \
			    growth(b, v, top) "."
	}
	print ""
}

# Where v waits at h harts, if lock statistics of that benchmark exist.
function why(b, v, h,    sum)
{
	if (!has(b, "locks", v, h, "operations"))
		return ""
	sum = all_waits(b, v, h)
	if (sum <= 0)
		return " No waiting for locks was seen there."
	return " It waits " num(sum) " µs for locks per " one_of(unit[b]) \
	    ", " top_class(b, v, h, sum) "."
}

# "71 % of it for `pagecount`"
function top_class(b, v, h, sum,    c, best)
{
	for (c = 1; c <= nclasses; c++)
		if (best == "" || wait_of(b, v, h, classes[c]) > \
		    wait_of(b, v, h, best))
			best = classes[c]
	return sprintf("%.0f", 100 * wait_of(b, v, h, best) / sum) \
	    " % of it for the lock class " code(best)
}

function rates_section(b)
{
	print "### " b ": " unit[b] " per second\n"
	picture("rate-" b, b ": rate against harts")
	if (b == "parwrite")
		print "A write is one by a child to a page that it shares. In " \
		    "`eager`, fork has made all copies before, which this " \
		    "rate leaves out.\n"
	rate_table(b)
	scaling_sentences(b)
}

# --- contention

function contention_section(b,    i, j, h, v, names, cells, n)
{
	print "## Contention per " one_of(unit[b]) "\n"
	n = 0
	for (i = 1; i <= nv; i++)
		for (j = 1; j <= nharts; j++)
			if (has(b, "time", variant[i], harts[j],
			    "contended/op")) {
				names[++n] = variant[i]
				break
			}
	if (n == 0) {
		print "No contention was recorded for " b ".\n"
		return
	}
	picture("contention-" b, b ": contention against harts")
	print "Contended acquisitions of the memory manager's locks, and " \
	    "spins on them, per " one_of(unit[b]) " of " b ". This says " \
	    "something for any number of harts; * marks more harts than " \
	    "host cores.\n"
	for (i = 1; i <= n; i++)
		cells[i] = code(names[i]) ": contended, spins"
	head("harts", cells, n)
	for (j = 1; j <= nharts; j++) {
		h = harts[j]
		cells[1] = h (crowded[h] ? " *" : "")
		for (i = 1; i <= n; i++) {
			v = names[i]
			cells[i + 1] = has(b, "time", v, h, "contended/op") ? \
			    num(median[b, "time", v, h, "contended/op"]) \
			    ", " num(median[b, "time", v, h, "spins/op"]) : "-"
		}
		row(cells, n + 1)
	}
	print ""
	for (i = 1; i <= n; i++)
		contention_sentence(b, names[i])
	print ""
}

# At the largest hart count measured.
function contention_sentence(b, v,    j, h)
{
	for (j = nharts; j > 0; j--)
		if (has(b, "time", v, harts[j], "contended/op"))
			break
	h = harts[j]
	print "- With " n_harts(h) ", " code(v) " finds a lock of the memory " \
	    "manager taken " num(median[b, "time", v, h, "contended/op"]) \
	    " times per " one_of(unit[b]) "."
}

# --- waiting

function waiting_section(b,    i, j, v, h, sum, any)
{
	for (i = 1; i <= nv; i++)
		for (j = 1; j <= nharts; j++)
			any += has(b, "locks", variant[i], harts[j],
			    "operations")
	if (!any)
		return
	seen_waiting = 1
	print "### " b "\n"
	picture("waiting-" b, b ": waiting by lock class")
	for (i = 1; i <= nv; i++) {
		v = variant[i]
		for (j = nharts; j > 0; j--)
			if (has(b, "locks", v, harts[j], "operations"))
				break
		if (j == 0)
			continue
		h = harts[j]
		sum = all_waits(b, v, h)
		print "- " code(v) " with " n_harts(h) \
		    (crowded[h] ? " (more than host cores)" : "") ": " \
		    num(sum) " µs waited per " one_of(unit[b]) \
		    (sum > 0 ? ", " top_class(b, v, h, sum) : "") "."
	}
	print ""
}

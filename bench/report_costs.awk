# Parts of the report (bench/report.awk): latencies and costs, locks, booting,
# and all of it beside Linux.

# --- costs

# One row: the value in each variant and its ratio to baseline's.
function cost_row(label, b, k, h, key, scale,    i, v, cells, base)
{
	base = has(b, k, "baseline", h, key) ? median[b, k, "baseline", h, key] : 0
	cells[1] = label
	for (i = 1; i <= nv; i++) {
		v = variant[i]
		cells[i + 1] = "-"
		if (!has(b, k, v, h, key))
			continue
		cells[i + 1] = num(median[b, k, v, h, key] * scale)
		if (v != "baseline" && base > 0)
			cells[i + 1] = cells[i + 1] " (" \
			    times(median[b, k, v, h, key] / base) ")"
	}
	row(cells, nv + 1)
}

function variant_head(first,    i, names)
{
	for (i = 1; i <= nv; i++)
		names[i] = code(variant[i])
	head(first, names, nv)
}

function forklat_harts(    j, i, list)
{
	for (j = 1; j <= nharts; j++)
		for (i = 1; i <= nv; i++)
			if (!crowded[harts[j]] && has("forklat", "time",
			    variant[i], harts[j], "null_ns")) {
				list = list " " harts[j]
				break
			}
	return list
}

function latency_section(    list, n, k)
{
	print "## Latency of fork\n"
	n = split(forklat_harts(), list, " ")
	if (n == 0 || nsizes == 0) {
		print "forklat was not measured.\n"
		return
	}
	for (k = 1; k <= n; k++)
		latency_table(list[k])
}

function latency_table(h,    p, j, i, name, label)
{
	picture("latency-" h, "latency of fork against memory")
	print "Microseconds by MiB written before, " n_harts(h) \
	    "; in brackets the ratio to `baseline`.\n"
	split("fork forkwait forkexec", name, " ")
	label["fork"] = "fork() alone"
	label["forkwait"] = "fork, exit, wait"
	label["forkexec"] = "fork, exec, wait"
	variant_head("what, MiB")
	for (p = 1; p <= 3; p++)
		for (j = 1; j <= nsizes; j++)
			for (i = 1; i <= nv; i++)
				if (has("forklat", "time", variant[i], h,
				    name[p] "_us_" size[j])) {
					cost_row(label[name[p]] ", " size[j],
					    "forklat", "time", h,
					    name[p] "_us_" size[j], 1)
					break
				}
	print ""
	for (i = 1; i <= nv; i++)
		latency_sentence(variant[i], h)
	print ""
}

# How fork() itself grows with memory, between the ends of what was measured.
function latency_sentence(v, h,    j, first, last, a, b)
{
	for (j = 1; j <= nsizes; j++)
		if (has("forklat", "time", v, h, "fork_us_" size[j])) {
			if (first == "")
				first = size[j]
			last = size[j]
		}
	if (first == last)
		return
	a = median["forklat", "time", v, h, "fork_us_" first]
	b = median["forklat", "time", v, h, "fork_us_" last]
	if (a > 0)
		print "- " code(v) ": fork() of " last " MiB takes " \
		    times(b / a) " times as long as of " first " MiB, " \
		    num((b - a) * 1000 / (last - first) / 256) \
		    " ns for each further page."
}

function costs_section(    list, n, k)
{
	print "## Costs of single events\n"
	n = split(forklat_harts(), list, " ")
	if (n == 0)
		print "forklat was not measured.\n"
	for (k = 1; k <= n; k++)
		costs_table(list[k])
}

function costs_table(h,    key, i, n)
{
	picture("costs-" h, "costs of faults")
	print "Microseconds, " n_harts(h) "; in brackets the ratio to " \
	    "`baseline`. In `eager` nothing is shared, so its copying and " \
	    "upgrading \"faults\" are plain writes; in `baseline` an " \
	    "upgrading fault copies.\n"
	variant_head("what")
	n = split("null_ns touch_ns zero_fill_ns cow_upgrade_ns cow_copy_ns " \
	    "wandered_cow_copy_ns pipe1_ns pipe2_ns", key, " ")
	for (i = 1; i <= n; i++)
		if (find("forklat", "time", h, key[i]))
			cost_row(event[key[i]], "forklat", "time", h, key[i],
			    0.001)
	print ""
	for (i = 1; i <= nv; i++)
		costs_sentence(variant[i], h, key, n)
	print ""
}

# What is dearest and cheapest against baseline.
function costs_sentence(v, h, key, n,    i, r, low, high, lowest, highest)
{
	if (v == "baseline")
		return
	for (i = 1; i <= n; i++) {
		if (!has("forklat", "time", v, h, key[i]) ||
		    !has("forklat", "time", "baseline", h, key[i]) ||
		    median["forklat", "time", "baseline", h, key[i]] <= 0)
			continue
		r = median["forklat", "time", v, h, key[i]] / \
		    median["forklat", "time", "baseline", h, key[i]]
		if (low == "" || r < lowest) {
			low = event[key[i]]
			lowest = r
		}
		if (high == "" || r > highest) {
			high = event[key[i]]
			highest = r
		}
	}
	if (low != "")
		print "- " code(v) " against `baseline`: from " times(lowest) \
		    " times (" low ") to " times(highest) " times (" high ")."
}

function name_events()
{
	event["null_ns"] = "null system call"
	event["touch_ns"] = "touch of a mapped page"
	event["zero_fill_ns"] = "zero-fill fault"
	event["cow_upgrade_ns"] = "upgrading fault"
	event["cow_copy_ns"] = "copying fault"
	event["wandered_cow_copy_ns"] = "copying fault after running on " \
	    "every hart"
	event["pipe1_ns"] = "pipe round trip on one hart"
	event["pipe2_ns"] = "pipe round trip across two"
}

# --- locks, boot

function locks_section(    j, k, v, h, kind, cells, n, any)
{
	print "## Kinds of locks\n"
	n = split("spin ticket mcs sleep", kind, " ")
	v = "scalable"
	for (j = 1; j <= nharts; j++)
		any += has("lockbench", "time", v, harts[j], "spin_per_s")
	if (!any) {
		print "lockbench was not measured.\n"
		return
	}
	print "All harts want one lock: acquisitions per second, and the " \
	    "slowest worker's share of the fastest's in permille. With more " \
	    "harts than host cores (*), a lock that queues waits for harts " \
	    "that the host does not run.\n"
	head("harts", kind, n)
	for (j = 1; j <= nharts; j++) {
		h = harts[j]
		if (!has("lockbench", "time", v, h, "spin_per_s"))
			continue
		cells[1] = h (crowded[h] ? " *" : "")
		for (k = 1; k <= n; k++)
			cells[k + 1] = has("lockbench", "time", v, h,
			    kind[k] "_per_s") ? num(median["lockbench", \
			    "time", v, h, kind[k] "_per_s"]) ", " \
			    num(median["lockbench", "time", v, h, \
			    kind[k] "_fair_permille"]) : "-"
		row(cells, n + 1)
	}
	print ""
}

function boot_section(    j, any)
{
	print "## Boot, run, power off\n"
	for (j = 1; j <= nharts; j++)
		any += find("boot", "boot", harts[j], "median_s")
	if (!any) {
		print "Booting was not measured.\n"
		return
	}
	print "Milliseconds that the host sees, QEMU's start and end " \
	    "included; in brackets the ratio to `baseline`.\n"
	variant_head("harts")
	for (j = 1; j <= nharts; j++)
		if (find("boot", "boot", harts[j], "median_s"))
			cost_row(harts[j] (crowded[harts[j]] ? " *" : ""),
			    "boot", "boot", harts[j], "median_s", 1000)
	print ""
}

# --- Linux

function linux_row(label, b, h, key, linux, scale,    i, v, cells, n, own)
{
	if (!has(b, "time", linux, h, key) ||
	    median[b, "time", linux, h, key] <= 0)
		return
	cells[1] = label ", " n_harts(h)
	cells[2] = num(median[b, "time", linux, h, key] * scale)
	n = 2
	for (i = 1; i <= nv; i++) {
		v = variant[i]
		if (is_linux(v))
			continue
		own = has(b, "time", v, h, key)
		cells[++n] = own ? num(median[b, "time", v, h, key] * scale) \
		    " (" times(median[b, "time", v, h, key] / \
		    median[b, "time", linux, h, key]) ")" : "-"
	}
	row(cells, n)
}

function linux_section(linux,    i, j, n, names, key, nkeys, k, h)
{
	print "## Beside " linux "\n"
	print "The same benchmarks on Linux in the same QEMU, without a C " \
	    "library and with 4 KiB pages. In brackets the variant's value " \
	    "over Linux's: rates want to be above 1, times below.\n"
	names[n = 1] = code(linux)
	for (i = 1; i <= nv; i++)
		if (!is_linux(variant[i]))
			names[++n] = code(variant[i])
	head("what", names, n)
	for (i = 1; i <= nbenches; i++)
		for (j = 1; j <= nharts; j++)
			if (!crowded[harts[j]])
				linux_row(benches[i] ", " unit[benches[i]] \
				    " per second", benches[i], harts[j],
				    "rate", linux, 1)
	nkeys = split("null_ns zero_fill_ns cow_upgrade_ns cow_copy_ns " \
	    "wandered_cow_copy_ns pipe1_ns pipe2_ns", key, " ")
	for (j = 1; j <= nharts; j++) {
		h = harts[j]
		if (crowded[h])
			continue
		for (k = 1; k <= nkeys; k++)
			linux_row(event[key[k]] ", µs", "forklat", h, key[k],
			    linux, 0.001)
		for (k = 1; k <= nsizes; k++) {
			linux_row("fork() alone at " size[k] " MiB, µs",
			    "forklat", h, "fork_us_" size[k], linux, 1)
			linux_row("fork, exit, wait at " size[k] " MiB, µs",
			    "forklat", h, "forkwait_us_" size[k], linux, 1)
		}
	}
	print ""
}

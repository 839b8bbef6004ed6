# Writes the data files of all plots into a directory, from bench/stats.awk's
# lines, and prints one line for each plot that there are data for:
#
#   NAME<tab>SCRIPT<tab>gnuplot assignments
#
#   awk -v dir=DIR -f bench/load.awk -f bench/plotdata.awk
#       bench/sweep.list STATS CSV

function file(name)
{
	return dir "/" plot "/" name
}

function new_plot(name)
{
	plot = name
	split("", shown)
	system("mkdir -p '" dir "/" name "'")
}

# Only the variants that have data are in the legend.
function emit(script, subject, shape, also, settings,    i, names)
{
	names = ""
	for (i = 1; i <= nv; i++)
		if (variant[i] in shown)
			names = names (names == "" ? "" : " ") variant[i]
	gsub("'", "''", subject)
	printf "%s\t%s\tdir='%s/%s'; variants='%s'; subject='%s'; " \
	    "shape='%s'; also='%s'; cores=%d; machine='%s'; %s\n", plot,
	    script, dir, plot, names, subject, shape, also, cores, machine(),
	    settings
}

# Where and when, the line at the bottom of each plot.
function machine(    text, qemu, commit)
{
	commit = said["commit"]
	sub(/\+.*$/, "+", commit) # changes on top, whichever
	qemu = said["qemu"]
	sub(/^.*version /, "", qemu)
	sub(/ .*$/, "", qemu)
	text = said["cpu"] ", " cores (cores == 1 ? " core" : " cores") \
	    "; QEMU " qemu "; commit " commit "; " date
	gsub("'", "", text) # would end a string of gnuplot's
	return text
}

# Tics at the values of a list.
function tics(list, n,    i, text)
{
	for (i = 1; i <= n; i++)
		text = text (i > 1 ? "," : "") list[i]
	return text
}

# --- rates against harts

function rate_plot(b,    i, j, v, h, low, top, highest)
{
	low = top = highest = 0
	new_plot("rate-" b)
	for (i = 1; i <= nv; i++) {
		v = variant[i]
		for (j = 1; j <= nharts; j++) {
			h = harts[j]
			if (!has(b, "time", v, h, "rate"))
				continue
			print h, summary(b, "time", v, h, "rate", 1) > \
			    file((crowded[h] ? "hollow-" : "solid-") v)
			shown[v] = 1
			top = larger(top, most[b, "time", v, h, "rate"])
			if (!low || least[b, "time", v, h, "rate"] < low)
				low = least[b, "time", v, h, "rate"]
			highest = larger(highest, h)
		}
		if (!has(b, "time", v, 1, "rate"))
			continue
		print median[b, "time", v, 1, "rate"] > file("one-" v)
		top = larger(top, median[b, "time", v, 1, "rate"] * \
		    (highest < cores ? highest : cores))
	}
	if (top == 0)
		return
	emit("rate.gp", b ": " unit[b] " per second as harts are added",
	    "points", "dashed: linear", sprintf("unit='%s per second'; " \
	    "harts_tics='%s'; " \
	    "most=%d; low=%.9g; top=%.9g", unit[b], tics(harts, nharts),
	    highest, low, top))
}

# --- contention per operation

# Writes one panel; returns "floor top".
function panel(b, key, name,    i, j, v, h, low, top, y)
{
	low = top = 0
	for (i = 1; i <= nv; i++)
		for (j = 1; j <= nharts; j++) {
			if (!has(b, "time", variant[i], harts[j], key))
				continue
			y = median[b, "time", variant[i], harts[j], key]
			if (y > 0 && (low == 0 || y < low))
				low = y
			top = larger(top, \
			    most[b, "time", variant[i], harts[j], key])
		}
	if (top == 0)
		top = low = 1
	# A decade below the smallest: the place of zero.
	low = exp(log(10) * (int(log(low) / log(10) + 100) - 101))
	for (i = 1; i <= nv; i++) {
		v = variant[i]
		for (j = 1; j <= nharts; j++) {
			h = harts[j]
			if (!has(b, "time", v, h, key))
				continue
			y = sprintf("%d %.9g %.9g %.9g", h,
			    larger(low, median[b, "time", v, h, key]),
			    larger(low, least[b, "time", v, h, key]),
			    larger(low, most[b, "time", v, h, key]))
			print y > file(name "-all-" v)
			print y > file(name (crowded[h] ? "-hollow-" : \
			    "-solid-") v)
			shown[v] = any = 1
		}
	}
	return low " " top
}

function contention_plot(b,    first, second)
{
	any = 0
	new_plot("contention-" b)
	split(panel(b, "contended/op", "contended"), first, " ")
	split(panel(b, "spins/op", "spins"), second, " ")
	if (any)
		emit("contention.gp", b ": contention for the memory " \
		    "manager's locks, per " one_of(unit[b]), "points",
		    "hollow: harts > cores", sprintf("harts_tics='%s'; most=%d; " \
		    "floor1=%.9g; top1=%.9g; floor2=%.9g; top2=%.9g",
		    tics(harts, nharts), harts[nharts], first[1], first[2],
		    second[1], second[2]))
}

# --- waiting by lock class

# One bar; returns its height.
function wait_bar(b, v, h, at,    i, sum, rest, low, high, line, key)
{
	rest = sum = all_waits(b, v, h)
	low = high = 0
	line = ""
	for (i = 1; i <= class[0]; i++) {
		key = wait_key(class[i])
		rest -= median[b, "locks", v, h, key]
		low += least[b, "locks", v, h, key]
		high += most[b, "locks", v, h, key]
		line = line sprintf(" %.6g", median[b, "locks", v, h, key])
	}
	rest = rest > 0 ? rest : 0
	printf "%d \"%s\" %.6g %.6g %.6g%s %.6g\n", at, v, sum,
	    low + rest, high + rest, line, rest > file("waiting")
	return high + rest
}

function waiting_plot(b,    i, j, h, at, from, top, names)
{
	new_plot("waiting-" b)
	rank_classes(b, "", 7)
	at = top = 0
	for (j = 1; j <= nharts; j++) {
		h = harts[j]
		from = at + 1
		for (i = 1; i <= nv; i++)
			if (has(b, "locks", variant[i], h, "operations"))
				top = larger(top,
				    wait_bar(b, variant[i], h, ++at))
		if (at < from)
			continue
		printf "set label %d '%s%s' at first %g, screen 0.1 center " \
		    "textcolor rgb ink\n",
		    100 + j, h (h == 1 ? " hart" : " harts"),
		    crowded[h] ? " *" : "", (from + at) / 2 > \
		    file("groups.gp")
		at++
	}
	if (at == 0)
		return
	for (i = 1; i <= class[0]; i++)
		names = names class[i] " "
	split("", shown) # the legend is of classes
	emit("waiting.gp", b ": time waited for locks per " one_of(unit[b]) \
	    ", by lock class", "boxes", "", sprintf("unit='%s'; " \
	    "classes='%s'; top=%.9g; bars=%d; crowded=%d", one_of(unit[b]),
	    names "others", top > 0 ? top : 1, at - 1,
	    crowded[harts[nharts]]))
}

# --- fork latency

# A size of 0 has its tic where it is drawn.
function size_tics(low,    i, text)
{
	for (i = 1; i <= nsizes; i++)
		text = text (i > 1 ? "," : "") (size[i] > 0 ? size[i] : \
		    "\"0\" " low)
	return text
}

function latency_plot(h,    p, i, j, v, key, panels, name, low, top, floor)
{
	new_plot("latency-" h)
	low = nsizes > 1 ? size[2] / 4 : 0.25
	if (nsizes && size[1] > 0)
		low = size[1]
	top = floor = 0
	split("fork forkwait forkexec", name, " ")
	for (p = 1; p <= 3; p++) {
		if (!(name[p] in in_panel))
			continue
		panels = panels (panels == "" ? "" : " ") name[p]
		for (i = 1; i <= nv; i++)
			for (j = 1; j <= nsizes; j++) {
				v = variant[i]
				key = name[p] "_us_" size[j]
				if (!has("forklat", "time", v, h, key))
					continue
				shown[v] = 1
				print larger(low, size[j]),
				    summary("forklat", "time", v, h, key, 1) > \
				    file(name[p] "-" v)
				top = larger(top, \
				    most["forklat", "time", v, h, key])
				key = least["forklat", "time", v, h, key]
				if (key > 0 && (floor == 0 || key < floor))
					floor = key
			}
	}
	if (top > 0)
		emit("latency.gp", "Latency of fork against the memory " \
		    "written before, " h (h == 1 ? " hart" : " harts"),
		    "points", "", sprintf("smallest=%g; largest=%g; " \
		    "floor=%g; top=%g; panels='%s'; sizes_tics='%s'", low,
		    size[nsizes], floor, top, panels, size_tics(low)))
}

# --- costs of single events

# names: "key=label,key=label".
function costs_plot(b, kind, h, name, names, scale, unit_, subject,
    part, pair, n, i, g, v, top, seen, groups)
{
	new_plot(name)
	n = split(names, part, ",")
	groups = top = 0
	for (g = 1; g <= n; g++) {
		split(part[g], pair, "=")
		seen = 0
		for (i = 1; i <= nv; i++) {
			v = variant[i]
			if (!has(b, kind, v, h, pair[1]))
				continue
			if (!seen++)
				printf "set xtics %s (\"%s\" %d)\n",
				    groups ? "add" : "", pair[2], ++groups > \
				    file("groups.gp")
			shown[v] = 1
			print groups, summary(b, kind, v, h, pair[1], scale) > \
			    file("bars-" v)
			top = larger(top, most[b, kind, v, h, pair[1]] * scale)
		}
	}
	if (groups)
		emit("costs.gp", subject, "boxes", "", sprintf("unit='%s'; " \
		    "top=%.9g; groups=%d", unit_, top, groups))
}

END {
	loaded()
	cores = said["cores"] + 0
	for (k = 1; k <= nbenches; k++)
		rate_plot(benches[k])
	contention_plot("parfork")
	for (k = 1; k <= nbenches; k++)
		waiting_plot(benches[k])
	for (k = 1; k <= nharts; k++) {
		h = harts[k]
		if (crowded[h])
			continue
		latency_plot(h)
		costs_plot("forklat", "time", h, "costs-" h,
		    "null_ns=null\\nsystem call,touch_ns=touch of a\\nmapped page," \
		    "zero_fill_ns=zero-fill\\nfault," \
		    "cow_upgrade_ns=upgrading\\nfault," \
		    "cow_copy_ns=copying\\nfault," \
		    "wandered_cow_copy_ns=copying fault\\nafter wandering",
		    0.001, "microseconds", "Cost of a system call and of each " \
		    "kind of page fault, " h (h == 1 ? " hart" : " harts"))
	}
}

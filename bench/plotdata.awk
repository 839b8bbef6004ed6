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
	emit_of(names, script, subject, shape, also, settings, machine())
}

function emit_of(names, script, subject, shape, also, settings, where)
{
	gsub("'", "''", subject)
	gsub("'", "''", where)
	printf "%s\t%s\tdir='%s/%s'; variants='%s'; subject='%s'; " \
	    "shape='%s'; also='%s'; cores=%d; machine='%s'; %s\n", plot,
	    script, dir, plot, names, subject, shape, also, cores, where,
	    settings
}

# Where and when, the line at the bottom of each plot.
function machine()
{
	return said["cpu"] ", " cores (cores == 1 ? " core" : " cores") "; " \
	    software()
}

function software(    qemu, commit)
{
	commit = said["commit"]
	sub(/\+.*$/, "+", commit) # changes on top, whichever
	qemu = said["qemu"]
	sub(/^.*version /, "", qemu)
	sub(/ .*$/, "", qemu)
	return "QEMU " qemu "; commit " commit "; " date
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

# --- modelled

# Points of one figure over harts; returns "least largest", of none "0 0".
function modelled_points(b, k, name,    i, j, v, h, y, low, top, kind)
{
	low = top = 0
	for (i = 1; i <= nmv; i++) {
		v = mvariant[i]
		if (!has(b, k, v, 1, "rate"))
			continue
		for (j = 1; j <= nmharts; j++) {
			h = mharts[j]
			y = efficiency(b, k, v, h)
			if (y < 0)
				continue
			if (name == "speedup")
				y *= h / 100
			print h, y > file("all-" v)
			kind = broken(b, k, v, h) ? "broken-" : "good-"
			print h, y > file(kind v)
			any_broken = any_broken || kind == "broken-"
			shown[v] = 1
			low = low == 0 || y < low ? y : low
			top = larger(top, y)
		}
	}
	return low " " top
}

function modelled_names(    i, names)
{
	for (i = 1; i <= nmv; i++)
		if (mvariant[i] in shown)
			names = names (names == "" ? "" : " ") mvariant[i]
	return names
}

function modelled(p)
{
	return "modelled (profile " p ")"
}

function modelled_where(p)
{
	return "machine of the profile " p ", not the host's time; " software()
}

function against_harts_plot(b, p, name, what, script,    range, j, h, also)
{
	new_plot("model-" p "-" name "-" b)
	any_broken = 0
	split(modelled_points(b, model_kind(p), name), range, " ")
	if (range[2] == 0 || nmharts < 2)
		return
	for (j = 1; j <= nmharts; j++) {
		h = mharts[j]
		if (name == "efficiency" && target(b, h))
			print h, target(b, h) > file("targets")
	}
	also = name == "speedup" ? "dashed: ideal" : ""
	if (any_broken)
		also = also (also == "" ? "" : "; ") \
		    "crossed: breaks, not to be trusted"
	emit_of(modelled_names(), script, b ": " what ", " modelled(p),
	    "points", also,
	    sprintf("harts_tics='%s'; most=%d; low=%.9g; top=%.9g",
	    tics(mharts, nmharts), mharts[nmharts], range[1], range[2]),
	    modelled_where(p))
}

# 7.2M, 62k
function short_number(x)
{
	return x >= 1e7 ? sprintf("%.0fM", x / 1e6) : \
	    x >= 1e6 ? sprintf("%.1fM", x / 1e6) : \
	    x >= 1e4 ? sprintf("%.0fk", x / 1e3) : \
	    x >= 1e3 ? sprintf("%.1fk", x / 1e3) : sprintf("%.0f", x)
}

# One bar: percent of each kind of cost.
function cost_bar(b, k, v, h, at,    i, sum, line, x)
{
	for (i = 1; i <= ncosts; i++) {
		x = has(b, k, v, h, "cost." cost[i] "/op") ? \
		    median[b, k, v, h, "cost." cost[i] "/op"] : 0
		sum += part_of[i] = x
	}
	for (i = 1; i <= ncosts; i++)
		line = line sprintf(" %.6g", \
		    sum > 0 ? 100 * part_of[i] / sum : 0)
	printf "%d \"%s\" \"%s%s\"%s\n", at, v, short_number(sum),
	    broken(b, k, v, h) ? "!" : "", line > file("costs")
}

function cycles_plot(b, p,    k, i, j, h, v, at, from)
{
	k = model_kind(p)
	new_plot("model-" p "-cycles-" b)
	ncosts = split("instructions miss transfer queue spin device idle end",
	    cost, " ")
	at = any_broken = 0
	for (j = 1; j <= nmharts; j++) {
		h = mharts[j]
		from = at + 1
		for (i = 1; i <= nmv; i++) {
			v = mvariant[i]
			if (!has(b, k, v, h, "cost.instructions/op"))
				continue
			cost_bar(b, k, v, h, ++at)
			any_broken = any_broken || broken(b, k, v, h)
		}
		if (at < from)
			continue
		printf "set label %d '%s%s' at first %g, screen 0.1 center " \
		    "textcolor rgb ink\n", 100 + j, h,
		    h == 1 ? " hart" : " harts", (from + at) / 2 > \
		    file("groups.gp")
		at++
	}
	if (at == 0)
		return
	emit_of("", "cycles.gp", b ": where all harts' cycles go, " \
	    modelled(p), "boxes", "", sprintf("unit='%s'; bars=%d; " \
	    "crowded=%d", one_of(unit[b]), at - 1, any_broken),
	    modelled_where(p))
}

END {
	loaded()
	cores = said["cores"] + 0
	for (k = 1; k <= nbenches; k++)
		rate_plot(benches[k])
	contention_plot("parfork")
	for (k = 1; k <= nbenches; k++)
		waiting_plot(benches[k])
	for (i = 1; i <= nprofiles; i++)
		for (k = 1; k <= nbenches; k++) {
			against_harts_plot(benches[k], profile[i], "speedup",
			    "speed-up over one hart", "speedup.gp")
			against_harts_plot(benches[k], profile[i], "efficiency",
			    "efficiency", "efficiency.gp")
			cycles_plot(benches[k], profile[i])
		}
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

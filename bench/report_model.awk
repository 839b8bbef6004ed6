# Parts of the report (bench/report.awk): what the coherence model says.  All
# of it says of which machine it is; no table mixes it with host time but the
# one that compares the two, which says so.

# Where an efficiency is called the end of scaling, in percent.
function stops_below() { return 50 }

function percent(x)
{
	return sprintf(x >= 1 || x == 0 ? "%.1f %%" : "%.2g %%", x)
}

function profile_word(p) { return "profile " code(p) }

# ! where the figures are not to be trusted.
function warning(b, k, v, h) { return broken(b, k, v, h) ? " !" : "" }

function has_model(b, k,    i, j)
{
	for (i = 1; i <= nmv; i++)
		for (j = 1; j <= nmharts; j++)
			if (has(b, k, mvariant[i], mharts[j], "rate"))
				return 1
	return 0
}

# The largest hart count that a variant was modelled at.
function most_modelled(b, k, v,    j)
{
	for (j = nmharts; j > 0; j--)
		if (has(b, k, v, mharts[j], "rate"))
			return mharts[j]
	return 0
}

# The rate of scalable over baseline's; "" if one is missing.
function ahead(b, k, h)
{
	if (!has(b, k, "scalable", h, "rate") ||
	    !has(b, k, "baseline", h, "rate") ||
	    median[b, k, "baseline", h, "rate"] <= 0)
		return ""
	return median[b, k, "scalable", h, "rate"] / \
	    median[b, k, "baseline", h, "rate"]
}

# --- efficiency

function efficiency_cell(b, k, v, h,    e)
{
	if (!has(b, k, v, h, "rate"))
		return "-"
	e = efficiency(b, k, v, h)
	return num(median[b, k, v, h, "rate"]) \
	    (e < 0 ? "" : ", " percent(e)) warning(b, k, v, h)
}

function efficiency_table(b, k,    i, j, h, n, names, cells, factor)
{
	for (i = 1; i <= nmv; i++)
		names[++n] = code(mvariant[i]) ": rate, efficiency"
	names[++n] = "`scalable` over `baseline`"
	names[++n] = "target for `scalable`"
	head("harts", names, n)
	for (j = 1; j <= nmharts; j++) {
		h = mharts[j]
		cells[1] = h
		for (i = 1; i <= nmv; i++)
			cells[i + 1] = efficiency_cell(b, k, mvariant[i], h)
		factor = ahead(b, k, h)
		cells[nmv + 2] = factor == "" ? "-" : times(factor)
		cells[nmv + 3] = verdict(b, k, h)
		row(cells, nmv + 3)
	}
	print ""
}

function verdict(b, k, h,    e)
{
	if (!target(b, h))
		return "-"
	e = efficiency(b, k, "scalable", h)
	return target(b, h) " %" (e < 0 ? "" : \
	    e >= target(b, h) ? ", met" : ", missed")
}

# --- where it stops

# Sums a point's hottest lines up by what is on them; returns the class with
# most cycles, and sets class_cycles and class_lines to what it has.
function hottest_class(b, k, v, h,    at, r, c, best, sum, lines)
{
	at = b SUBSEP k SUBSEP v SUBSEP h
	for (r = 1; at in nhot && r <= nhot[at]; r++) {
		c = hot[at, r, "class"]
		sum[c] += hot[at, r, "cycles"]
		lines[c]++
		if (best == "" || sum[c] > sum[best])
			best = c
	}
	class_cycles = sum[best] + 0
	class_lines = lines[best]
	return best
}

function all_costs(b, k, v, h,    n, i, what, sum)
{
	n = split("instructions miss transfer queue spin device idle end",
	    what, " ")
	for (i = 1; i <= n; i++)
		if (has(b, k, v, h, "cost." what[i] "/op"))
			sum += median[b, k, v, h, "cost." what[i] "/op"]
	return sum + 0
}

# " 71 % of all cycles are spent spinning, ...": where they go, and the line
# that costs most.
function lost_to(b, k, v, h,    sum, class, spin, moved)
{
	sum = all_costs(b, k, v, h)
	if (sum <= 0)
		return ""
	spin = 100 * median[b, k, v, h, "cost.spin/op"] / sum
	moved = 100 * (median[b, k, v, h, "cost.transfer/op"] + \
	    median[b, k, v, h, "cost.queue/op"]) / sum
	class = hottest_class(b, k, v, h)
	return " Of all cycles there, " percent(spin) " are spent spinning " \
	    "and " percent(moved) " on lines that other harts have" \
	    (class == "" ? "" : "; the hottest is " code(class) ", " \
	    (class_lines > 1 ? "on " class_lines " of the hottest lines " \
	    "alone " : "") percent(100 * class_cycles / sum) \
	    " of all cycles") "."
}

function stop_sentence(b, k, v,    j, h, last, e)
{
	for (j = 1; j <= nmharts; j++) {
		h = mharts[j]
		e = efficiency(b, k, v, h)
		if (h == 1 || e < 0)
			continue
		last = h
		if (e < stops_below()) {
			print "- " code(v) " stops at " n_harts(h) \
			    ": efficiency " percent(e) warning(b, k, v, h) \
			    "." lost_to(b, k, v, h)
			return
		}
	}
	if (last)
		print "- " code(v) " does not stop up to " n_harts(last) \
		    ": efficiency " percent(efficiency(b, k, v, last)) \
		    warning(b, k, v, last) "." lost_to(b, k, v, last)
}

function ahead_sentence(b, k,    n, i, h, factor, list, m)
{
	n = split("8 16 32 64", h, " ")
	for (i = 1; i <= n; i++)
		if ((factor = ahead(b, k, h[i])) != "")
			list[++m] = times(factor) " times at " n_harts(h[i])
	if (m)
		print "- `scalable` is ahead of `baseline` by " join(list, m) \
		    "."
}

function spread_sentence(b, k,    i, j, v, h, s, worst, where, any)
{
	for (i = 1; i <= nmv; i++)
		for (j = 1; j <= nmharts; j++) {
			v = mvariant[i]
			h = mharts[j]
			if (!has(b, k, v, h, "rate") ||
			    samples[b, k, v, h] < 2)
				continue
			any = 1
			s = 100 * (most[b, k, v, h, "rate"] - \
			    least[b, k, v, h, "rate"]) / \
			    median[b, k, v, h, "rate"]
			if (s >= worst) {
				worst = s
				where = code(v) " at " n_harts(h) ", " \
				    samples[b, k, v, h] " times"
			}
		}
	if (any)
		print "- Repeated points differ by at most " \
		    sprintf("%.2f %%", worst) " from the least to the most (" \
		    where ")."
}

# --- the hottest lines

function hot_table(b, k, v, h, atmost,    at, r, n, cells, names)
{
	at = b SUBSEP k SUBSEP v SUBSEP h
	if (!(at in nhot))
		return
	print "Hottest lines of " code(v) " with " n_harts(h) \
	    warning(b, k, v, h) ", per " one_of(unit[b]) ":\n"
	n = split("transfers;cycles;of these queueing;harts;who takes it, " \
	    "after whom", names, ";")
	head("line", names, n)
	for (r = 1; r <= nhot[at] && r <= atmost; r++) {
		cells[1] = code(plain_text(hot[at, r, "object"]))
		cells[2] = num(hot[at, r, "transfers"])
		cells[3] = num(hot[at, r, "cycles"])
		cells[4] = num(hot[at, r, "queue"])
		cells[5] = hot[at, r, "sharers"]
		cells[6] = code(hot[at, r, "taker"]) " after " \
		    code(hot[at, r, "holder"])
		row(cells, 6)
	}
	print ""
}

function plain_text(text)
{
	gsub(/;/, ",", text)
	gsub(/[|`]/, " ", text)
	return text
}

# --- sections

function model_bench(b, p,    k, i, v)
{
	k = model_kind(p)
	print "### " b ": " unit[b] " per second at 1 GHz, modelled (" \
	    profile_word(p) ")\n"
	picture("model-" p "-speedup-" b, b ": modelled speed-up")
	picture("model-" p "-efficiency-" b, b ": modelled efficiency")
	efficiency_table(b, k)
	for (i = 1; i <= nmv; i++)
		stop_sentence(b, k, mvariant[i])
	ahead_sentence(b, k)
	spread_sentence(b, k)
	print ""
	picture("model-" p "-cycles-" b, b ": where the cycles go, modelled")
	for (i = 1; i <= nmv; i++) {
		v = mvariant[i]
		hot_table(b, k, v, most_modelled(b, k, v), 8)
	}
}

function model_section(    i, p, any)
{
	print "## Modelled scaling\n"
	if (nprofiles == 0) {
		print "Nothing was modelled (`make sweep MODEL=1`).\n"
		return
	}
	print "These figures are not of the host's clock: the coherence " \
	    "model of `bench/model` counts the cycles that harts of the " \
	    "machine in a profile would take, each on a core of its own, so " \
	    "they go on beyond the host's cores. Efficiency is the rate at N " \
	    "harts over N times that at one.\n"
	for (p = 1; p <= nprofiles; p++)
		for (i = 1; i <= nbenches; i++)
			if (has_model(benches[i], model_kind(profile[p])))
				model_bench(benches[i], profile[p])
	for (p = 1; p <= nprofiles; p++)
		model_costs(profile[p])
	for (p = 1; p <= nprofiles; p++)
		agreement(profile[p])
	limits_of_the_model()
	breaks_section()
}

# forklat's quantities, in cycles.
function model_costs(p,    k, n, key, i, j, any)
{
	k = model_kind(p)
	n = split("null_ns zero_fill_ns cow_upgrade_ns cow_copy_ns " \
	    "wandered_cow_copy_ns pipe1_ns pipe2_ns", key, " ")
	for (i = 1; i <= n; i++)
		for (j = 1; j <= nmharts; j++)
			any += modelled_cost(k, mharts[j], key[i] "_cycles")
	if (!any)
		return
	print "### Single events in cycles, modelled (" profile_word(p) ")\n"
	variant_names(any_names)
	head("what", any_names, nmv)
	for (j = 1; j <= nmharts; j++)
		for (i = 1; i <= n; i++)
			if (modelled_cost(k, mharts[j], key[i] "_cycles"))
				model_cost_row(event[key[i]] ", " \
				    n_harts(mharts[j]), k, mharts[j],
				    key[i] "_cycles")
	print ""
}

function variant_names(list,    i)
{
	for (i = 1; i <= nmv; i++)
		list[i] = code(mvariant[i])
}

function modelled_cost(k, h, key,    i)
{
	for (i = 1; i <= nmv; i++)
		if (has("forklat", k, mvariant[i], h, key))
			return 1
	return 0
}

function model_cost_row(label, k, h, key,    i, cells)
{
	cells[1] = label
	for (i = 1; i <= nmv; i++)
		cells[i + 1] = has("forklat", k, mvariant[i], h, key) ? \
		    num(median["forklat", k, mvariant[i], h, key]) : "-"
	row(cells, nmv + 1)
}

# --- beside the clock

# parfork with 2 harts over 1, in the model and by the clock.
function agreement(p,    b, k, i, v, n, names, cells, m, c, any)
{
	b = "parfork"
	k = model_kind(p)
	print "### The model beside the clock (" profile_word(p) ")\n"
	for (i = 1; i <= nmv; i++)
		any += comparable(b, k, mvariant[i])
	if (!any) {
		print "parfork was not both modelled and timed with 1 and 2 " \
		    "harts, on a host with 2 cores: whether model and clock " \
		    "agree is unknown.\n"
		return
	}
	print "parfork's rate with 2 harts over that with 1: modelled, and by " \
	    "the host's clock.\n"
	n = split("modelled;by the clock;modelled against clock", names, ";")
	head("variant", names, n)
	for (i = 1; i <= nmv; i++) {
		v = mvariant[i]
		if (!comparable(b, k, v))
			continue
		m = two_over_one(b, k, v)
		c = two_over_one(b, "time", v)
		cells[1] = code(v)
		cells[2] = times(m) warning(b, k, v, 2)
		cells[3] = times(c)
		cells[4] = sprintf("%+.0f %%", 100 * (m / c - 1))
		row(cells, 4)
	}
	print ""
	ranking_sentence(b, k, 1)
	ranking_sentence(b, k, 2)
	print "- The clock is that of harts which QEMU translates: its " \
	    "instructions have very different costs, and locks and TLB " \
	    "flushes are the host's. A ratio is compared here, not a time.\n"
}

function two_over_one(b, k, v)
{
	return median[b, k, v, 2, "rate"] / median[b, k, v, 1, "rate"]
}

function comparable(b, k, v)
{
	return has(b, k, v, 1, "rate") && has(b, k, v, 2, "rate") && \
	    has(b, "time", v, 1, "rate") && has(b, "time", v, 2, "rate") && \
	    !crowded[2] && median[b, k, v, 1, "rate"] > 0 && \
	    median[b, "time", v, 1, "rate"] > 0 && \
	    median[b, "time", v, 2, "rate"] > 0
}

# Variants that were both modelled and timed, fastest first.
function ranking(b, k, other, h, list,    i, j, n, v)
{
	for (i = 1; i <= nmv; i++) {
		v = mvariant[i]
		if (!has(b, k, v, h, "rate") || !has(b, other, v, h, "rate"))
			continue
		for (j = n++; j > 0 && median[b, k, list[j], h, "rate"] < \
		    median[b, k, v, h, "rate"]; j--)
			list[j + 1] = list[j]
		list[j + 1] = v
	}
	return n + 0
}

function ranking_sentence(b, k, h,    n, i, m, c, mtext, ctext)
{
	n = ranking(b, k, "time", h, m)
	ranking(b, "time", k, h, c)
	if (n < 2)
		return
	for (i = 1; i <= n; i++) {
		mtext = mtext (i > 1 ? ", " : "") code(m[i])
		ctext = ctext (i > 1 ? ", " : "") code(c[i])
	}
	print "- With " n_harts(h) ", fastest first, " (mtext == ctext ? \
	    "model and clock agree: " mtext : \
	    "they disagree: modelled " mtext "; by the clock " ctext) "."
}

# --- what it is worth

function limits_of_the_model()
{
	print "### What is modelled and what is not\n"
	print "- Modelled: one cycle for an instruction; a directory of " \
	    "64-byte lines, whose costs (from memory, from another hart, " \
	    "from another cluster) are the profile's; a line passes one " \
	    "hart at a time, and others queue for it; atomics, spinning, " \
	    "interrupts between harts, device accesses, sleep in WFI."
	print "- Not modelled: out-of-order execution, which hides some of " \
	    "these waits; limits of bandwidth, other than one line at a " \
	    "time; the size of caches, so that a line once read stays until " \
	    "another hart writes it; fetching of instructions; the TLB, its " \
	    "misses and page walks."
	print "- Timers and the disk keep the host's time."
	print "- Lines that harts merely read together cost nothing once " \
	    "everyone has them.\n"
}

function breaks_section(    b, k, p, i, j, n, any)
{
	print "### Breaks\n"
	for (p = 1; p <= nprofiles; p++) {
		k = model_kind(profile[p])
		for (b = 1; b <= nbenches; b++)
			for (i = 1; i <= nmv; i++)
				for (j = 1; j <= nmharts; j++)
					any += break_line(benches[b], k,
					    mvariant[i], mharts[j])
	}
	print any ? "\nHarts ran out of order there: these figures, marked " \
	    "with ! above, are not to be trusted.\n" : \
	    "No region had any: harts always ran in the order of their " \
	    "clocks.\n"
}

function break_line(b, k, v, h)
{
	if (!broken(b, k, v, h))
		return 0
	print "- " b ", " code(v) ", " n_harts(h) ", profile " \
	    code(substr(k, 7)) ": " most[b, k, v, h, "model_breaks"] \
	    (most[b, k, v, h, "model_breaks"] == 1 ? " break" : " breaks")
	return 1
}

# For the report's beginning.
function model_in_short(    p, k, b, v, h, factor)
{
	b = "parfork"
	for (p = 1; p <= nprofiles; p++) {
		k = model_kind(profile[p])
		h = most_modelled(b, k, "scalable")
		if (h < 2 || efficiency(b, k, "scalable", h) < 0)
			continue
		factor = ahead(b, k, h)
		print "- Modelled (" profile_word(profile[p]) "), " \
		    "`scalable` has " \
		    percent(efficiency(b, k, "scalable", h)) \
		    " of linear growth at " n_harts(h) \
		    warning(b, k, "scalable", h) (factor == "" ? "" : \
		    ", " times(factor) " × baseline") "."
	}
}

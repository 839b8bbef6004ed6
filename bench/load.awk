# The statistics of a sweep in arrays, for the programs that draw and tell:
#
#   awk -f bench/load.awk -f PROGRAM bench/sweep.list STATS [CSV [LINES]]
#
# PROGRAM has only an END, which calls loaded() first.  Then there are
#
#   benches[1..nbenches], unit[bench]     of the list
#   variant[1..nv]                        from eager to lazy, then Linux
#   harts[1..nharts], crowded[harts]      crowded: more than the host's cores
#   profile[1..nprofiles]                 machines that were modelled; their
#                                         points are of kind model_kind(profile)
#   mvariant[1..nmv], mharts[1..nmharts]  variants and harts of modelled points:
#                                         those above have none of these
#   hot[bench, kind, variant, harts, rank, column]
#   nhot[bench, kind, variant, harts]     the hottest lines; columns by name
#   median[bench, kind, variant, harts, key], least[...], most[...]
#   samples[bench, kind, variant, harts]  points with a rate
#   failed[bench, kind, variant, harts]   points without a result
#   size[1..nsizes]                       forklat's, MiB
#   waited[bench, variant, class]         us per operation, all hart counts
#   said[key]                             "# key: value" of the CSV, the last
#   date                                  of its last good point
#   commits[1..ncommits]                  of all its good points
#
# Ask has() before reading median: reading an element makes it.

function has(b, k, v, h, key) { return (b, k, v, h, key) in median }

# "median min max"
function summary(b, k, v, h, key, scale)
{
	return sprintf("%.9g %.9g %.9g", median[b, k, v, h, key] * scale,
	    least[b, k, v, h, key] * scale, most[b, k, v, h, key] * scale)
}

function larger(a, b) { return a > b ? a : b }

function one_of(many)
{
	return many ~ /s$/ ? substr(many, 1, length(many) - 1) : many
}

function sort(list, n,    i, j, hold)
{
	for (i = 2; i <= n; i++) {
		hold = list[i]
		for (j = i - 1; j > 0 && list[j] > hold; j--)
			list[j + 1] = list[j]
		list[j + 1] = hold
	}
}

function model_kind(p) { return "model-" p }

# Does a modelled point have no figures to be trusted, for breaks of the
# watchdog in any repeat?
function broken(b, k, v, h)
{
	return has(b, k, v, h, "model_breaks") && \
	    most[b, k, v, h, "model_breaks"] > 0
}

# Rate at h harts over h times that at one, in percent; -1 if one is missing.
function efficiency(b, k, v, h)
{
	if (!has(b, k, v, h, "rate") || !has(b, k, v, 1, "rate") ||
	    median[b, k, v, 1, "rate"] <= 0)
		return -1
	return 100 * median[b, k, v, h, "rate"] / h / \
	    median[b, k, v, 1, "rate"]
}

# The efficiency that scalable is meant to have, in percent; 0 if nobody said.
function target(b, h)
{
	if (b == "parfork" || b == "pagefault")
		return h == 8 ? 95 : h == 32 ? 90 : h == 64 ? 85 : 0
	return b == "forkexec" && h == 16 ? 80 : 0
}

function is_linux(v) { return v ~ /^linux/ }

# The order of the ladder, whatever the order of the measurements; returns how
# many.
function order_variants(found, list,    known, m, n, i, v)
{
	m = split("eager baseline scalable lazy", known, " ")
	for (i = 1; i <= m; i++)
		if (known[i] in found)
			list[++n] = known[i]
	for (i = 1; i <= m; i++)
		delete found[known[i]]
	for (v in found)
		if (!is_linux(v))
			list[++n] = v
	for (v in found)
		if (is_linux(v))
			list[++n] = v
	return n + 0
}

function loaded()
{
	nv = order_variants(is_variant, variant)
	nmv = order_variants(is_mvariant, mvariant)
	sort(harts, nharts)
	sort(mharts, nmharts)
	sort(size, nsizes)
}

# --- waiting

function wait_key(class) { return "lock." class ".wait_us/op" }

function wait_of(b, v, h, class)
{
	return has(b, "locks", v, h, wait_key(class)) ? \
	    median[b, "locks", v, h, wait_key(class)] : 0
}

function all_waits(b, v, h,    c, sum)
{
	sum = 0
	for (c = 1; c <= nclasses; c++)
		sum += wait_of(b, v, h, classes[c])
	return sum
}

# class[1..class[0]]: the classes that are waited for longest, at most so
# many, in all variants or in one ("": all).
function rank_classes(b, v, atmost,    n, c, i, best, most_, sum, taken)
{
	for (n = 0; n < atmost; n++) {
		most_ = 0
		for (c = 1; c <= nclasses; c++) {
			if (classes[c] in taken)
				continue
			sum = 0
			for (i = 1; i <= nv; i++)
				if ((v == "" || v == variant[i]) &&
				    (b, variant[i], classes[c]) in waited)
					sum += waited[b, variant[i], classes[c]]
			if (sum > most_) {
				most_ = sum
				best = classes[c]
			}
		}
		if (most_ == 0)
			break
		taken[best] = 1
		class[n + 1] = best
	}
	class[0] = n
}

# --- reading

function see_timed(v, h, over)
{
	if (!(h in crowded))
		harts[++nharts] = h + 0
	crowded[h] = over + 0
	is_variant[v] = 1
}

function see_modelled(k, v, h)
{
	if (!((k, "") in is_mharts))
		profile[++nprofiles] = substr(k, 7)
	if (!(h in is_mharts))
		mharts[++nmharts] = h + 0
	is_mharts[k, ""] = is_mharts[h] = 1
	is_mvariant[v] = 1
}

FNR == 1 { nth_file++ }

nth_file == 1 {
	if ($0 !~ /^[ \t]*(#|$)/) {
		split($0, field, / +\| +/)
		benches[++nbenches] = field[1]
		unit[field[1]] = field[8]
	}
	next
}

nth_file == 2 {
	split($0, field, "\t")
	if (field[2] ~ /^model-/)
		see_modelled(field[2], field[3], field[4])
	else
		see_timed(field[3], field[4], field[5])
	if (field[6] == "failed") {
		failed[field[1], field[2], field[3], field[4]] = field[7]
		next
	}
	at = field[1] SUBSEP field[2] SUBSEP field[3] SUBSEP field[4] SUBSEP \
	    field[6]
	if (field[6] == "rate")
		samples[field[1], field[2], field[3], field[4]] = field[7]
	median[at] = field[8]
	least[at] = field[9]
	most[at] = field[10]
	if (field[1] == "forklat" && field[2] == "time" &&
	    match(field[6], /^fork[a-z]*_us_[0-9]+$/)) {
		split(field[6], part, "_us_")
		in_panel[part[1]] = 1
		if (!(part[2] in is_size)) {
			is_size[part[2]] = 1
			size[++nsizes] = part[2] + 0
		}
	}
	if (field[2] == "locks" && split(field[6], part, /[.\/]/) == 4 &&
	    part[3] == "wait_us") {
		waited[field[1], field[3], part[2]] += field[8]
		if (!(part[2] in is_class)) {
			is_class[part[2]] = 1
			classes[++nclasses] = part[2]
		}
	}
	next
}

# The lines of the last commit that a series was measured at.
nth_file == 4 {
	n = split($0, field, ",")
	if (FNR == 1) {
		for (i = 1; i <= n; i++)
			column[i] = field[i]
		next
	}
	at = field[2] SUBSEP field[3] SUBSEP field[4]
	if (n != 15 || field[1] != commit_of[at])
		next
	at = at SUBSEP field[5]
	nhot[at] = field[7]
	for (i = 8; i <= n; i++)
		hot[at, field[7], column[i]] = field[i]
	next
}

/^# [a-z]+: / {
	at = index($0, ":")
	said[substr($0, 3, at - 3)] = substr($0, at + 2)
	next
}

split($0, field, ",") == 14 && field[7] == "ok" {
	date = substr(field[1], 1, 10)
	commit_of[field[2], field[3], field[4]] = field[11]
	if (!(field[11] in is_commit)) {
		is_commit[field[11]] = 1
		commits[++ncommits] = field[11]
	}
}

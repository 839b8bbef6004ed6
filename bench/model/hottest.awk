# Takes the lines that harts took from each other most out of a raw report
# (report.c), all regions together:
#
#   awk -v top=N -v pairs=N -f bench/model/hottest.awk RAW
#
# Tab-separated:
#
#   sum   profile harts participants ops breaks lines transfers line-cycles,
#         then cycles of all harts: instructions miss transfer queue spin device
#         idle, and end, the wait of those that were done for the last
#   line  rank pa object type index offset va transfers cycles queue harts
#   pair  rank pc from lo hi from_lo from_hi count cycles
#
# rank is by cycles; offset is that of the line's first byte in its object.

BEGIN {
	OFS = "\t"
	ncosts = split("instructions miss transfer queue spin device idle",
	    what, " ")
}

{
	delete word
	for (i = 2; i <= NF; i++) {
		at = index($i, "=")
		word[substr($i, 1, at - 1)] = substr($i, at + 1)
	}
}

function given(key) { return key in word ? word[key] : "-" }

$1 == "model" {
	profile = word["profile"]
	harts = word["harts"]
}

$1 == "region" {
	regions++
	ops += word["ops"]
	breaks += word["breaks"]
	participants = word["participants"]
	length_of[word["n"]] = word["cycles"]
}

$1 == "hart" {
	for (i = 1; i <= ncosts; i++)
		cost[i] += word[what[i]]
	rest = length_of[word["region"]] - word["cycles"]
	end += rest > 0 ? rest : 0
}

$1 == "lines" {
	lines += word["n"]
	all_transfers += word["transfers"]
	all_cycles += word["cycles"]
}

$1 == "line" {
	pa = word["pa"]
	if (!(pa in cycles))
		order[++n] = pa
	place[pa] = pa OFS given("object") OFS given("type") OFS \
	    given("index") OFS given("offset") OFS given("va")
	transfers[pa] += word["transfers"]
	cycles[pa] += word["cycles"]
	queue[pa] += word["queue"]
	if (word["harts"] > sharers[pa])
		sharers[pa] = word["harts"]
}

# Those of a line follow it.
$1 == "pair" {
	id = pa SUBSEP word["pc"] OFS word["from"] OFS word["lo"] OFS \
	    word["hi"] OFS given("from_lo") OFS given("from_hi")
	if (!(id in pair_cycles))
		pair[pa, ++npairs[pa]] = id
	pair_count[id] += word["count"]
	pair_cycles[id] += word["cycles"]
}

function print_pairs(r, pa,    i, of_line, part)
{
	for (i = 1; i <= npairs[pa]; i++)
		of_line[i] = pair[pa, i]
	sort_down(of_line, npairs[pa], pair_cycles)
	for (i = 1; i <= npairs[pa] && i <= pairs; i++) {
		split(of_line[i], part, SUBSEP)
		print "pair", r, part[2], pair_count[of_line[i]],
		    pair_cycles[of_line[i]]
	}
}

END {
	if (!regions)
		exit 1
	line = "sum" OFS profile OFS harts OFS participants OFS ops OFS \
	    breaks OFS lines + 0 OFS all_transfers + 0 OFS all_cycles + 0
	for (i = 1; i <= ncosts; i++)
		line = line OFS sprintf("%.0f", cost[i])
	print line, sprintf("%.0f", end)
	sort_down(order, n, cycles)
	for (r = 1; r <= n && r <= top; r++) {
		pa = order[r]
		print "line", r, place[pa], transfers[pa], cycles[pa],
		    queue[pa], sharers[pa]
		print_pairs(r, pa)
	}
}

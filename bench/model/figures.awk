# Adds up the raw report of a modelled point (report.c) to "key=value ...", for
# the last column of a sweep's CSV; fails if it is none, of another number of
# harts, or if the harts' cycles do not add up.
#
#   awk -v harts=N -f bench/model/figures.awk RAW
#
#   cost.WHAT         cycles of all harts that went into it, by the model's
#                     categories; "end" is the time between a hart's end and
#                     that of the last one
#   model_regions     regions of interest
#   model_ops         operations in them, what costs are divided by: a benchmark
#                     may have more regions than its own figures are made of
#   model_breaks      times that the watchdog had to let harts out of order: if
#                     any, the figures are not to be trusted
#   model_lines       lines that passed from hart to hart
#   model_transfers   how often they did

BEGIN { n = split("instructions miss transfer queue spin device idle", what, " ") }

{
	delete word
	for (i = 2; i <= NF; i++) {
		at = index($i, "=")
		word[substr($i, 1, at - 1)] = substr($i, at + 1)
	}
}

$1 == "model" { of_harts = word["harts"] }

$1 == "region" {
	regions++
	breaks += word["breaks"]
	ops += word["ops"]
	length_of[word["n"]] = word["cycles"]
}

$1 == "hart" {
	sum = 0
	for (i = 1; i <= n; i++) {
		cost[what[i]] += word[what[i]]
		sum += word[what[i]]
	}
	if (sum != word["cycles"])
		wrong = 1
	# Harts that take no part may have gone on for longer.
	if (length_of[word["region"]] > sum)
		end += length_of[word["region"]] - sum
}

$1 == "lines" {
	lines += word["n"]
	transfers += word["transfers"]
}

END {
	if (!regions || of_harts != harts || wrong)
		exit 1
	printf " model_regions=%d model_ops=%.0f model_breaks=%d " \
	    "model_lines=%.0f model_transfers=%.0f", regions, ops, breaks,
	    lines, transfers
	for (i = 1; i <= n; i++)
		printf " cost.%s=%.0f", what[i], cost[what[i]]
	printf " cost.end=%.0f\n", end
}

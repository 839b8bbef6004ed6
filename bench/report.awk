# Tells in words what a sweep found: report.md, with the ratios that the plots
# show.  Every number comes from the CSV; what was not measured is said to be
# missing.
#
#   awk -v plots="NAME NAME" -f bench/load.awk -f bench/words.awk
#       -f bench/report_rates.awk -f bench/report_costs.awk
#       -f bench/report_model.awk -f bench/report.awk
#       bench/sweep.list STATS CSV [LINES]
#
# plots: those that were drawn.

function fact(key)
{
	if (said[key] != "")
		print "| " key " | " said[key] " |"
}

function opening(    n, part, names, i)
{
	print "# Fork, faults and locks on " said["machine"] ", " date "\n"
	for (i = 1; i <= nv; i++)
		names[i] = code(variant[i])
	for (i = 1; i <= nmv && nv == 0; i++)
		names[i] = code(mvariant[i])
	print "Variants measured: " join(names, nv ? nv : nmv) \
	    ". `baseline` is " \
	    "copy-on-write with one lock around all page counts and one " \
	    "free list; the others are described in DESIGN.md.\n"
	print "| | |\n|---|---|"
	n = split("date machine cpu cores system qemu compiler commit linux",
	    part, " ")
	for (i = 1; i <= n; i++)
		fact(part[i])
	print ""
	if (ncommits > 1)
		print "The CSV has points of more than one commit: " \
		    join(commits, ncommits) ". Of each benchmark and variant " \
		    "only the last one counts here.\n"
}

function in_short(    b, h, i, v, at)
{
	b = "parfork"
	h = most_cores(b)
	print "## In short\n"
	model_in_short()
	if (h == 0) {
		print (nprofiles ? "\n" : "") "parfork was not measured" \
		    (nprofiles ? " by the clock" : "") ".\n"
		return
	}
	for (i = 1; i <= nv; i++) {
		v = variant[i]
		if (has_rate(b, v, h))
			print "- With " n_harts(h) ", " code(v) " does " \
			    num(rate(b, v, h)) " " unit[b] " per second" \
			    against_baseline(b, v, h) "."
	}
	at = stops_at(b, "baseline")
	if (at > 0)
		print "- `baseline` stops scaling at " n_harts(at) ": " \
		    growth(b, "baseline", at) "." why(b, "baseline", at)
	else if (at == 0)
		print "- `baseline` scales to the " n_harts(h) \
		    " that this host has cores for: " \
		    growth(b, "baseline", h) "." why(b, "baseline", h)
	else
		print "- Whether `baseline` scales was not measured."
	print ""
}

function how_to_read()
{
	print "## How to read it\n"
	print "Points are medians over repeats, bars their range. A variant " \
	    "counts as scaling as long as it has " 100 * scales_from() \
	    " % of linear growth from one hart. QEMU runs each hart as a " \
	    "thread, so with more harts than host cores harts take turns: " \
	    "such points are hollow in the plots, never counted as scaling, " \
	    "and missing from the tables of rates; what they show is " \
	    "contention per operation. Where the waiting is comes from " \
	    "separate runs under lockstat, whose measurement of hold times " \
	    "slows them down. What is modelled says so, and is in sections " \
	    "of its own.\n"
}

function failures(    id, part, any)
{
	print "## Points without a result\n"
	for (id in failed) {
		split(id, part, SUBSEP)
		print "- " part[1] (part[2] == "locks" ? " under lockstat" : \
		    part[2] ~ /^model-/ ? " modelled (profile " \
		    substr(part[2], 7) ")" : "") ", " code(part[3]) ", " n_harts(part[4]) ": " \
		    failed[id] (failed[id] == 1 ? " time" : " times")
		any = 1
	}
	print any ? "" : "None.\n"
}

function reproduce(    i, j, names, counts, mnames, mcounts)
{
	for (i = 1; i <= nmv; i++)
		mnames = mnames (i == 1 ? "" : " ") mvariant[i]
	for (j = 1; j <= nmharts; j++)
		mcounts = mcounts (j == 1 ? "" : " ") mharts[j]
	for (i = 1; i <= nv; i++)
		if (!is_linux(variant[i]))
			names = names (names == "" ? "" : " ") variant[i]
	for (j = 1; j <= nharts; j++)
		counts = counts (j == 1 ? "" : " ") harts[j]
	print "## Reproduce it\n"
	print "At commit " code(said["commit"]) ", on a host with nothing " \
	    "else to do:\n"
	print "```"
	if (nharts)
		print "make sweep VARIANTS=\"" names "\" CPUS=\"" counts "\""
	for (i = 1; i <= nprofiles; i++)
		print "make sweep MODEL=" profile[i] " VARIANTS=\"" mnames \
		    "\" CPUS=\"" mcounts "\""
	for (i = 1; i <= nv; i++)
		if (is_linux(variant[i]))
			print "make bench-linux CPUS=\"" counts "\" " \
			    "LINUX=<image of " variant[i] ">"
	print "make report"
	print "```\n"
	print "`sweep.csv` beside this file has every point; " \
	    "`bench/sweep.sh` says what its columns are." (nprofiles ? \
	    " `sweep-lines.csv` has the hottest lines of modelled ones." : "")
}

END {
	loaded()
	name_events()
	opening()
	in_short()
	how_to_read()
	model_section()
	print "## Rates\n"
	for (i = 1; i <= nbenches; i++)
		if (any_rate(benches[i]))
			rates_section(benches[i])
		else if (unit[benches[i]] != "-")
			print benches[i] " was not measured.\n"
	contention_section("parfork")
	print "## Where the waiting is\n"
	for (i = 1; i <= nbenches; i++)
		waiting_section(benches[i])
	if (!seen_waiting)
		print "No benchmark was run under lockstat.\n"
	latency_section()
	costs_section()
	locks_section()
	boot_section()
	for (i = 1; i <= nv; i++)
		if (is_linux(variant[i]))
			linux_section(variant[i])
	failures()
	reproduce()
}

# What a sweep's CSV says, in the form that tables, plots and the report are
# made from: tab-separated lines
#
#   bench kind variant harts oversubscribed key n median min max
#
# one for each key of a point, over the repeats that are "ok".  The kind says
# whether a figure is modelled ("model-PROFILE") and so of another machine.
#
#   awk -f bench/stats.awk bench/sweep.list FILE.csv
#
# Of each benchmark, kind and variant only those rows count that agree with
# its last one in commit, memory and command: what was measured with an older
# kernel is not mixed in.  Three more lines for each benchmark that has them in
# the list: key "rate", the benchmark's own rate, or if it is modelled
# model_ops_per_s; "operations"; and for each counter that adds up, KEY/op, KEY
# divided by operations in the same run, or if the model counted it by those that
# the model saw.
#
# Points of which no repeat is ok have a line with the key "failed" and their
# number as n; those with some have it besides their keys.

BEGIN { OFS = "\t" }

# --- the list

FNR == NR {
	if ($0 ~ /^[ \t]*(#|$)/)
		next
	split($0, field, / +\| +/)
	rate_key[field[1]] = field[7]
	ops_key[field[1]] = field[8]
	next
}

# --- the CSV

FNR == 1 { FS = "," }

{ $0 = $0 }

/^#/ || NF == 0 { next }

$1 == "date" {
	for (i = 1; i <= NF; i++)
		column[$i] = i
	next
}

NF >= 14 {
	series = $column["bench"] OFS $column["kind"] OFS $column["variant"]
	rows++
	of[rows] = series
	made[rows] = $column["commit"] OFS $column["mem"] OFS $column["args"]
	last[series] = made[rows]
	point[rows] = series OFS $column["harts"] + 0 OFS \
	    $column["oversubscribed"]
	bench[rows] = $column["bench"]
	status[rows] = $column["status"]
	values[rows] = $column["values"]
	# Measured again (RETRY=1): the later row holds.
	repeat = point[rows] OFS made[rows] OFS $column["repeat"]
	if (repeat in row_of)
		delete status[row_of[repeat]]
	row_of[repeat] = rows
}

function note(where, key, value,    id)
{
	if (value !~ /^-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?$/)
		return
	id = where OFS key
	if (!(id in count))
		order[++ids] = id
	sample[id, ++count[id]] = value + 0
}

# Counters that add up over a run, so that a share of an operation makes
# sense; not rates, parameters, maxima or ratios.
function adds_up(key)
{
	return key ~ /^lock\./ ? key !~ /_max_us$/ : \
	    key ~ /^(contended|contended_all|spins|cow_copies|cow_upgrades)$/ || \
	    key ~ /^(zero_fills|depot_swaps|list_steals|tlb_flushes)$/
}

function take(r,    part, n, i, at, ops, value, keys, key, key_of_rate)
{
	n = split(values[r], part, " ")
	delete value
	for (i = 1; i <= n; i++) {
		at = index(part[i], "=")
		key[i] = substr(part[i], 1, at - 1)
		value[key[i]] = substr(part[i], at + 1)
		note(point[r], key[i], value[key[i]])
	}
	key_of_rate = of[r] ~ /\tmodel-/ ? "model_ops_per_s" : \
	    rate_key[bench[r]]
	if (key_of_rate in value)
		note(point[r], "rate", value[key_of_rate])
	for (i = 1; i <= n && value["model_ops"] > 0; i++)
		if (key[i] ~ /^cost\./ || key[i] == "model_transfers")
			note(point[r], key[i] "/op", sprintf("%.9g", \
			    value[key[i]] / value["model_ops"]))
	ops = 0
	if (ops_key[bench[r]] in value)
		ops = value[ops_key[bench[r]]] + 0
	if (ops <= 0)
		return
	note(point[r], "operations", ops)
	for (i = 1; i <= n; i++)
		if (adds_up(key[i]))
			note(point[r], key[i] "/op",
			    sprintf("%.9g", value[key[i]] / ops))
}

function print_summary(id,    n, v, i, j, hold)
{
	n = count[id]
	for (i = 1; i <= n; i++) {
		hold = sample[id, i]
		for (j = i - 1; j > 0 && v[j] > hold; j--)
			v[j + 1] = v[j]
		v[j + 1] = hold
	}
	print id, n, n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2,
	    v[1], v[n]
}

END {
	OFMT = CONVFMT = "%.9g"
	for (r = 1; r <= rows; r++) {
		if (!(r in status) || made[r] != last[of[r]])
			continue
		if (status[r] == "ok")
			take(r)
		else if (failed[point[r]]++ == 0)
			bad[++nbad] = point[r]
	}
	for (i = 1; i <= ids; i++)
		print_summary(order[i])
	for (i = 1; i <= nbad; i++)
		print bad[i], "failed", failed[bad[i]], "", "", ""
}

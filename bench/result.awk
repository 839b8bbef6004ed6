# Turns the console of one point into "key=value key=value ...", the last
# column of a sweep's CSV; prints nothing and fails if the console is not what
# it should be.
#
#   awk -v kind=KIND -v bench=NAME -v variant=NAME -v harts=N
#       -f bench/result.awk CONSOLE
#
# There must be one RESULT line of that benchmark, variant and hart count, and
# for kind "locks" behind it the table of lockstat, whose columns become keys
# lock.CLASS.COLUMN.  Commas part columns of the CSV: they become semicolons.
#
# Under the coherence model (kind "model-PROFILE") host time says nothing: keys
# that have their numbers from it are left out, and there must be one that has
# its from the model.

function host_time(key)
{
	return key !~ /^model_/ && key !~ /_(instr|cycles)$/ && \
	    key ~ /^seconds$|^ns_|_per_s$|_(ns|us)(_|$)|^evenness$|_evenness$|_permille$/
}

function add(key, value)
{
	gsub(",", ";", key)
	gsub(",", ";", value)
	values = values (values == "" ? "" : " ") key "=" value
}

{ sub(/\r$/, "") }

$1 == "RESULT" && $2 == "bench=" bench {
	lines++
	delete given
	for (i = 3; i <= NF; i++) {
		at = index($i, "=")
		if (at < 2)
			continue
		key = substr($i, 1, at - 1)
		given[key] = substr($i, at + 1)
		# Linux has no such counters: zeros there would mislead.
		if (variant ~ /^linux/ && key ~ /^sole_(copies|upgrades)$/)
			continue
		if (kind ~ /^model-/ && host_time(key))
			continue
		if (key ~ /_cycles$/)
			modelled = 1
		if (key != "variant" && key != "harts")
			add(key, given[key])
	}
	next
}

$1 == "class" && $2 == "acquisitions" {
	columns = split($0, column, " ")
	in_table = 1
	next
}

# Classes follow until a line of another form.
in_table {
	for (i = 2; i <= columns; i++)
		if ($i !~ /^[0-9]+$/)
			in_table = 0
	if (NF != columns || !in_table)
		in_table = 0
}

in_table {
	classes++
	for (i = 2; i <= columns; i++)
		add("lock." $1 "." column[i], $i)
}

END {
	if (lines != 1 || given["variant"] != variant ||
	    given["harts"] != harts || (kind == "locks" && !classes) ||
	    (kind ~ /^model-/ && !modelled))
		exit 1
	print values
}

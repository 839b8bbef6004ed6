# Puts names on the hottest lines:
#
#   awk -v program=NAME -f bench/sort.awk -f bench/model/address.awk \
#       -f bench/model/names.awk FUNCTIONS QUERIES ANSWERS HOT
#
# from the outputs of functions.awk, queries.awk, fields.py (empty if nobody
# knows the types) and hottest.awk.  Tab-separated: "sum" as it was, and
#
#   line  rank pa label class transfers cycles queue harts
#   pair  rank count cycles taker field holder field
#
# label: the objects and fields that were touched, most cycles first.  class:
# the first of them without the number of the object, the same for all lines of
# its kind.  A taker or holder is "function (place)", or "others" where the
# model kept no more of them apart.

BEGIN { FS = OFS = "\t" }

FNR == 1 { file++ }

# An empty file has no first line: files say what they are by their fields.
FILENAME == ARGV[1] {
	place[$1] = $2 " (" $3 ")"
	next
}

FILENAME == ARGV[2] {
	split($0, word, " ")
	if (word[1] == "symbol")
		symbol_at[word[4]] = word[2] SUBSEP word[3]
	next
}

FILENAME == ARGV[3] {
	object_of[$1, $2, $3] = $4
	path_of[$1, $2, $3] = $5 == "=" ? "" : $5
	next
}

# Sets path and which, the number of the object in its array or "".
function name_byte(byte,    key, part)
{
	which = ""
	if (object == "image") {
		key = symbol_at[plus(padded(va), byte)]
		split(key, part, SUBSEP)
		key = "symbol" SUBSEP key
		path = key in path_of && path_of[key] != "-" ? \
		    part[1] path_of[key] : part[1] plain(part[2])
		return
	}
	if (type == "-") {
		path = in_words(object) plain(offset + byte)
		return
	}
	which = number
	key = "type" SUBSEP type SUBSEP offset + byte
	if (key in object_of && object_of[key] != "-") {
		which += object_of[key]
		path = path_of[key]
	} else {
		path = plain(offset + byte)
	}
}

function plain(n) { return sprintf(" + 0x%x", n) }

function in_words(object)
{
	if (object == "page-free")
		return "page, free by then"
	if (object ~ /^page-/)
		return substr(object, 6) " page"
	if (object ~ /^slab-head-of-/)
		return "head of a slab of " substr(object, 14)
	return object == "?" ? "unnamed memory" : object
}

# A touched field: cycles weigh it.
function touch(cycles,    id)
{
	id = path
	if (!(id in weight))
		fields[++nfields] = id
	weight[id] += cycles
	if (which != "" && !((id, which) in seen)) {
		seen[id, which] = 1
		numbers[id] = numbers[id] (numbers[id] == "" ? "" : ",") which
	}
	return id
}

# The frames of a list or range of page records: RAM begins at 0x80000000 on QEMU's
# board, and the first record is its first frame's.
function frames(list,    n, part, i, text)
{
	n = split(list, part, /,|\.\./)
	for (i = 1; i <= n; i++)
		text = text (i == 1 ? "" : list ~ /\./ ? ".." : ", ") \
		    sprintf("0x%x", 2147483648 + part[i] * 4096)
	return (n > 1 ? "frames " : "frame ") text
}

# In order; of more than three the first and the last.
function sort_numbers(list,    n, i, j, hold, part, text)
{
	n = split(list, part, ",")
	for (i = 2; i <= n; i++) {
		hold = part[i] + 0
		for (j = i - 1; j > 0 && part[j] + 0 > hold; j--)
			part[j + 1] = part[j]
		part[j + 1] = hold
	}
	if (n > 3)
		return part[1] ".." part[n]
	for (i = 1; i <= n; i++)
		text = text (i > 1 ? "," : "") part[i]
	return text
}

function label(    i, text, list, of, before)
{
	for (i = 1; i <= nfields && i <= 3; i++) {
		list = sort_numbers(numbers[fields[i]])
		if (list == "")
			of = ""
		else if (list == before)
			of = fields[i] ~ /^[.[]/ ? "" : object
		else
			of = object "[" list "]"
		before = list
		text = text (i > 1 ? ", " : "") \
		    (fields[i] ~ /^ \+/ && of != "" ? "struct " : "") of fields[i]
	}
	if (nfields > 3)
		text = text ", ..."
	if (type == "page" && list != "" && nfields == 1)
		text = text " (" frames(list) ")"
	return text
}

function class(    first)
{
	first = fields[1]
	gsub(/\[[0-9]+\]/, "[]", first)
	if (type != "-")
		return (first ~ /^ \+/ ? "struct " : "") object "[]" first
	# Frames are told apart by where they are; a class is not.
	if (object != "image")
		sub(/ \+ 0x[0-9a-f]+$/, "", first)
	return first
}

function who(pc)
{
	if (pc == "0x0")
		return "others"
	return pc in place ? place[pc] : pc
}

function flush(    i)
{
	if (rank == "")
		return
	sort_down(fields, nfields, weight)
	if (nfields == 0) {
		path = type == "-" ? in_words(object) : object "[" number "]"
		fields[nfields = 1] = path
		print "line", rank, pa, path, path, totals
	} else {
		print "line", rank, pa, label(), class(), totals
	}
	for (i = 1; i <= npairs; i++)
		print pairs[i]
	rank = ""
}

$1 == "sum" {
	print
	next
}

$1 == "line" {
	flush()
	rank = $2
	pa = $3
	object = $4
	type = $5
	number = $6
	offset = $7
	va = $8
	totals = $9 OFS $10 OFS $11 OFS $12
	nfields = npairs = 0
	split("", weight)
	split("", numbers)
	split("", seen)
	next
}

# What the model does not tell apart says nothing of bytes either.
$1 == "pair" && $3 == "0x0" {
	pairs[++npairs] = "pair" OFS rank OFS $9 OFS $10 OFS "others" OFS "-" \
	    OFS "others" OFS "-"
	next
}

$1 == "pair" {
	name_byte($5)
	taker = touch($10)
	if (which != "")
		taker = object "[" which "]" taker
	holder = "-"
	if ($4 != "0x0") {
		name_byte($7)
		holder = touch(0)
		if (which != "")
			holder = object "[" which "]" holder
	}
	pairs[++npairs] = "pair" OFS rank OFS $9 OFS $10 OFS who($3) OFS \
	    taker OFS who($4) OFS holder
	next
}

END { flush() }

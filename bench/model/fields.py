# Names the fields of C types at offsets, by what GDB knows of an ELF file's
# types; run by GDB (gdb-multiarch -nx -batch -x fields.py FILE.elf).
#
# $QUERIES is a file of lines, "type NAME OFFSET" or "symbol NAME OFFSET"; for
# each one the file $ANSWERS gets a line: the query, its words parted by tabs,
# then which object of an array of such types it is, and the path of the
# field in it, as ".runq.lock.held", or "=" if it has no fields; both are "-" if
# they are not known.

import os
import gdb


def path_in(ctype, offset):
    ctype = ctype.strip_typedefs()
    if ctype.code == gdb.TYPE_CODE_ARRAY:
        size = ctype.target().sizeof
        if size == 0:
            return ""
        inside = path_in(ctype.target(), offset % size)
        return "[%d]%s" % (offset // size, inside)
    if ctype.code not in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        return ""
    for field in ctype.fields():
        start = field.bitpos // 8
        size = field.type.sizeof
        if field.bitsize:
            size = (field.bitpos % 8 + field.bitsize + 7) // 8
        if start <= offset < start + size:
            name = "." + field.name if field.name else ""
            return name + path_in(field.type, offset - start)
    return " (padding)"


def type_named(name):
    for form in ("struct %s", "union %s", "%s"):
        try:
            return gdb.lookup_type(form % name)
        except gdb.error:
            pass
    return None


def type_of_symbol(name):
    found = gdb.lookup_global_symbol(name) or gdb.lookup_static_symbol(name)
    if found is not None and found.is_variable:
        return found.type
    return None  # perhaps a static in a function: a number is in its name


def answer(kind, name, offset):
    ctype = type_named(name) if kind == "type" else type_of_symbol(name)
    if ctype is None or ctype.sizeof == 0:
        return "-", "-"
    index = 0
    if kind == "type":
        index, offset = divmod(offset, ctype.sizeof)
    return str(index), path_in(ctype, offset) or "="


with open(os.environ["QUERIES"]) as queries, \
        open(os.environ["ANSWERS"], "w") as answers:
    for query in queries:
        kind, name, offset = query.split()
        words = (kind, name, offset) + answer(kind, name, int(offset))
        answers.write("\t".join(words) + "\n")

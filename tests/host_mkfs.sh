#!/bin/bash
# Images: what mkfs builds passes fsck and holds what went in; what mkfs cannot
# build it refuses, leaving no file; and each kind of damage, made here with
# dd, is named by fsck.  Runs at the root of the tree; MKFS and FSCK name the
# programs.

. "$(dirname "$0")/harness.sh"
MKFS=${MKFS:-build/mkfs}
FSCK=${FSCK:-build/fsck}
img=$scratch/fs.img
in=$scratch/in
mkdir "$in"

# --- what can be built ------------------------------------------------------

bytes() # COUNT FILE: so many bytes, none of the blocks alike
{
	awk -v n="$1" 'BEGIN { for (i = 0; i < n / 16; i++)
		printf "%015d\n", i * 7 }' | head -c "$1" >"$2"
}

builds() # NAME ARGS...: mkfs ARGS makes an image that fsck finds clean
{
	local name=$1
	shift
	check "$name: mkfs" "$MKFS" "$@"
	says "$name: fsck" ': clean$' "$FSCK" "$img"
}

# Little-endian numbers in the image.
word() { od -An -v -tu4 -j "$1" -N 4 "$img" | tr -d ' '; }
half() { od -An -v -tu2 -j "$1" -N 2 "$img" | tr -d ' '; }

inode_at() { echo $(($(word 1048) * 1024 + $1 * 64)); } # inum -> offset

# Offset of the k-th block of an inode, read with nothing but od.
block_at() # inum k
{
	local at
	at=$(inode_at "$1")
	if [ "$2" -lt 12 ]; then
		echo $(($(word $((at + 12 + 4 * $2))) * 1024))
	else
		at=$(($(word $((at + 60))) * 1024))
		echo $(($(word $((at + 4 * ($2 - 12)))) * 1024))
	fi
}

# Path of one component per directory level -> inode number.
find_inode() # name...
{
	local inum=1 name n slot at found
	for name; do
		n=$(($(word $(($(inode_at "$inum") + 8))) / 16))
		found=
		for ((slot = 0; slot < n && !found; slot++)); do
			at=$(($(block_at "$inum" $((slot / 64))) +
				slot % 64 * 16))
			[ "$(tail -c +$((at + 3)) "$img" | head -c 14 |
				tr -d '\0')" = "$name" ] && found=$(half $at)
		done
		inum=${found:-0}
		[ "$inum" != 0 ] || break
	done
	echo "$inum"
}

holds() # HOST-FILE name...: the file at that path has the host file's bytes
{
	local host=$1 inum size k
	shift
	inum=$(find_inode "$@")
	[ "$inum" != 0 ] || { echo "no such path: $*"; return 1; }
	size=$(word $(($(inode_at "$inum") + 8)))
	for ((k = 0; k < (size + 1023) / 1024; k++)); do
		tail -c +$(($(block_at "$inum" $k) + 1)) "$img" | head -c 1024
	done | head -c "$size" | cmp - "$host"
}

builds "empty root" "$img"
check "default size is 2000 blocks" [ "$(wc -c <"$img")" = 2048000 ]
check "default inodes" [ "$(word 1036)" = 200 ]
check "default log" [ "$(word 1040)" = 31 ]
check "magic" [ "$(word 1024)" = $((0x10203040)) ]

# Sizes around the edges of blocks, of the direct blocks and of a file.
for size in 0 1 15 1023 1024 1025 12287 12288 12289 13312 274431 274432; do
	bytes $size "$in/f$size"
	builds "file of $size bytes" "$img" "$in/f$size"
	check "file of $size bytes: contents" holds "$in/f$size" f$size
done

cp "$in/f1025" "$in/_cat"
cp "$in/f1023" "$in/abcdefghijklmn"
builds "several" "$img" "$in/_cat" "$in/abcdefghijklmn" \
	"$in/f12289=sub/dir/deep" "$in/_cat=/sub/_kept"
check "leading _ is stripped" holds "$in/_cat" cat
check "14-byte name" holds "$in/abcdefghijklmn" abcdefghijklmn
check "path given" holds "$in/f12289" sub dir deep
check "name given is kept" holds "$in/_cat" sub _kept

builds "devices" -D 3:0:dev/lockstat -D 1:7:console "$img"
at=$(inode_at "$(find_inode dev lockstat)")
check "device type" [ "$(half "$at")" = 3 ]
check "device major" [ "$(half $((at + 2)))" = 3 ]
at=$(inode_at "$(find_inode console)")
check "device minor" [ "$(half $((at + 4)))" = 7 ]

tree=$scratch/tree
mkdir -p "$tree/a/b/c/d/e/f/g" "$tree/empty" "$tree/many"
cp "$in/f274432" "$tree/a/b/largest"
cp "$in/f1" "$tree/a/b/c/d/e/f/g/leaf"
for ((i = 0; i < 130; i++)); do
	echo $i >"$tree/many/n$i"
done
builds "host directory" -d "$tree" "$img" "$in/_cat"
check "large file below" holds "$tree/a/b/largest" a b largest
check "deep leaf" holds "$in/f1" a b c d e f g leaf
check "third block of a directory" holds "$tree/many/n99" many n99
check "file next to a directory" holds "$in/_cat" cat
at=$(inode_at 1)
check "root links: itself and three below" [ "$(half $((at + 6)))" = 4 ]

cp "$img" "$scratch/first.img"
rm -rf "$scratch/again"
mkdir "$scratch/again"
(cd "$tree" && find . | sort -r) | while read -r f; do
	[ -d "$tree/$f" ] && mkdir -p "$scratch/again/$f"
done
(cd "$tree" && find . -type f | sort -r) | while read -r f; do
	cp "$tree/$f" "$scratch/again/$f"
done
"$MKFS" -d "$scratch/again" "$img" "$in/_cat"
check "same contents, same bytes" cmp "$img" "$scratch/first.img"

for blocks in 60 8191 8192 8193 20000 100000; do
	builds "$blocks blocks" -b $blocks "$img" "$in/f1025"
	check "$blocks blocks: size" \
		[ "$(wc -c <"$img")" = $((blocks * 1024)) ]
done
for inodes in 15 16 17 1000 65536; do
	builds "$inodes inodes" -b 8000 -i $inodes "$img" "$in/f1025"
done
builds "2 inodes" -i 2 "$img"
builds "log of 11" -l 11 "$img"
builds "log of 256" -l 256 "$img"
builds "auto" -b auto -i auto -d "$tree" "$img"
builds "auto, empty" -b auto "$img"
mkdir "$scratch/wide"
(cd "$scratch/wide" && seq -f 'n%.0f' 1 3000 | xargs touch)
builds "auto, 3000 files" -b auto -i auto -d "$scratch/wide" "$img"
check "auto leaves room" [ $(($(wc -c <"$img") / 1024)) -gt 1300 ]
# Room for the contents to the last block: 48 without data, then one of the
# root and one of the file.
builds "exact fit" -b 49 "$img" "$in/f1024"
builds "exact fit of inodes" -i 3 "$img" "$in/f1024"

# --- what must be refused ---------------------------------------------------

declines() # NAME ERE ARGS...
{
	local name=$1 pattern=$2
	shift 2
	echo stale >"$img"
	refuses "$name" "$pattern" "$MKFS" "$@"
	check "$name: no image left" [ ! -e "$img" ]
}

bytes 274433 "$in/toolarge"
echo >"$in/fifteen-letters"
declines "too large a file" 'toolarge: 274433 bytes.*at most 274432' \
	"$img" "$in/toolarge"
declines "too long a name" 'longer than 14 bytes: fifteen-letters' \
	"$img" "$in/fifteen-letters"
declines "too long a directory" 'longer than 14 bytes' \
	"$img" "$in/f1=fifteen-letters/f"
declines "one block short" 'take 49 blocks, the image has 48' \
	-b 48 "$img" "$in/f1024"
declines "no room even for the log" 'the image has 10' -b 10 "$img"
declines "one inode short" 'take 3 inodes, the image has 2' \
	-i 2 "$img" "$in/f1024"
declines "missing file" 'nonesuch: No such file' "$img" "$in/nonesuch"
declines "missing directory" 'nonesuch: No such file' \
	-d "$in/nonesuch" "$img"
declines "same name twice" 'given twice' "$img" "$in/f1" "$in/f15=f1"
declines "file as directory" 'not a directory' "$img" "$in/f1" "$in/f1=f1/x"
declines "file named .." 'cannot be a name' "$img" "$in/f1=a/../b"
declines "empty path" 'not the path' "$img" "$in/f1="
declines "path of a directory" 'not the path' "$img" "$in/f1=a/"
declines "directory as file" 'not a regular file' "$img" "$in"
ln -s .. "$scratch/tree/a/up"
declines "link to a directory" 'up: not a regular file' -d "$tree" "$img"
rm "$scratch/tree/a/up"
rm -f "$img"
refuses "blocks not a number" '12x: number of blocks must be' \
	"$MKFS" -b 12x "$img"
refuses "no blocks" '0: number of blocks must be' "$MKFS" -b 0 "$img"
refuses "too many inodes" '65537: number of inodes must be 2..65536' \
	"$MKFS" -i 65537 "$img"
refuses "log too small" 'log blocks must be 11..256' "$MKFS" -l 10 "$img"
refuses "log too large" 'log blocks must be 11..256' "$MKFS" -l 257 "$img"
refuses "device major" 'device major must be 0..15' \
	"$MKFS" -D 16:0:dev/x "$img"
refuses "device without minor" 'device major must be' "$MKFS" -D 3 "$img"
refuses "unwritable place" 'No such file' "$MKFS" "$scratch/no/fs.img"
check "none of these made an image" [ ! -e "$img" ]

# --- damage that fsck must name ---------------------------------------------

# A known image: 1 = /, 2 = a (direct), 3 = big (indirect), 4 = d,
# 5 = dev, 6 = d/x, 7 = dev/null.
good=$scratch/good.img
"$MKFS" -D 5:0:dev/null "$good" "$in/f1025=a" "$in/f274431=big" \
	"$in/f15=d/x" || exit 1

damage() # NAME ERE [OFFSET HEX]...: fsck names the damage, and only fails
{
	local name=$1 pattern=$2
	shift 2
	cp "$good" "$img"
	while [ $# -gt 0 ]; do
		poke "$1" "$2"
		shift 2
	done
	names "$name" "$pattern"
}

poke() # OFFSET HEX
{
	printf '%b' "$(echo "$2" | sed 's/../\\x&/g')" |
		dd of="$img" bs=1 seek="$1" conv=notrunc 2>/dev/null
}

names() # NAME ERE: and repairs it, unless it cannot read the superblock
{
	local status=0
	"$FSCK" "$img" >"$scratch/.out" 2>&1 || status=$?
	grep -Eq -- "$2" "$scratch/.out" && [ "$status" = 1 ]
	verdict $? "fsck names: $1"
	cp "$img" "$scratch/repaired.img"
	if grep -q '^superblock: ' "$scratch/.out"; then
		refuses_repair "$1"
		return
	fi
	check "fsck repairs: $1" "$FSCK" -r "$scratch/repaired.img"
	says "fsck has repaired: $1" ': clean$' "$FSCK" "$scratch/repaired.img"
}

refuses_repair() # NAME
{
	! "$FSCK" -r "$scratch/repaired.img" >"$scratch/.out" 2>&1 &&
		grep -q 'not repaired, and left as it was' "$scratch/.out" &&
		cmp "$img" "$scratch/repaired.img" >>"$scratch/.out" 2>&1
	verdict $? "fsck leaves alone: $1"
}

cp "$good" "$img"
says "known image" ': clean$' "$FSCK" "$img"
for file in a:2 big:3 d:4 dev:5; do
	check "known image: ${file%:*}" \
		[ "$(find_inode ${file%:*})" = ${file#*:} ]
done
i1=$(inode_at 1) i2=$(inode_at 2) i3=$(inode_at 3) i4=$(inode_at 4)
i6=$(inode_at 6) i7=$(inode_at 7) i9=$(inode_at 9)
root=$(block_at 1 0) d=$(block_at 4 0)
map=$(($(word 1052) * 1024))
indirect=$(($(word $((i3 + 60))) * 1024))

damage "foreign magic" 'magic is 0x1' 1024 01000000
damage "size beyond the file" 'size is 2001 blocks' 1028 d1070000
damage "size below the file" 'size is 1999 blocks' 1028 cf070000
damage "more data than blocks" 'data blocks of 2000' 1032 d1070000
damage "data over the bitmap" 'bitmap at block 46, 1 blocks, runs into' \
	1032 a2070000
damage "no inodes" '0 inodes' 1036 00000000
damage "inodes over the bitmap" 'inodes at block 33, 125 blocks' \
	1036 d0070000
damage "no log" 'log of 1 blocks' 1040 01000000
damage "log over the inodes" 'log at block 2, 32 blocks' 1040 20000000
damage "log on the superblock" 'log starts at block 1' 1044 01000000
damage "wild inode start" 'runs into' 1048 f0ffffff
damage "wild bitmap start" 'bitmap at block' 1052 f0ffffff
cp "$good" "$img"
truncate -s 1500 "$img"
names "superblock cut off" 'missing, the file has only 1500'
: >"$img"
names "empty file" 'missing, the file has only 0'
cp "$good" "$img"
truncate -s -1 "$img"
names "last byte cut off" 'size is 2000 blocks, but the file has 2047999'
rm "$img"
refuses "missing image" 'fs.img: No such file' "$FSCK" "$img"
refuses "directory" 'in: Is a directory' "$FSCK" "$in"

damage "log not empty" 'needs recovery, 1 blocks' 2048 0100000030000000
damage "log count too large" 'counts 31 blocks, the log holds 30' \
	2048 1f000000
damage "logged block outside" 'entry 0 is for block 2000' \
	2048 01000000d0070000
damage "logged block in the log" 'entry 0 is for block 3,' \
	2048 0100000003000000

damage "unknown type" 'inode 2: unknown type 9' "$i2" 0900
damage "size over MAXFILE" 'inode 2: size 274433 is over' \
	$((i2 + 8)) 01300400
damage "missing blocks" 'inode 2: 3 of its 5 blocks' $((i2 + 8)) 01100000
damage "directory size" 'inode 4: size 47' $((i4 + 8)) 2f000000
damage "device number" 'inode 7: device 77:0' $((i7 + 2)) 4d00
damage "device with bytes" 'inode 7: a device of 5 bytes' $((i7 + 8)) 05
damage "direct address outside" 'inode 2: address 2000 is not a data' \
	$((i2 + 12)) d0070000
damage "direct address in metadata" 'inode 2: address 33 is not a data' \
	$((i2 + 12)) 21000000
damage "indirect address outside" 'inode 3: address 4294967295 is not' \
	$((i3 + 60)) ffffffff
damage "address in the indirect block" 'inode 3: address 5 is not a data' \
	"$indirect" 05000000
damage "block of two files" 'used twice, by inodes 2 and 6' \
	$((i6 + 12)) "$(od -An -tx1 -j $((i2 + 12)) -N 4 "$good" | tr -d ' ')"
damage "block twice in a file" 'used twice, by inodes 2 and 2' \
	$((i2 + 16)) "$(od -An -tx1 -j $((i2 + 12)) -N 4 "$good" | tr -d ' ')"
damage "used but marked free" 'blocks 48..55 are in use but marked free' \
	$((map + 6)) 00
damage "metadata marked free" 'blocks 0..7 are in use but marked free' \
	"$map" 00
damage "free but marked used" 'blocks 1992..1999 are free but marked' \
	$((map + 249)) ff

damage "root is a file" 'the root is not a directory' "$i1" 0200
damage "slot . leads elsewhere" "slot 0 is '.' to inode 2, not" "$d" 0200
damage "slot .. leads elsewhere" "slot 1 is '..' to inode 2, not" \
	$((d + 16)) 0200
damage "slot . has another name" "slot 0 is 'q' to inode 4" $((d + 2)) 71
damage "empty directory file" 'directory 4: 16 bytes, no room' \
	$((i4 + 8)) 10000000
damage "entry out of range" "'x' names inode 999 of 200" $((d + 32)) e703
damage "entry of a free inode" "'x' names inode 9, which is free" \
	$((d + 32)) 0900
damage "name with a slash" "bad name 'x/'" $((d + 35)) 2f
damage "name missing" "bad name ''" $((d + 34)) 00
damage "name with control bytes" "'\?.' names inode 999" $((d + 32)) e7031b5b
damage "second .." "bad name '..'" $((d + 34)) 2e2e
damage "same name twice" "directory 1: two entries 'a'" \
	$((root + 48 + 2)) 610000
damage "directory named twice" "'dev' names directory 5, which is in 1" \
	$((root + 64)) 0500
damage "directory loop" "'x' names directory 4, which is in 1" \
	$((d + 32)) 0400
damage "too many links" 'inode 2: link count is 2, but 1' $((i2 + 6)) 0200
damage "negative links" 'inode 2: link count is -1' $((i2 + 6)) ffff
damage "root links" 'inode 1: link count is 2, but 3' $((i1 + 6)) 0200
damage "lost inode" 'inode 9: unreachable$' "$i9" 02000000000001
damage "inode unlinked while open" 'inode 9: unreachable .unlinked' \
	"$i9" 02000000000000
says "which recovery frees" "inode 9: unlinked while open, freed" "$FSCK" -m "$img"
damage "entry removed" 'inode 6: unreachable$' $((d + 32)) 0000

# A committed transaction that makes the directory d right again.
cp "$good" "$img"
number=$(printf '%08x' $((d / 1024)))
dd if="$img" of="$img" bs=1024 skip=$((d / 1024)) seek=3 count=1 \
	conv=notrunc 2>/dev/null
poke 2048 01000000"${number:6:2}${number:4:2}${number:2:2}${number:0:2}"
poke "$d" 000000
names "unfinished transaction" 'needs recovery, 1 blocks'
cp "$img" "$scratch/before.img"
says "replay: names the log" '^log: replayed, 1 blocks$' "$FSCK" -m "$img"
says "replay: clean" ': clean$' "$FSCK" -m "$img"
check "replay leaves the file alone" cmp "$img" "$scratch/before.img"
poke $((d + 34)) 00
poke 3072 0900
"$FSCK" -m "$img" >"$scratch/said"
check "damage in the log itself is seen" [ $? = 1 ]
check "damage in the log itself is named" \
	grep -q "slot 0 is" "$scratch/said"

# What a repair says, and what it keeps.
cp "$good" "$img"
poke $((d + 32)) 0000
says "repair: names what it does" '^repaired: inode 6: entered in directory' \
	"$FSCK" -r "$img"
check "repair: keeps the lost file" holds "$in/f15" lost+found inode-6
check "repair: keeps the others" holds "$in/f274431" big
cp "$good" "$img"
touch -d @1 "$img"
says "repair of a clean image" ': clean$' "$FSCK" -r "$img"
check "repair of a clean image writes nothing" [ "$(stat -c %Y "$img")" = 1 ]

finish

#!/usr/bin/env python3
"""Images: what mkfs builds passes fsck and holds what went in; what mkfs
cannot build it refuses, leaving no file; and each kind of damage, made here,
is named by fsck and repaired.

Runs at the root of the tree; MKFS and FSCK name the programs.
"""
from __future__ import annotations

import os
import pathlib
import re
import struct
import subprocess
import tempfile
import unittest

import harness
from image import BSIZE, Image

MKFS = os.environ.get("MKFS", "build/mkfs")
FSCK = os.environ.get("FSCK", "build/fsck")


def run(*words: object) -> tuple[int, str]:
    """The status of a command, and what it said."""
    done = subprocess.run([str(word) for word in words],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=60, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def data(size: int) -> bytes:
    """So many bytes, none of the blocks alike."""
    lines = b"".join(b"%015d\n" % (i * 7) for i in range(size // 16 + 1))
    return lines[:size]


def u32(*numbers: int) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)


def u16(number: int) -> bytes:
    return struct.pack("<H", number)


class ImageCase(unittest.TestCase):
    """A directory for a case's files: in/ for what goes into the image."""

    def setUp(self) -> None:
        where = tempfile.TemporaryDirectory(prefix="drove-test.")
        self.addCleanup(where.cleanup)
        self.scratch = pathlib.Path(where.name)
        self.img = self.scratch / "fs.img"
        self.files = self.scratch / "in"
        self.files.mkdir()
        for size in (1, 15, 1023, 1024, 1025, 12289, 274431, 274432):
            self.file(f"f{size}", data(size))

    def file(self, name: str, contents: bytes) -> pathlib.Path:
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents)
        return path

    def says(self, pattern: str, *words: object, status: int = 0) -> None:
        ended, said = run(*words)
        self.assertEqual(ended, status, said)
        self.assertRegex(said, re.compile(pattern, re.M))

    def refuses(self, pattern: str, *words: object) -> None:
        """It fails, by itself, with one line that matches."""
        ended, said = run(*words)
        self.assertIn(ended, range(1, 124), said)
        self.assertEqual(len(said.splitlines()), 1, said)
        self.assertRegex(said, pattern)

    def builds(self, name: str, *words: object) -> Image:
        """mkfs makes an image that fsck finds clean."""
        with self.subTest(f"{name}: mkfs"):
            ended, said = run(MKFS, *words)
            self.assertEqual(ended, 0, said)
        with self.subTest(f"{name}: fsck"):
            self.says(": clean$", FSCK, self.img)
        return Image(self.img)

    def holds(self, img: Image, path: str, host: pathlib.Path) -> None:
        with self.subTest(f"{path} has the bytes of {host.name}"):
            inum = img.find(path)
            self.assertNotEqual(inum, 0, "no such path")
            self.assertTrue(img.contents(inum) == host.read_bytes())


class Builds(ImageCase):
    def test_empty_root(self) -> None:
        img = self.builds("empty root", self.img)
        self.assertEqual(len(img.bytes), 2000 * BSIZE)
        self.assertEqual(img.magic, 0x10203040)
        self.assertEqual(img.ninodes, 200)
        self.assertEqual(img.nlog, 31)

    def test_sizes(self) -> None:
        """Around the edges of blocks, of the direct blocks and of a file."""
        for size in (0, 1, 15, 1023, 1024, 1025, 12287, 12288, 12289, 13312,
                     274431, 274432):
            host = self.file(f"f{size}", data(size))
            img = self.builds(f"file of {size} bytes", self.img, host)
            self.holds(img, host.name, host)

    def test_names(self) -> None:
        program = self.file("_cat", data(1025))
        longest = self.file("abcdefghijklmn", data(1023))
        deep = self.files / "f12289"
        img = self.builds("several", self.img, program, longest,
                          f"{deep}=sub/dir/deep", f"{program}=/sub/_kept")
        self.holds(img, "cat", program) # without its _
        self.holds(img, "abcdefghijklmn", longest)
        self.holds(img, "sub/dir/deep", deep)
        self.holds(img, "sub/_kept", program)

    def test_devices(self) -> None:
        img = self.builds("devices", "-D", "3:0:dev/lockstat",
                          "-D", "1:7:console", self.img)
        lockstat = img.inode_at(img.find("dev/lockstat"))
        self.assertEqual(img.half(lockstat), 3) # T_DEVICE
        self.assertEqual(img.half(lockstat + 2), 3)
        console = img.inode_at(img.find("console"))
        self.assertEqual(img.half(console + 4), 7)

    def tree(self, name: str, backwards: bool = False) -> pathlib.Path:
        """A host directory: the same contents, made in one order or in the
        other."""
        root = self.scratch / name
        names = {"a/b/largest": data(274432), "a/b/c/d/e/f/g/leaf": data(1)}
        names.update({f"many/n{i}": b"%d\n" % i for i in range(130)})
        (root / "empty").mkdir(parents=True)
        for path in sorted(names, reverse=backwards):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(names[path])
        return root

    def test_host_directory(self) -> None:
        tree = self.tree("tree")
        program = self.file("_cat", data(1025))
        img = self.builds("host directory", "-d", tree, self.img, program)
        self.holds(img, "a/b/largest", tree / "a/b/largest")
        self.holds(img, "a/b/c/d/e/f/g/leaf", self.files / "f1")
        self.holds(img, "many/n99", tree / "many/n99") # in the third block
        self.holds(img, "cat", program)
        # The root is named by itself and by the .. of three directories.
        self.assertEqual(img.half(img.inode_at(1) + 6), 4)
        with self.subTest("same contents, same bytes"):
            again = self.tree("again", backwards=True)
            run(MKFS, "-d", again, self.img, program)
            self.assertTrue(Image(self.img).bytes == img.bytes)

    def test_numbers(self) -> None:
        host = self.files / "f1025"
        for blocks in (60, 8191, 8192, 8193, 20000, 100000):
            img = self.builds(f"{blocks} blocks", "-b", blocks, self.img, host)
            self.assertEqual(len(img.bytes), blocks * BSIZE)
        for inodes in (15, 16, 17, 1000, 65536):
            self.builds(f"{inodes} inodes", "-b", 8000, "-i", inodes,
                        self.img, host)
        self.builds("2 inodes", "-i", 2, self.img)
        self.builds("log of 11", "-l", 11, self.img)
        self.builds("log of 256", "-l", 256, self.img)

    def test_auto(self) -> None:
        self.builds("auto", "-b", "auto", "-i", "auto",
                    "-d", self.tree("tree"), self.img)
        self.builds("auto, empty", "-b", "auto", self.img)
        wide = self.scratch / "wide"
        wide.mkdir()
        for i in range(1, 3001):
            (wide / f"n{i}").touch()
        img = self.builds("auto, 3000 files", "-b", "auto", "-i", "auto",
                          "-d", wide, self.img)
        self.assertGreater(len(img.bytes) // BSIZE, 1300) # room is left

    def test_exact_fit(self) -> None:
        """To the last block: 48 without data, then one of the root and one of
        the file."""
        host = self.files / "f1024"
        self.builds("exact fit", "-b", 49, self.img, host)
        self.builds("exact fit of inodes", "-i", 3, self.img, host)


class Refusals(ImageCase):
    def declines(self, name: str, pattern: str, *words: object) -> None:
        self.img.write_text("stale\n")
        with self.subTest(name):
            self.refuses(pattern, MKFS, *words)
        with self.subTest(f"{name}: no image left"):
            self.assertFalse(self.img.exists())

    def test_contents(self) -> None:
        f1, f15, f1024 = (self.files / n for n in ("f1", "f15", "f1024"))
        self.declines("too large a file",
                      "toolarge: 274433 bytes.*at most 274432",
                      self.img, self.file("toolarge", data(274433)))
        self.declines("too long a name",
                      "longer than 14 bytes: fifteen-letters",
                      self.img, self.file("fifteen-letters", b"\n"))
        self.declines("too long a directory", "longer than 14 bytes",
                      self.img, f"{f1}=fifteen-letters/f")
        self.declines("one block short", "take 49 blocks, the image has 48",
                      "-b", 48, self.img, f1024)
        self.declines("no room even for the log", "the image has 10",
                      "-b", 10, self.img)
        self.declines("one inode short", "take 3 inodes, the image has 2",
                      "-i", 2, self.img, f1024)
        self.declines("same name twice", "given twice",
                      self.img, f1, f"{f15}=f1")
        self.declines("file as directory", "not a directory",
                      self.img, f1, f"{f1}=f1/x")
        self.declines("file named ..", "cannot be a name",
                      self.img, f"{f1}=a/../b")
        self.declines("empty path", "not the path", self.img, f"{f1}=")
        self.declines("path of a directory", "not the path",
                      self.img, f"{f1}=a/")

    def test_host_files(self) -> None:
        nonesuch = self.files / "nonesuch"
        self.declines("missing file", "nonesuch: No such file",
                      self.img, nonesuch)
        self.declines("missing directory", "nonesuch: No such file",
                      "-d", nonesuch, self.img)
        self.declines("directory as file", "not a regular file",
                      self.img, self.files)
        (self.files / "up").symlink_to("..")
        self.declines("link to a directory", "up: not a regular file",
                      "-d", self.files, self.img)

    def test_arguments(self) -> None:
        for pattern, words in (
                ("12x: number of blocks must be", ("-b", "12x")),
                ("0: number of blocks must be", ("-b", 0)),
                ("65537: number of inodes must be 2..65536", ("-i", 65537)),
                ("log blocks must be 11..256", ("-l", 10)),
                ("log blocks must be 11..256", ("-l", 257)),
                ("device major must be 0..15", ("-D", "16:0:dev/x")),
                ("device major must be", ("-D", 3))):
            with self.subTest(words=words):
                self.refuses(pattern, MKFS, *words, self.img)
        with self.subTest("unwritable place"):
            self.refuses("No such file", MKFS, self.scratch / "no/fs.img")
        with self.subTest("none of these made an image"):
            self.assertFalse(self.img.exists())


class KnownImage(ImageCase):
    """An image of which every byte is known, to damage."""

    def setUp(self) -> None:
        super().setUp()
        # 1 = /, 2 = a (direct), 3 = big (indirect), 4 = d, 5 = dev, 6 = d/x,
        # 7 = dev/null.
        ended, said = run(MKFS, "-D", "5:0:dev/null", self.img,
                          *(f"{self.files}/{f}" for f in (
                              "f1025=a", "f274431=big", "f15=d/x")))
        self.assertEqual(ended, 0, said)
        self.good = Image(self.img)
        self.inode = [self.good.inode_at(i) for i in range(10)]
        self.root = self.good.block_at(1, 0)
        self.d = self.good.block_at(4, 0)
        self.map = self.good.bmapstart * BSIZE
        self.indirect = self.good.word(self.inode[3] + 60) * BSIZE

    def damaged(self, *pokes: tuple[int, bytes]) -> bytes:
        img = Image(self.img)
        img.bytes = bytearray(self.good.bytes)
        for at, new in pokes:
            img.poke(at, new)
        return bytes(img.bytes)

    def names(self, name: str, pattern: str, contents: bytes) -> None:
        """fsck names it, and only fails; it repairs it, unless it cannot read
        the superblock."""
        self.img.write_bytes(contents)
        with self.subTest(f"names: {name}"):
            ended, said = run(FSCK, self.img)
            self.assertEqual(ended, 1, said)
            self.assertRegex(said, re.compile(pattern, re.M))
        if re.search("^superblock: ", said, re.M):
            self.left_alone(name, contents)
            return
        with self.subTest(f"repairs: {name}"):
            ended, said = run(FSCK, "-r", self.img)
            self.assertEqual(ended, 0, said)
        with self.subTest(f"has repaired: {name}"):
            self.says(": clean$", FSCK, self.img)

    def left_alone(self, name: str, contents: bytes) -> None:
        with self.subTest(f"leaves alone: {name}"):
            self.says("not repaired, and left as it was",
                      FSCK, "-r", self.img, status=1)
            self.assertTrue(self.img.read_bytes() == contents)


class Damage(KnownImage):
    """Every kind is named by fsck, and repaired."""

    def damage(self, name: str, pattern: str,
               *pokes: tuple[int, bytes]) -> None:
        self.names(name, pattern, self.damaged(*pokes))

    def test_known_image(self) -> None:
        self.says(": clean$", FSCK, self.img)
        for inum, path in enumerate(("a", "big", "d", "dev"), 2):
            self.assertEqual(self.good.find(path), inum)

    def test_superblock(self) -> None:
        self.damage("foreign magic", "magic is 0x1", (1024, u32(1)))
        self.damage("size beyond the file", "size is 2001 blocks",
                    (1028, u32(2001)))
        self.damage("size below the file", "size is 1999 blocks",
                    (1028, u32(1999)))
        self.damage("more data than blocks", "data blocks of 2000",
                    (1032, u32(2001)))
        self.damage("data over the bitmap",
                    "bitmap at block 46, 1 blocks, runs into",
                    (1032, u32(1954)))
        self.damage("no inodes", "0 inodes", (1036, u32(0)))
        self.damage("inodes over the bitmap",
                    "inodes at block 33, 125 blocks", (1036, u32(2000)))
        self.damage("no log", "log of 1 blocks", (1040, u32(1)))
        self.damage("log over the inodes", "log at block 2, 32 blocks",
                    (1040, u32(32)))
        self.damage("log on the superblock", "log starts at block 1",
                    (1044, u32(1)))
        self.damage("wild inode start", "runs into", (1048, u32(0xfffffff0)))
        self.damage("wild bitmap start", "bitmap at block",
                    (1052, u32(0xfffffff0)))

    def test_length(self) -> None:
        good = bytes(self.good.bytes)
        self.names("superblock cut off", "missing, the file has only 1500",
                   good[:1500])
        self.names("empty file", "missing, the file has only 0", b"")
        self.names("last byte cut off",
                   "size is 2000 blocks, but the file has 2047999", good[:-1])
        self.img.unlink()
        self.refuses("fs.img: No such file", FSCK, self.img)
        self.refuses("in: Is a directory", FSCK, self.files)

    def test_log(self) -> None:
        self.damage("log not empty", "needs recovery, 1 blocks",
                    (2048, u32(1, 48)))
        self.damage("log count too large",
                    "counts 31 blocks, the log holds 30", (2048, u32(31)))
        self.damage("logged block outside", "entry 0 is for block 2000",
                    (2048, u32(1, 2000)))
        self.damage("logged block in the log", "entry 0 is for block 3,",
                    (2048, u32(1, 3)))

    def test_inodes(self) -> None:
        i = self.inode
        self.damage("unknown type", "inode 2: unknown type 9", (i[2], u16(9)))
        self.damage("size over MAXFILE", "inode 2: size 274433 is over",
                    (i[2] + 8, u32(274433)))
        self.damage("missing blocks", "inode 2: 3 of its 5 blocks",
                    (i[2] + 8, u32(4097)))
        self.damage("directory size", "inode 4: size 47", (i[4] + 8, u32(47)))
        self.damage("device number", "inode 7: device 77:0",
                    (i[7] + 2, u16(77)))
        self.damage("device with bytes", "inode 7: a device of 5 bytes",
                    (i[7] + 8, u32(5)))

    def test_addresses(self) -> None:
        i = self.inode
        first_of_a = u32(self.good.word(i[2] + 12))
        self.damage("direct address outside",
                    "inode 2: address 2000 is not a data",
                    (i[2] + 12, u32(2000)))
        self.damage("direct address in metadata",
                    "inode 2: address 33 is not a data", (i[2] + 12, u32(33)))
        self.damage("indirect address outside",
                    "inode 3: address 4294967295 is not",
                    (i[3] + 60, u32(0xffffffff)))
        self.damage("address in the indirect block",
                    "inode 3: address 5 is not a data",
                    (self.indirect, u32(5)))
        self.damage("block of two files", "used twice, by inodes 2 and 6",
                    (i[6] + 12, first_of_a))
        self.damage("block twice in a file", "used twice, by inodes 2 and 2",
                    (i[2] + 16, first_of_a))

    def test_bitmap(self) -> None:
        self.damage("used but marked free",
                    "blocks 48..55 are in use but marked free",
                    (self.map + 6, b"\0"))
        self.damage("metadata marked free",
                    "blocks 0..7 are in use but marked free",
                    (self.map, b"\0"))
        self.damage("free but marked used",
                    "blocks 1992..1999 are free but marked",
                    (self.map + 249, b"\xff"))

    def test_directories(self) -> None:
        i, d, root = self.inode, self.d, self.root
        self.damage("root is a file", "the root is not a directory",
                    (i[1], u16(2)))
        self.damage("slot . leads elsewhere",
                    "slot 0 is '.' to inode 2, not", (d, u16(2)))
        self.damage("slot .. leads elsewhere",
                    "slot 1 is '..' to inode 2, not", (d + 16, u16(2)))
        self.damage("slot . has another name", "slot 0 is 'q' to inode 4",
                    (d + 2, b"q"))
        self.damage("empty directory file", "directory 4: 16 bytes, no room",
                    (i[4] + 8, u32(16)))
        self.damage("entry out of range", "'x' names inode 999 of 200",
                    (d + 32, u16(999)))
        self.damage("entry of a free inode",
                    "'x' names inode 9, which is free", (d + 32, u16(9)))
        self.damage("name with a slash", "bad name 'x/'", (d + 35, b"/"))
        self.damage("name missing", "bad name ''", (d + 34, b"\0"))
        self.damage("name with control bytes", r"'\?.' names inode 999",
                    (d + 32, u16(999) + b"\x1b["))
        self.damage("second ..", r"bad name '\.\.'", (d + 34, b".."))
        self.damage("same name twice", "directory 1: two entries 'a'",
                    (root + 48 + 2, b"a\0\0"))
        self.damage("directory named twice",
                    "'dev' names directory 5, which is in 1",
                    (root + 64, u16(5)))
        self.damage("directory loop", "'x' names directory 4, which is in 1",
                    (d + 32, u16(4)))

    def test_links(self) -> None:
        i, d = self.inode, self.d
        self.damage("too many links", "inode 2: link count is 2, but 1",
                    (i[2] + 6, u16(2)))
        self.damage("negative links", "inode 2: link count is -1",
                    (i[2] + 6, u16(0xffff)))
        self.damage("root links", "inode 1: link count is 2, but 3",
                    (i[1] + 6, u16(2)))
        self.damage("lost inode", "inode 9: unreachable$",
                    (i[9], bytes.fromhex("02000000000001")))
        self.damage("entry removed", "inode 6: unreachable$",
                    (d + 32, u16(0)))

    def test_orphan(self) -> None:
        orphan = (self.inode[9], bytes.fromhex("02000000000000"))
        self.damage("inode unlinked while open",
                    "inode 9: unreachable .unlinked", orphan)
        self.img.write_bytes(self.damaged(orphan))
        self.says("inode 9: unlinked while open, freed", FSCK, "-m", self.img)


class Replay(KnownImage):
    """A committed transaction that makes the directory d right again."""

    def setUp(self) -> None:
        super().setUp()
        d = self.d
        directory = bytes(self.good.bytes[d:d + BSIZE])
        self.logged = self.damaged((3 * BSIZE, directory),
                                   (2 * BSIZE, u32(1, d // BSIZE)),
                                   (d, b"\0\0\0"))

    def test_replay(self) -> None:
        self.names("unfinished transaction", "needs recovery, 1 blocks",
                   self.logged)
        self.img.write_bytes(self.logged)
        self.says("^log: replayed, 1 blocks$", FSCK, "-m", self.img)
        self.says(": clean$", FSCK, "-m", self.img)
        self.assertTrue(self.img.read_bytes() == self.logged)

    def test_long_log(self) -> None:
        """The superblock of a disk whose log may be longer than other kernels
        take has a magic number that they refuse."""
        self.names("unfinished long log",
                   "log: needs recovery, it may be a long one",
                   self.damaged((1024, u32(0x10203041))))
        self.assertEqual(Image(self.img).magic, 0x10203040)
        self.img.write_bytes(self.damaged((1024, u32(0x10203041))))
        self.says("^log: no longer a long one$", FSCK, "-m", self.img)

    def test_unsigned_header(self) -> None:
        """Another kernel's commit counts, whatever stands behind it."""
        logged = bytearray(self.logged)
        logged[2 * BSIZE + 488:3 * BSIZE] = b"\xa5" * (BSIZE - 488)
        self.img.write_bytes(logged)
        self.says("^log: replayed, 1 blocks$", FSCK, "-m", self.img)
        self.says(": clean$", FSCK, "-m", self.img)

    def test_damage_in_the_log_is_seen(self) -> None:
        bad = bytearray(self.logged)
        bad[self.d + 34] = 0
        bad[3 * BSIZE] = 9
        self.img.write_bytes(bad)
        self.says("slot 0 is", FSCK, "-m", self.img, status=1)


class Repair(KnownImage):
    """What it says, and what it keeps."""

    def test_lost_file(self) -> None:
        self.img.write_bytes(self.damaged((self.d + 32, u16(0))))
        self.says("^repaired: inode 6: entered in directory",
                  FSCK, "-r", self.img)
        img = Image(self.img)
        self.holds(img, "lost+found/inode-6", self.files / "f15")
        self.holds(img, "big", self.files / "f274431")

    def test_clean_image(self) -> None:
        os.utime(self.img, (1, 1))
        self.says(": clean$", FSCK, "-r", self.img)
        self.assertEqual(self.img.stat().st_mtime, 1, "it was written")


if __name__ == "__main__":
    harness.main()

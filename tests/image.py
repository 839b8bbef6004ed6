"""A disk image in memory, read and damaged without any of the project's code
(format: kernel/fs.h)."""
from __future__ import annotations

import pathlib
import struct

BSIZE = 1024
NDIRECT = 12
INODE_SIZE = 64
ENTRY_SIZE = 16


class Image:
    def __init__(self, path: pathlib.Path) -> None:
        self.bytes = bytearray(path.read_bytes())
        (self.magic, self.size, self.nblocks, self.ninodes, self.nlog,
         self.logstart, self.inodestart, self.bmapstart) = \
            struct.unpack_from("<8I", self.bytes, BSIZE)

    def word(self, at: int) -> int:
        return int(struct.unpack_from("<I", self.bytes, at)[0])

    def half(self, at: int) -> int:
        return int(struct.unpack_from("<H", self.bytes, at)[0])

    def poke(self, at: int, new: bytes) -> None:
        self.bytes[at:at + len(new)] = new

    def inode_at(self, inum: int) -> int:
        """Offset of an inode."""
        return self.inodestart * BSIZE + inum * INODE_SIZE

    def size_of(self, inum: int) -> int:
        return self.word(self.inode_at(inum) + 8)

    def block_at(self, inum: int, k: int) -> int:
        """Offset of the k-th block of an inode's contents."""
        at = self.inode_at(inum) + 12
        if k < NDIRECT:
            return self.word(at + 4 * k) * BSIZE
        indirect = self.word(at + 4 * NDIRECT) * BSIZE
        return self.word(indirect + 4 * (k - NDIRECT)) * BSIZE

    def contents(self, inum: int) -> bytes:
        size = self.size_of(inum)
        blocks = (self.block_at(inum, k)
                  for k in range((size + BSIZE - 1) // BSIZE))
        return b"".join(bytes(self.bytes[at:at + BSIZE])
                        for at in blocks)[:size]

    def find(self, path: str) -> int:
        """The inode that a path from the root leads to; 0 if none."""
        inum = 1
        for name in path.split("/"):
            inum = self._entry(inum, name.encode())
            if inum == 0:
                break
        return inum

    def _entry(self, directory: int, name: bytes) -> int:
        entries = self.contents(directory)
        for at in range(0, len(entries), ENTRY_SIZE):
            inum, found = struct.unpack_from("<H14s", entries, at)
            if inum and found.rstrip(b"\0") == name:
                return int(inum)
        return 0

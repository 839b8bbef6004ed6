// ELF64 as far as exec needs it (System V ABI, chapters 4 and 5).
#ifndef PROC_ELF_H
#define PROC_ELF_H

#include "kernel/types.h"

#define ELF_MAGIC "\177ELF\2\1\1" // class 64, little endian, version 1
#define EM_RISCV  243
#define ET_EXEC   2
#define PT_LOAD   1

enum { PF_X = 1, PF_W = 2, PF_R = 4 };

struct elf_header {
	char ident[16];
	uint16 type;
	uint16 machine;
	uint32 version;
	uint64 entry;
	uint64 phoff; // file offset of the program headers
	uint64 shoff;
	uint32 flags;
	uint16 ehsize;
	uint16 phentsize;
	uint16 phnum;
	uint16 shentsize;
	uint16 shnum;
	uint16 shstrndx;
};

struct elf_segment {
	uint32 type;
	uint32 flags;
	uint64 offset; // in the file
	uint64 vaddr;
	uint64 paddr;
	uint64 filesz;
	uint64 memsz; // what exceeds filesz is zero
	uint64 align;
};

#endif

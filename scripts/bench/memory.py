"""What a trace costs with the whole graph in memory: in C over arrays, the limit that nothing passes, and in numpy.

The C is compiled here and now; where there is no compiler, numpy alone is the limit. Both give whole grams per farm.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path

import numpy as np

from scripts.bench.graph import Harvest, Numbers

_C = r"""
#include <stdint.h>
#include <stdlib.h>

typedef unsigned __int128 parts;
typedef struct { int64_t edges, farms; } found;
typedef struct { uint64_t rest; int64_t farm, place; } share;

static int larger(const void *a, const void *b) {
    const share *x = a, *y = b;
    if (x->rest != y->rest) return x->rest < y->rest ? 1 : -1;
    return x->farm < y->farm ? -1 : x->farm > y->farm;
}

/* `first[lot]` to `first[lot + 1]` are the edges into a lot; `farm[edge]` is 0 where the parent is a lot. The arrays
   of work are zero between calls. Reach, order, shares in parts of a gram, and whole grams by largest remainder. */
found trace(int64_t lot, int64_t mass_g, const int64_t *first, const int32_t *parent, const int32_t *grams,
            const int32_t *farm, int32_t *waiting, parts *through, parts *came, int64_t *queue, share *shares,
            int64_t *farms_out, int64_t *grams_out) {
    int64_t reached = 1, done = 0, edges = 0, farms = 0, ready = 1;
    queue[0] = lot;
    waiting[lot] = 1;
    for (int64_t at = 0; at < reached; at++) {
        for (int64_t e = first[queue[at]]; e < first[queue[at] + 1]; e++) {
            edges++;
            if (!farm[e] && waiting[parent[e]]++ == 0) queue[reached++] = parent[e];
        }
    }
    queue[0] = lot;
    waiting[lot] = 0;
    through[lot] = (parts)mass_g << 64;
    while (done < ready) {
        int64_t node = queue[done++], whole = 0;
        parts here = through[node];
        for (int64_t e = first[node]; e < first[node + 1]; e++) whole += grams[e];
        parts each = whole ? here / (uint64_t)whole : 0; /* of a gram: one division for a lot, not for an edge */
        for (int64_t e = first[node]; e < first[node + 1]; e++) {
            parts some = each * grams[e];
            if (farm[e]) {
                if (!came[farm[e]]) farms_out[farms++] = farm[e];
                came[farm[e]] += some;
            } else {
                through[parent[e]] += some;
                if (--waiting[parent[e]] == 0) queue[ready++] = parent[e];
            }
        }
        through[node] = 0;
    }
    int64_t left = mass_g;
    for (int64_t n = 0; n < farms; n++) {
        parts weighed = (came[farms_out[n]] + (1u << 31)) >> 32;
        came[farms_out[n]] = 0;
        grams_out[n] = (int64_t)(weighed >> 32);
        shares[n] = (share){(uint64_t)weighed & 0xffffffff, farms_out[n], n};
        left -= grams_out[n];
    }
    qsort(shares, farms, sizeof(share), larger);
    for (int64_t n = 0; n < left; n++) grams_out[shares[n].place]++;
    return (found){edges, farms};
}
"""


class _Found(ctypes.Structure):
    _fields_ = (("edges", ctypes.c_int64), ("farms", ctypes.c_int64))


class Memory:
    """A harvest as arrays, by the lot that edges lead into."""

    def __init__(self, harvest: Harvest) -> None:
        lots, self.edges = len(harvest.kind), len(harvest.child)
        self.made_g = harvest.made_g
        self.first: Numbers = np.searchsorted(harvest.child, np.arange(lots + 2))
        self.parent = harvest.parent.astype(np.int32)
        self.grams = harvest.mass_g.astype(np.int32)
        self.farm = harvest.farm[harvest.parent - 1].astype(np.int32)
        self.farms = len(harvest.farm_org)
        self.lots = lots

    def shares(self, lot: int) -> dict[int, int]:
        """Grams per farm in numpy, level by level: floats on the way, and so not exact to the gram."""
        reached, level = [np.array([lot])], np.array([lot])
        waiting = np.zeros(self.lots + 1, dtype=np.int32)
        while len(level):
            edges = self._into(level)[0]
            above = self.parent[edges][self.farm[edges] == 0]
            new = np.unique(above[waiting[above] == 0])
            np.add.at(waiting, above, 1)
            reached.append(new)
            level = new
        through, came = np.zeros(self.lots + 1), np.zeros(self.farms + 1)
        through[lot] = self.made_g[lot - 1]
        level = np.array([lot])
        while len(level):
            edges, child = self._into(level)
            whole = np.bincount(child, weights=self.grams[edges], minlength=len(level))
            some = (through[level] / np.maximum(whole, 1))[child] * self.grams[edges]
            grown = self.farm[edges] > 0
            np.add.at(came, self.farm[edges][grown], some[grown])
            above = self.parent[edges][~grown]
            np.add.at(through, above, some[~grown])
            np.subtract.at(waiting, above, 1)
            level = np.unique(above[waiting[above] == 0])
        found = np.flatnonzero(came)
        return dict(zip(found.tolist(), np.rint(came[found]).astype(np.int64).tolist(), strict=True))

    def count(self, lot: int) -> int:
        """How many edges are above a lot."""
        seen, level, edges = {lot}, np.array([lot]), 0
        while len(level):
            into = self._into(level)[0]
            edges += len(into)
            new = set(self.parent[into][self.farm[into] == 0].tolist()) - seen
            seen |= new
            level = np.array(sorted(new), dtype=np.int64)
        return edges

    def _into(self, lots: Numbers) -> tuple[Numbers, Numbers]:
        """The edges into some lots, and for each of them the place of its lot."""
        start, count = self.first[lots], self.first[lots + 1] - self.first[lots]
        child = np.repeat(np.arange(len(lots)), count)
        return np.arange(count.sum()) - np.repeat(np.cumsum(count) - count - start, count), child


class Limit:
    """The same graph, walked in C."""

    def __init__(self, memory: Memory, folder: Path) -> None:
        """Compiles into `folder`. Raises NoCompiler where there is none."""
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if compiler is None:
            raise NoCompiler("there is no C compiler here")
        source, made = folder / "limit.c", folder / "limit.so"
        source.write_text(_C)
        subprocess.run([compiler, "-O3", "-march=native", "-shared", "-fPIC", "-o", made, source], check=True)
        self._trace = ctypes.CDLL(str(made)).trace
        self._trace.restype = _Found
        self._made_g = memory.made_g
        self._farms, self._shares = np.zeros(memory.edges, dtype=np.int64), np.zeros(memory.edges, dtype=np.int64)
        self._arrays = (
            *(memory.first, memory.parent, memory.grams, memory.farm),
            np.zeros(memory.lots + 1, dtype=np.int32),
            np.zeros((memory.lots + 1, 2), dtype=np.uint64),
            np.zeros((memory.farms + 1, 2), dtype=np.uint64),
            np.zeros(memory.lots + 1, dtype=np.int64),
            np.zeros((memory.farms + 1) * 3, dtype=np.int64),
            *(self._farms, self._shares),
        )
        self._pointers = tuple(ctypes.c_void_p(array.ctypes.data) for array in self._arrays)

    def edges(self, lot: int) -> int:
        """How many edges are above a lot."""
        return int(self._found(lot).edges)

    def shares(self, lot: int) -> dict[int, int]:
        """Grams per farm, exact to the gram, as a dict."""
        farms = self._found(lot).farms
        return dict(zip(self._farms[:farms].tolist(), self._shares[:farms].tolist(), strict=True))

    def _found(self, lot: int) -> _Found:
        made_g = ctypes.c_int64(int(self._made_g[lot - 1]))
        found: _Found = self._trace(ctypes.c_int64(lot), made_g, *self._pointers)
        return found


class NoCompiler(Exception):
    """The C limit cannot be measured here, and this says why."""

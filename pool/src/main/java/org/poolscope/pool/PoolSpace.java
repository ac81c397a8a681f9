package org.poolscope.pool;

import java.util.ArrayList;
import java.util.List;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.PoolKind;

/**
 * Where to look for pool: the regions the kernel names, without overlap, less its modules. Of overlapping regions the one named first owns
 * the addresses: nonpaged pool of 32-bit kernels is told as one span, with paged pool and much else inside.
 */
final class PoolSpace {

    /** Where the kernel's half begins when all of it must be looked at. */
    private static final long KERNEL_HALF_32 = 0x8000_0000L;
    private static final long LAST_32 = 0xffff_ffffL;
    private static final long KERNEL_HALF_64 = 0xffff_8000_0000_0000L;
    private static final long LAST_64 = -1L;

    private final List<Piece> pieces;
    private final List<Piece> paged;
    private final List<LoadedModule> modules;
    private final boolean named;

    private PoolSpace(List<Piece> pieces, List<Piece> paged, List<LoadedModule> modules, boolean named) {
        this.named = named;
        this.pieces = pieces;
        this.paged = paged;
        this.modules = modules;
    }

    /**
     * A span of addresses.
     *
     * @param last its last address, inclusive
     */
    record Piece(long first, long last) {
    }

    /**
     * The space of a kernel.
     *
     * @param named the regions the kernel names, those that own addresses first; may be empty
     * @param wide whether addresses have 64 bits
     */
    static PoolSpace of(List<NamedRegion> named, List<LoadedModule> modules, boolean wide) {
        List<NamedRegion> regions = new ArrayList<>(named);
        if (named.stream().noneMatch(region -> region.pool() == PoolKind.NONPAGED)) {
            regions.add(wide ? new NamedRegion(PoolKind.NONPAGED, KERNEL_HALF_64, LAST_64)
                    : new NamedRegion(PoolKind.NONPAGED, KERNEL_HALF_32, LAST_32));
        }
        List<Piece> pieces = new ArrayList<>();
        List<Piece> paged = new ArrayList<>();
        for (NamedRegion region : regions) {
            Piece whole = new Piece(region.first(), region.last());
            if (region.pool() == PoolKind.PAGED) {
                paged.add(whole);
            }
            List<Piece> left = List.of(whole);
            for (Piece taken : List.copyOf(pieces)) {
                left = left.stream().flatMap(piece -> without(piece, taken).stream()).toList();
            }
            pieces.addAll(left);
        }
        pieces.sort((a, b) -> Long.compareUnsigned(a.first(), b.first()));
        return new PoolSpace(List.copyOf(pieces), List.copyOf(paged), List.copyOf(modules), regions.size() == named.size());
    }

    /** A region the kernel names, its last address inclusive. */
    record NamedRegion(PoolKind pool, long first, long last) {
    }

    private static List<Piece> without(Piece piece, Piece taken) {
        if (Long.compareUnsigned(taken.last(), piece.first()) < 0 || Long.compareUnsigned(taken.first(), piece.last()) > 0) {
            return List.of(piece);
        }
        List<Piece> left = new ArrayList<>(2);
        if (Long.compareUnsigned(piece.first(), taken.first()) < 0) {
            left.add(new Piece(piece.first(), taken.first() - 1));
        }
        if (Long.compareUnsigned(taken.last(), piece.last()) < 0) {
            left.add(new Piece(taken.last() + 1, piece.last()));
        }
        return left;
    }

    /** The spans to walk, ascending and without overlap. */
    List<Piece> pieces() {
        return pieces;
    }

    /** Adds the loaded modules. */
    void addModules(AddressRanges.Builder ranges) {
        modules.forEach(module -> ranges.add(module.base(), module.base() + module.size()));
    }

    /** The loaded modules. */
    List<LoadedModule> modules() {
        return modules;
    }

    /** Whether the kernel names the regions of both pools, so that a place tells the pool. */
    boolean named() {
        return named;
    }

    /** Which pool an address belongs to by its place. */
    PoolKind poolOf(long va) {
        for (Piece piece : paged) {
            if (Long.compareUnsigned(va, piece.first()) >= 0 && Long.compareUnsigned(va, piece.last()) <= 0) {
                return PoolKind.PAGED;
            }
        }
        return PoolKind.NONPAGED;
    }
}

package org.poolscope.memory;

/**
 * The memory manager's totals that a small dump carries ({@code DUMP_MM_STORAGE}). In pages of 4096 bytes; a total that was not
 * recorded, or does not fit the machine's word, is {@code null}. Windows fills them in when the small dump is written at the
 * crash, and leaves them zero when it is made later from a larger dump.
 *
 * @param nonPagedMaximum the most nonpaged pool may grow to
 * @param nonPagedAllocated nonpaged pool in use
 * @param pagedMaximum the most paged pool may grow to
 * @param pagedAllocated paged pool in use
 * @param committed memory promised to somebody
 * @param peakCommitted the most ever promised since boot
 * @param commitLimit the most that can be promised
 */
public record MemoryTotals(Long nonPagedMaximum, Long nonPagedAllocated, Long pagedMaximum, Long pagedAllocated, Long committed,
        Long peakCommitted, Long commitLimit) {
}

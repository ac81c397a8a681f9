package org.poolscope.model;

/** The figures of Windows' performance counters that tell about pool, by the names they have in English. */
public enum Counter {
    /** Paged pool in use, in bytes. */
    POOL_PAGED_BYTES("Memory", "Pool Paged Bytes"),
    /** Nonpaged pool in use, in bytes. */
    POOL_NONPAGED_BYTES("Memory", "Pool Nonpaged Bytes"),
    /** Calls that allocated paged pool, as long as Windows counted them (0 since Windows 10). */
    POOL_PAGED_ALLOCS("Memory", "Pool Paged Allocs"),
    /** Calls that allocated nonpaged pool, as long as Windows counted them (0 since Windows 10). */
    POOL_NONPAGED_ALLOCS("Memory", "Pool Nonpaged Allocs"),
    /** The part of paged pool that is in physical memory, in bytes. */
    POOL_PAGED_RESIDENT_BYTES("Memory", "Pool Paged Resident Bytes"),
    /** Physical memory nobody needs at the moment, in bytes. */
    AVAILABLE_BYTES("Memory", "Available Bytes"),
    /** Memory promised to somebody, in bytes. */
    COMMITTED_BYTES("Memory", "Committed Bytes"),
    /** The most that can be promised, in bytes. */
    COMMIT_LIMIT("Memory", "Commit Limit"),
    /** Page table entries free for system use. */
    FREE_SYSTEM_PTES("Memory", "Free System Page Table Entries"),
    /** The file cache and other system memory in physical memory, in bytes. */
    CACHE_BYTES("Memory", "Cache Bytes"),
    /** Seconds since the machine was started. */
    SYSTEM_UP_TIME("System", "System Up Time"),
    /** Handles one process has open. */
    PROCESS_HANDLES("Process", "Handle Count"),
    /** Paged pool charged to one process, in bytes. */
    PROCESS_POOL_PAGED_BYTES("Process", "Pool Paged Bytes"),
    /** Nonpaged pool charged to one process, in bytes. */
    PROCESS_POOL_NONPAGED_BYTES("Process", "Pool Nonpaged Bytes");

    private final String object;
    private final String english;

    Counter(String object, String english) {
        this.object = object;
        this.english = english;
    }

    /** The object it belongs to, in English: {@code Memory}. */
    public String object() {
        return object;
    }

    /** Its name in English: {@code Pool Paged Bytes}. */
    public String english() {
        return english;
    }

    /** The counter of the bytes in use of one pool. */
    public static Counter bytesOf(PoolKind pool) {
        return pool == PoolKind.PAGED ? POOL_PAGED_BYTES : POOL_NONPAGED_BYTES;
    }

    @Override
    public String toString() {
        return "\\" + object + "\\" + english;
    }
}

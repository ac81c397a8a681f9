package org.poolscope.logs;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.poolscope.model.Fact;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Provenance;

/**
 * What Windows itself saw when it ran low on memory: event 2004 of the Resource Exhaustion Detector (Vista and later). Sizes
 * are in bytes, {@code null} where the event does not give them.
 *
 * @param seenAt where the event stands
 * @param time when; {@code null} when not readable
 * @param zone the zone of {@code time}; {@code null} for the machine's own
 * @param computer the machine's name, or {@code null}
 * @param commitLimitBytes the most that can be promised
 * @param commitBytes memory promised
 * @param processCommitBytes the part of it promised to processes
 * @param pagedPoolBytes paged pool in use
 * @param nonPagedPoolBytes nonpaged pool in use
 * @param physicalBytes physical memory
 * @param physicalUsedBytes physical memory in use
 * @param processes how many processes there were
 * @param pagedTags the tags that used most paged pool, most first; empty when the event lists none
 * @param nonPagedTags the tags that used most nonpaged pool, likewise
 * @param processUses the processes that committed most, most first
 */
public record ResourceExhaustion(
        Provenance seenAt,
        LocalDateTime time,
        ZoneOffset zone,
        String computer,
        Long commitLimitBytes,
        Long commitBytes,
        Long processCommitBytes,
        Long pagedPoolBytes,
        Long nonPagedPoolBytes,
        Long physicalBytes,
        Long physicalUsedBytes,
        Long processes,
        List<TagBytes> pagedTags,
        List<TagBytes> nonPagedTags,
        List<ProcessUse> processUses) implements Fact {

    public ResourceExhaustion {
        pagedTags = List.copyOf(pagedTags);
        nonPagedTags = List.copyOf(nonPagedTags);
        processUses = List.copyOf(processUses);
    }

    /** The tags listed for one pool. */
    public List<TagBytes> tags(PoolKind pool) {
        return pool == PoolKind.PAGED ? pagedTags : nonPagedTags;
    }

    /**
     * A tag of the list.
     *
     * @param tag the tag
     * @param bytes what it used
     * @param seenAt where it stands
     */
    public record TagBytes(PoolTag tag, long bytes, Provenance seenAt) {
    }

    /**
     * A process of the list.
     *
     * @param name its image name
     * @param id its process id; {@code null} when not readable
     * @param commitBytes memory promised to it; {@code null} when not readable
     * @param handles how many handles it had open; {@code null} when not readable
     */
    public record ProcessUse(String name, Long id, Long commitBytes, Long handles) {
    }
}

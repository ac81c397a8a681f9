package org.poolscope.kernel.objects;

import org.poolscope.model.PoolTag;

/**
 * How many handles of one type a process has open. What is not known is {@code null}.
 *
 * @param process the process's image name
 * @param pid its process id
 * @param processAddress where it stands
 * @param type the name of the type of object the handles lead to
 * @param tag the pool tag objects of the type are allocated with
 * @param count how many handles
 */
public record HandleUse(String process, Long pid, long processAddress, String type, PoolTag tag, long count) {

    /** The same with another count. */
    public HandleUse with(long newCount) {
        return new HandleUse(process, pid, processAddress, type, tag, newCount);
    }
}

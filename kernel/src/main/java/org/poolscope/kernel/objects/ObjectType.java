package org.poolscope.kernel.objects;

import org.poolscope.model.PoolTag;

/**
 * A type of kernel object, as the object manager keeps it.
 *
 * @param address where its {@code OBJECT_TYPE} stands
 * @param name its name: {@code Process}, {@code Event}, {@code Device} …
 * @param tag the pool tag its objects are allocated with
 * @param objects how many objects of the type there are, as the kernel counts them
 * @param handles how many handles lead to them, as the kernel counts them
 */
public record ObjectType(long address, String name, PoolTag tag, long objects, long handles) {
}

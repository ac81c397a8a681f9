package org.poolscope.lab.machine;

import org.poolscope.model.PoolKind;

/** A type of kernel objects. */
public final class ObjectType {

    private final String name;
    private final TagAccount account;
    private final PoolKind pool;
    private final int index;
    private long address;
    private int objects;
    private int handles;

    /**
     * @param index its number in the table of types (Windows 7 on), also written to the type object before that
     */
    ObjectType(String name, TagAccount account, PoolKind pool, int index) {
        this.name = name;
        this.account = account;
        this.pool = pool;
        this.index = index;
    }

    /** Its name, as {@code !object} prints it. */
    public String name() {
        return name;
    }

    /** The account of the tag its objects are allocated with. */
    public TagAccount account() {
        return account;
    }

    PoolKind pool() {
        return pool;
    }

    int index() {
        return index;
    }

    /** The body of the type object. */
    long address() {
        return address;
    }

    void setAddress(long body) {
        address = body;
    }

    /** Objects of this type. */
    public int objects() {
        return objects;
    }

    void countObject() {
        objects++;
    }

    /** Handles open to them. */
    public int handles() {
        return handles;
    }

    void countHandle() {
        handles++;
    }
}

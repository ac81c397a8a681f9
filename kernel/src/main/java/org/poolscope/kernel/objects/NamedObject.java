package org.poolscope.kernel.objects;

/**
 * What stands at an address, as the object manager knows it.
 *
 * @param address where the object's body begins
 * @param type its type
 * @param name its name, with the directories that lead to it: {@code \Device\Beep}; for devices without a name, that of their
 *     driver in parentheses; {@code null} when it has none
 */
public record NamedObject(long address, ObjectType type, String name) {

    @Override
    public String toString() {
        return name == null ? type.name() : type.name() + " " + name;
    }
}

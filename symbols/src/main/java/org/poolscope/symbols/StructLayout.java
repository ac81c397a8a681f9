package org.poolscope.symbols;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The layout of one structure in one kernel build. Immutable. */
public final class StructLayout {

    private final String name;
    private final int size;
    private final String source;
    private final Map<String, FieldLayout> fields;

    /**
     * Describes a structure.
     *
     * @param size bytes of the whole structure
     * @param source where the facts come from, and for which builds
     */
    public StructLayout(String name, int size, String source, List<FieldLayout> fields) {
        this.name = name;
        this.size = size;
        this.source = source;
        this.fields = LinkedHashMap.newLinkedHashMap(fields.size());
        for (FieldLayout field : fields) {
            this.fields.put(field.name(), field);
        }
    }

    /** Its name, as the kernel's symbols have it: {@code _POOL_HEADER}. */
    public String name() {
        return name;
    }

    /** Bytes of the whole structure. */
    public int size() {
        return size;
    }

    /** Where the facts come from, and for which builds they were seen. */
    public String source() {
        return source;
    }

    /** The known fields; not all the structure has. */
    public List<FieldLayout> fields() {
        return List.copyOf(fields.values());
    }

    /** Whether this build has the field, and its place is known. */
    public boolean has(String field) {
        return fields.containsKey(field);
    }

    /** The field, if this build has it and its place is known. */
    public Optional<FieldLayout> find(String field) {
        return Optional.ofNullable(fields.get(field));
    }

    /**
     * The field.
     *
     * @throws UnknownLayoutException when it is not known
     */
    public FieldLayout field(String field) {
        FieldLayout layout = fields.get(field);
        if (layout == null) {
            throw new UnknownLayoutException("field " + name + "." + field + " (" + source + ")");
        }
        return layout;
    }

    /**
     * Where the field stands, in bytes from the start of the structure.
     *
     * @throws UnknownLayoutException when it is not known
     */
    public int offset(String field) {
        return field(field).offset();
    }

    @Override
    public String toString() {
        return name + " (" + size + " bytes, " + source + ")";
    }
}

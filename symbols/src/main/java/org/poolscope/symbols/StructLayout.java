package org.poolscope.symbols;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The layout of one structure in one kernel build. Immutable. */
public final class StructLayout {

    private final String name;
    private final int size;
    private final String source;
    private final Map<String, FieldLayout> fields;
    private final Function<String, FieldLayout> paths;

    /**
     * Describes a structure.
     *
     * @param size bytes of the whole structure
     * @param source where the facts come from, and for which builds
     */
    public StructLayout(String name, int size, String source, List<FieldLayout> fields) {
        this(name, size, source, fields, path -> null);
    }

    /**
     * Describes a structure whose source also knows the structures embedded in it.
     *
     * @param paths finds a field that is not among the direct ones, by its dotted path; {@code null} when there is none
     */
    StructLayout(String name, int size, String source, List<FieldLayout> fields, Function<String, FieldLayout> paths) {
        this.paths = paths;
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
        return lookUp(field) != null;
    }

    /** The field, if this build has it and its place is known. */
    public Optional<FieldLayout> find(String field) {
        return Optional.ofNullable(lookUp(field));
    }

    /**
     * The field.
     *
     * @throws UnknownLayoutException when it is not known
     */
    public FieldLayout field(String field) {
        FieldLayout layout = lookUp(field);
        if (layout == null) {
            throw new UnknownLayoutException("field " + name + "." + field + " (" + source + ")");
        }
        return layout;
    }

    private FieldLayout lookUp(String field) {
        FieldLayout direct = fields.get(field);
        return direct != null ? direct : paths.apply(field);
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

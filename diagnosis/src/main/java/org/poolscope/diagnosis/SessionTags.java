package org.poolscope.diagnosis;

import java.util.Locale;
import java.util.function.Predicate;
import org.poolscope.logs.TagDatabase;
import org.poolscope.model.PoolTag;

/** Whether a tag is one of the drivers that live in session space and keep their tables there: windows and graphics. */
public final class SessionTags implements Predicate<PoolTag> {

    /** {@code win32k.sys}, which Windows 10 split into three. */
    private static final String DRIVER = "win32k";

    private final TagDatabase database = TagDatabase.builtIn();

    @Override
    public boolean test(PoolTag tag) {
        return database.lookup(tag).stream().limit(1)
                .anyMatch(entry -> entry.binary() != null && entry.binary().toLowerCase(Locale.ROOT).startsWith(DRIVER));
    }
}

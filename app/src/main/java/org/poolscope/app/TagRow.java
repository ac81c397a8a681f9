package org.poolscope.app;

import static org.poolscope.report.JsonDocument.flag;
import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.poolscope.driver.TagUse;
import org.poolscope.logs.TagDatabase;
import org.poolscope.logs.TagEntry;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Quantity;
import org.poolscope.report.Listing;

/**
 * One answer to the question who uses a tag.
 *
 * @param tag the tag, or the pattern of tags
 * @param binary the driver, or {@code null} when none is named
 * @param file the driver's file, or the database
 * @param via {@code callsite}, {@code literal} or {@code database}
 * @param sites how many call sites, or places that read like the tag; {@code null} for a database
 * @param confidence how sure it is: {@code high}, {@code medium}, {@code low}
 * @param shared whether many drivers use the tag, so that it names no owner
 * @param description what a database says of it; empty otherwise
 */
record TagRow(String tag, String binary, String file, String via, Integer sites, String confidence, boolean shared, String description) {

    /** A table of these rows; where two files have one name, with their paths. */
    static Listing<TagRow> listing(List<TagRow> rows) {
        Map<String, String> files = new HashMap<>();
        boolean twins = false;
        for (TagRow row : rows) {
            if (!row.via().equals("database")) {
                String before = files.putIfAbsent(row.binary().toLowerCase(Locale.ROOT), row.file());
                twins |= before != null && !before.equals(row.file());
            }
        }
        return listing(twins);
    }

    private static Listing<TagRow> listing(boolean paths) {
        return new Listing<TagRow>((row, json) -> {
            text(json, "tag", row.tag());
            text(json, "binary", row.binary());
            text(json, "via", row.via());
            number(json, "sites", row.sites());
            text(json, "confidence", row.confidence());
            flag(json, "shared", row.shared());
            text(json, "file", row.file());
            text(json, "description", row.description().isEmpty() ? null : row.description());
        })
                .text("Tag", TagRow::tag)
                .text("Driver", row -> paths && !row.via().equals("database") ? row.file() : row.binary())
                .text("Via", TagRow::via)
                .number("Sites", row -> row.sites() == null ? "" : Quantity.count(row.sites()))
                .text("Confidence", TagRow::confidence)
                .text("Note", TagRow::note);
    }

    static TagRow of(TagUse use) {
        return new TagRow(use.tag().toString(), use.binary(), use.file().toString(), use.source().word(), use.sites(), use.confidence().word(),
                TagDatabase.builtIn().isShared(use.tag()), "");
    }

    static TagRow of(TagEntry entry, PoolTag tag, TagDatabase database) {
        boolean exact = entry.pattern().isExact();
        return new TagRow(exact ? tag.toString() : entry.pattern().toString(), entry.binary(), entry.seenAt().file(), "database", null,
                exact ? "medium" : "low", database.isShared(tag), entry.description());
    }

    private String note() {
        String chance = via.equals("literal") ? confidence.equals("low") ? "reads like a tag: may be chance" : "a number in its code" : "";
        String many = shared ? "many drivers use it: names no owner" : "";
        String said = description.isEmpty() ? chance : description;
        return said + (said.isEmpty() || many.isEmpty() ? "" : "; ") + many;
    }
}

package org.poolscope.app.page;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.poolscope.dfs.ReferralCacheEntry;
import org.poolscope.dfs.ReferralExchange;
import org.poolscope.dfs.ReferralText;
import org.poolscope.driver.CallSite;
import org.poolscope.driver.ScannedDriver;
import org.poolscope.model.Address;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.LoadedModules;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.Provenance;
import org.poolscope.model.TagUsage;

/** What can be asked of a case beside its images. */
final class CaseAnswers {

    private static final int MOST_ROWS = 20_000;
    private static final int MOST_FOUND = 100;

    private final PageCase one;

    CaseAnswers(PageCase one) {
        this.one = one;
    }

    void drivers(JsonGenerator json) throws IOException, Refusal {
        json.writeArrayFieldStart("rows");
        for (ScannedDriver driver : one.subject().facts(ScannedDriver.class)) {
            json.writeStartObject();
            text(json, "name", driver.name());
            text(json, "from", driver.seenAt());
            number(json, "sites", driver.sites().size());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    void callsites(String name, JsonGenerator json) throws IOException, Refusal {
        ScannedDriver driver = one.subject().facts(ScannedDriver.class).stream().filter(known -> known.name().equalsIgnoreCase(name)).findFirst()
                .orElseThrow(() -> new Refusal(404, "This case has no code of driver '" + name + "'"));
        json.writeArrayFieldStart("rows");
        for (CallSite site : driver.sites()) {
            json.writeStartObject();
            text(json, "rva", Address.text(site.rva()));
            text(json, "function", site.function());
            text(json, "api", site.api());
            text(json, "operation", site.operation());
            text(json, "tag", site.tag());
            text(json, "pool", site.pool());
            json.writeArrayFieldStart("sizes");
            for (long size : site.sizes()) {
                json.writeNumber(size);
            }
            json.writeEndArray();
            text(json, "via", site.via().word());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    void referrals(JsonGenerator json) throws IOException, Refusal {
        int rows = 0;
        json.writeArrayFieldStart("rows");
        for (ReferralExchange exchange : one.subject().facts(ReferralExchange.class)) {
            List<ReferralText.NamedReferral> named = exchange.asText().map(ReferralText::referrals).orElse(List.of());
            if (rows++ < MOST_ROWS) {
                referral(exchange.seenAt(), exchange.requestPath().orElse(null), named.isEmpty() ? null : named.getFirst().dfsPath(),
                        named.stream().map(ReferralText.NamedReferral::target).toList(), named.isEmpty() ? null : named.getFirst().ttlSeconds(),
                        exchange.status().isEmpty() ? "no reply captured" : exchange.succeeded() ? null : "status " + Address.text(exchange.status().getAsLong()), json);
            }
        }
        for (ReferralText quoted : one.subject().facts(ReferralText.class)) {
            for (ReferralText.NamedReferral named : quoted.referrals()) {
                if (rows++ < MOST_ROWS) {
                    referral(named.seenAt(), quoted.requestPath(), named.dfsPath(), named.target() == null ? List.of() : List.of(named.target()), named.ttlSeconds(), null, json);
                }
            }
        }
        for (ReferralCacheEntry entry : one.subject().facts(ReferralCacheEntry.class)) {
            if (rows++ < MOST_ROWS) {
                referral(entry.seenAt(), null, entry.path(), entry.targets().stream().map(target -> target.path()).toList(), entry.ttlSeconds(), null, json);
            }
        }
        json.writeEndArray();
        number(json, "leftOut", Math.max(0, rows - MOST_ROWS));
    }

    private static void referral(Provenance seen, String request, String path, List<String> targets, Long ttl, String status, JsonGenerator json)
            throws IOException {
        json.writeStartObject();
        text(json, "file", seen.file());
        text(json, "at", seen.at());
        text(json, "request", request);
        text(json, "path", path);
        json.writeArrayFieldStart("targets");
        for (String target : targets) {
            json.writeString(String.valueOf(target));
        }
        json.writeEndArray();
        number(json, "ttlSeconds", ttl);
        text(json, "status", status);
        json.writeEndObject();
    }

    /** Tags, drivers and modules whose names hold a word; and the address, where the word is one. */
    void search(String word, JsonGenerator json) throws IOException, Refusal {
        String lower = word.strip().toLowerCase(Locale.ROOT);
        if (lower.isEmpty()) {
            throw new Refusal(400, "Search for an address, a tag or a driver");
        }
        List<String[]> found = new ArrayList<>();
        try {
            if (lower.length() >= 6) {
                String address = Address.text(Address.parse(lower));
                found.add(new String[] {"address", address, address});
            }
        } catch (NumberFormatException e) {
            // A word, then.
            found.clear();
        }
        Set<String> tags = new LinkedHashSet<>();
        for (PoolSnapshot table : one.subject().facts(PoolSnapshot.class)) {
            for (TagUsage row : table.rows()) {
                String tag = row.tag().toString();
                if (tag.toLowerCase(Locale.ROOT).contains(lower) && tags.add(tag)) {
                    found.add(new String[] {"tag", tag, "tag '" + tag + "'"});
                }
            }
        }
        for (ScannedDriver driver : one.subject().facts(ScannedDriver.class)) {
            if (driver.name().toLowerCase(Locale.ROOT).contains(lower)) {
                found.add(new String[] {"driver", driver.name(), "call sites of " + driver.name()});
            }
        }
        for (LoadedModules list : one.subject().facts(LoadedModules.class)) {
            for (LoadedModule module : list.modules()) {
                if (module.name().toLowerCase(Locale.ROOT).contains(lower)) {
                    found.add(new String[] {"address", Address.text(module.base()), module.name() + ", loaded at " + Address.text(module.base())});
                }
            }
        }
        json.writeArrayFieldStart("rows");
        for (String[] row : found.subList(0, Math.min(found.size(), MOST_FOUND))) {
            json.writeStartObject();
            text(json, "kind", row[0]);
            text(json, "key", row[1]);
            text(json, "what", row[2]);
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}

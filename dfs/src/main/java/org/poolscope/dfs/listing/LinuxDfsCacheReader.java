package org.poolscope.dfs.listing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.poolscope.dfs.CacheTarget;
import org.poolscope.dfs.ReferralCacheEntry;
import org.poolscope.dfs.ReferralCacheEntry.WireFields;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;
import org.poolscope.model.TextLines;

/**
 * Reads {@code /proc/fs/cifs/dfscache}: the referral cache of the Linux client (fs/smb/client/dfs_cache.c). The same lines
 * appear in its kernel log, after a prefix, when debugging is on.
 *
 * <pre>
 * cache entry: path=\srv\dfs\link,type=link,ttl=300,etime=0,hdr_flags=0x2,ref_flags=0x0,interlink=no,path_consumed=13,expired=no
 *   \srv1\share (target hint)
 *   \srv2\share
 * </pre>
 */
public final class LinuxDfsCacheReader implements EvidenceReader {

    private static final String START = "cache entry: path=";
    private static final String HINT = " (target hint)";

    @Override
    public String format() {
        return "Linux /proc/fs/cifs/dfscache listing";
    }

    @Override
    public boolean recognises(EvidenceFile file) {
        return file.hasLine(line -> line.contains(START));
    }

    @Override
    public void read(EvidenceFile file, FactSink sink) throws EvidenceException {
        Optional<TextLines> found = file.text();
        if (found.isEmpty()) {
            return;
        }
        TextLines text = found.get();
        Complaints complaints = new Complaints(sink);
        int number = 1;
        while (number <= text.count()) {
            String line = text.line(number);
            int start = line.indexOf(START);
            if (start < 0) {
                if (line.equals("DFS cache") || line.equals("---------")) {
                    sink.understood(number);
                }
                number++;
                continue;
            }
            int first = number;
            sink.understood(number++);
            List<CacheTarget> targets = new ArrayList<>();
            while (number <= text.count() && isTarget(text.line(number))) {
                targets.add(target(text.line(number)));
                sink.understood(number++);
            }
            sink.add(entry(text.at(first), line.substring(start + START.length()), targets, complaints));
        }
        complaints.close();
    }

    private static boolean isTarget(String line) {
        return line.startsWith("  \\") || line.startsWith("  /") || line.startsWith("\\");
    }

    private static CacheTarget target(String line) {
        String path = line.strip();
        boolean hint = path.endsWith(HINT);
        return new CacheTarget(hint ? path.substring(0, path.length() - HINT.length()) : path, null, null,
                hint ? Set.of("target hint") : Set.of());
    }

    private static ReferralCacheEntry entry(Provenance at, String line, List<CacheTarget> targets, Complaints complaints) {
        // a path may hold commas, so the first field after it is looked for from the right
        int end = line.lastIndexOf(",type=");
        if (end < 0) {
            complaints.add(at, "the fields after the path are missing");
            return new ReferralCacheEntry(at, line.strip(), null, null, null, null, null, List.of(), targets, Optional.empty());
        }
        String path = line.substring(0, end);
        String fields = line.substring(end);
        String type = field(fields, "type");
        WireFields wire = new WireFields(figure(fields, "hdr_flags"), figure(fields, "ref_flags"), figure(fields,
                "path_consumed"), field(fields, "interlink") == null ? null : Boolean.valueOf("yes".equals(field(fields,
                "interlink"))));
        Integer ttl = figure(fields, "ttl");
        return new ReferralCacheEntry(at, path, null, null, ttl == null ? null : Long.valueOf(ttl), null, null,
                type == null ? List.of() : List.of(type), targets, Optional.of(wire));
    }

    private static Integer figure(String fields, String name) {
        String text = field(fields, name);
        if (text == null) {
            return null;
        }
        Long value = new LineScanner(text).number();
        return value == null || value > 0xffff_ffffL ? null : Integer.valueOf(value.intValue());
    }

    private static String field(String fields, String name) {
        int start = fields.indexOf("," + name + "=");
        if (start < 0) {
            return null;
        }
        int from = start + name.length() + 2;
        int end = fields.indexOf(',', from);
        return fields.substring(from, end < 0 ? fields.length() : end).strip();
    }
}

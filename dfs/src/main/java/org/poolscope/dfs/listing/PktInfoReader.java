package org.poolscope.dfs.listing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.poolscope.dfs.CacheTarget;
import org.poolscope.dfs.ReferralCacheEntry;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;
import org.poolscope.model.TextLines;

/**
 * Reads {@code dfsutil /pktinfo} and {@code dfsutil cache referral}: the referral cache of a Windows client.
 *
 * <pre>
 * Entry: \contoso.com\dfsroot\link
 * ShortEntry: \contoso.com\dfsroot\link
 * Expires in 1800 seconds
 * UseCount: 0 Type:0x1 ( DFS )
 *    0:[\fileserver\data] State:0x131 ( ACTIVE )
 * </pre>
 *
 * Windows Server 2003 and before print {@code State:} and a hexadecimal figure after a target, later systems
 * {@code AccessStatus:} and an NTSTATUS; either, and the words in parentheses, may be missing. Each piece is found by its name
 * wherever it stands in a line, so lines that were run together still read.
 */
public final class PktInfoReader implements EvidenceReader {

    /** A client with this many entries is long out of memory; a listing that claims more is not one. */
    static final int MOST_ENTRIES = 2_000_000;
    private static final int MOST_LABEL_SETS = 1000;
    /** What dfsutil prints around the entries: the driver asked, how many entries there are, and that it is done. */
    private static final Pattern FRAME = Pattern.compile("--[\\w.]{1,32}--|\\d{1,9} entries\\.{0,3}|Dfs[Uu]til command"
            + " completed successfully\\.");

    @Override
    public String format() {
        return "dfsutil /pktinfo listing";
    }

    @Override
    public boolean recognises(EvidenceFile file) {
        return file.hasLine(PktInfoReader::beginsEntry);
    }

    @Override
    public void read(EvidenceFile file, FactSink sink) throws EvidenceException {
        Optional<TextLines> text = file.text();
        if (text.isPresent()) {
            new Pass(text.get(), sink).run();
        }
    }

    private static boolean beginsEntry(String line) {
        int entry = line.indexOf("ntry:");
        if (entry < 1) {
            return false;
        }
        LineScanner scanner = new LineScanner(line);
        return scanner.take("Entry:") && (scanner.sees("\\") || scanner.sees("/"));
    }

    /** One pass over a file. */
    private static final class Pass {

        private final TextLines text;
        private final FactSink sink;
        private final Complaints complaints;
        private final Map<String, Set<String>> labelSets = new HashMap<>();
        private int entries;
        private Draft draft;

        Pass(TextLines text, FactSink sink) {
            this.text = text;
            this.sink = sink;
            this.complaints = new Complaints(sink);
        }

        void run() {
            for (int number = 1; number <= text.count(); number++) {
                String line = text.line(number);
                if (couldBeOurs(line) && readLine(line, number) || FRAME.matcher(line).matches()) {
                    sink.understood(number);
                }
            }
            finish();
            if (entries > MOST_ENTRIES) {
                sink.warn(text.at(1).quoting(""), "only the first " + MOST_ENTRIES + " of " + entries
                        + " cache entries were read");
            }
            complaints.close();
        }

        /** A quick look: every line of this listing has a colon or says when the entry expires. */
        private boolean couldBeOurs(String line) {
            return line.indexOf(':') >= 0 || draft != null && !line.isEmpty();
        }

        private boolean readLine(String line, int number) {
            LineScanner scanner = new LineScanner(line);
            boolean understood = false;
            while (!scanner.atEnd()) {
                if (!readPiece(scanner, number)) {
                    if (understood) {
                        complaints.add(text.at(number), "the end of this line was not understood: " + scanner.rest());
                    } else if (draft != null && !draft.targets.isEmpty()) {
                        // something else begins: what follows is not of this entry
                        finish();
                    }
                    return understood;
                }
                understood = true;
            }
            return understood;
        }

        private boolean readPiece(LineScanner scanner, int number) {
            int start = scanner.position();
            if (scanner.take("Entry:")) {
                String path = scanner.upTo("ShortEntry:", "Expires in ", "Entry:");
                if (isPath(path)) {
                    begin(path, number);
                    return true;
                }
            } else if (draft != null) {
                return readDetail(scanner, number);
            }
            scanner.moveTo(start);
            return false;
        }

        private boolean readDetail(LineScanner scanner, int number) {
            if (scanner.take("ShortEntry:")) {
                String path = scanner.upTo("Expires in ", "UseCount:", "Entry:");
                draft.shortPath = path.equals(draft.path) ? draft.path : path;
                return true;
            }
            if (scanner.take("Expires in")) {
                draft.expires = scanner.number();
                if (!scanner.take("seconds")) {
                    scanner.take("second");
                }
                if (draft.expires == null) {
                    complaints.add(text.at(number), "no readable number of seconds here");
                }
                return true;
            }
            if (scanner.take("UseCount:")) {
                draft.useCount = narrow(scanner.number(), number);
                return true;
            }
            if (scanner.take("Type:")) {
                draft.type = narrow(scanner.number(), number);
                draft.typeLabels = List.copyOf(labels(scanner));
                return true;
            }
            if (scanner.takeNumberedBracket()) {
                readTarget(scanner, number);
                return true;
            }
            return false;
        }

        private void readTarget(LineScanner scanner, int number) {
            int end = endOfTarget(scanner);
            String path;
            if (end < 0) {
                path = scanner.rest();
                complaints.add(text.at(number), "this target is cut short: its closing bracket is missing");
            } else {
                path = scanner.line().substring(scanner.position(), end);
                scanner.moveTo(end + 1);
            }
            Long state = null;
            String stateLabel = null;
            Set<String> labels = Set.of();
            boolean more = true;
            while (more) {
                if (scanner.take("State:")) {
                    stateLabel = "State";
                    state = scanner.number();
                } else if (scanner.take("AccessStatus:")) {
                    stateLabel = "AccessStatus";
                    state = scanner.number();
                } else if (scanner.sees("(")) {
                    labels = labels(scanner);
                } else {
                    // a closing parenthesis alone: its partner was lost on the way
                    more = scanner.take(')');
                }
            }
            draft.targets.add(new CacheTarget(path, state, stateLabel, labels));
        }

        /** Where the bracket closes: names may hold brackets, so what follows must be the end or a known piece. */
        private static int endOfTarget(LineScanner scanner) {
            String line = scanner.line();
            int last = -1;
            for (int end = line.indexOf(']', scanner.position()); end >= 0; end = line.indexOf(']', end + 1)) {
                LineScanner after = new LineScanner(line);
                after.moveTo(end + 1);
                if (after.atEnd() || after.sees("State:") || after.sees("AccessStatus:") || after.sees("(") || after.sees(")")
                        || after.takeNumberedBracket() || after.sees("Entry:")) {
                    return end;
                }
                last = end;
            }
            return last;
        }

        /** Words in parentheses; empty when there are none. */
        private Set<String> labels(LineScanner scanner) {
            if (!scanner.take('(')) {
                return Set.of();
            }
            String words = scanner.through(')');
            if (words == null) {
                words = scanner.rest();
            }
            Set<String> known = labelSets.get(words);
            if (known == null) {
                known = new LinkedHashSet<>();
                for (String word : words.split("[\\s\u00a0]+")) {
                    if (!word.isEmpty()) {
                        known.add(word);
                    }
                }
                if (labelSets.size() < MOST_LABEL_SETS) {
                    labelSets.put(words, known);
                }
            }
            return known;
        }

        private Integer narrow(Long value, int number) {
            if (value == null || value > 0xffff_ffffL) {
                complaints.add(text.at(number), "no readable number here");
                return null;
            }
            return value.intValue();
        }

        private void begin(String path, int number) {
            finish();
            draft = new Draft(path, text.at(number));
        }

        private void finish() {
            if (draft == null) {
                return;
            }
            if (draft.isBare()) {
                complaints.add(draft.seenAt, "nothing but a path stands here, so this is not taken for a cache entry");
            } else if (++entries <= MOST_ENTRIES) {
                sink.add(draft.entry());
            }
            draft = null;
        }

        private static boolean isPath(String path) {
            return path.startsWith("\\") || path.startsWith("/");
        }
    }

    /** An entry while its lines are being read. */
    private static final class Draft {

        private final String path;
        private final Provenance seenAt;
        private String shortPath;
        private Long expires;
        private Integer useCount;
        private Integer type;
        private List<String> typeLabels = List.of();
        private final List<CacheTarget> targets = new ArrayList<>(4);

        Draft(String path, Provenance seenAt) {
            this.path = path;
            this.seenAt = seenAt;
        }

        boolean isBare() {
            return shortPath == null && expires == null && useCount == null && type == null && targets.isEmpty();
        }

        ReferralCacheEntry entry() {
            return new ReferralCacheEntry(seenAt, path, shortPath, expires, null, useCount, type, typeLabels, targets,
                    Optional.empty());
        }
    }
}

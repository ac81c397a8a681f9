package org.poolscope.dfs.listing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.poolscope.dfs.ReferralText;
import org.poolscope.dfs.ReferralText.NamedReferral;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;
import org.poolscope.model.TextLines;

/**
 * Reads the text Network Monitor prints for DFS referrals over SMB1, whole (as in Microsoft's article 327409) or quoted in part:
 *
 * <pre>
 * SMB: C transact2 NT Get DFS Referral
 *    SMB: DFS Max Referral Level = 3 (0x3)
 *    SMB: DFS Request Filename = \\DFSROOTHOST\ROOT\LINK
 * SMB: R transact2 NT Get DFS Referral (response to previous frame)
 *    SMB: DFS Path Consumed = 46 (0x2E)
 *    SMB: DFS Number of Referrals = 1 (0x1)
 *    SMB: DFS Server Function = 1 (0x1)
 *       SMB: ...............................1 = Referral Server
 *       SMB: DFS Version Number = 3 (0x3)
 *       SMB: DFS TimeToLive = 1800 (0x708)
 *       SMB: DFS Filename = \\DFSROOTHOST\ROOT\LINK
 *       SMB: DFS Sharename = \\DFSLINKTARGET\SHARENAME
 * </pre>
 */
public final class ReferralTextReader implements EvidenceReader {

    @Override
    public String format() {
        return "Network Monitor text of DFS referrals";
    }

    @Override
    public boolean recognises(EvidenceFile file) {
        return file.hasLine(ReferralTextReader::namesReferral);
    }

    @Override
    public void read(EvidenceFile file, FactSink sink) throws EvidenceException {
        Optional<TextLines> text = file.text();
        if (text.isEmpty()) {
            return;
        }
        Pass pass = new Pass(text.get(), sink);
        for (int number = 1; number <= text.get().count(); number++) {
            if (pass.readLine(text.get().line(number), number)) {
                sink.understood(number);
            }
        }
        pass.finish();
    }

    private static boolean namesReferral(String line) {
        return line.contains("DFS ") && line.indexOf('=') > 0
                && (line.contains("DFS Sharename") || line.contains("DFS Filename") || line.contains("DFS Request Filename"));
    }

    /** One pass over a file: the exchange being read, and the entry of its reply being read. */
    private static final class Pass {

        private final TextLines text;
        private final FactSink sink;
        private Exchange exchange;
        private Entry entry;

        Pass(TextLines text, FactSink sink) {
            this.text = text;
            this.sink = sink;
        }

        boolean readLine(String line, int number) {
            if (!line.contains("SMB:") && !line.contains("DFS ")) {
                return false;
            }
            LineScanner scanner = new LineScanner(line);
            scanner.take("SMB:");
            if (scanner.take("DFS ")) {
                return readField(scanner, number);
            }
            if (line.contains("transact2 NT Get DFS Referral") || line.contains("Transact2 NT Get DFS Referral")) {
                if (scanner.sees("C ")) {
                    finish();
                }
                return true;
            }
            return readFlag(line);
        }

        private boolean readField(LineScanner scanner, int number) {
            String name = scanner.through('=');
            if (name == null) {
                return scanner.rest().endsWith(" Referral");
            }
            switch (LineScanner.lower(name)) {
                case "max referral level" -> {
                    finish();
                    exchange(number).maxLevel = figure(scanner);
                }
                case "request filename" -> {
                    if (exchange != null && (exchange.requestPath != null || hasReply())) {
                        finish();
                    }
                    exchange(number).requestPath = scanner.rest();
                }
                case "path consumed" -> {
                    if (hasReply()) {
                        finish();
                    }
                    exchange(number).pathConsumed = figure(scanner);
                }
                case "number of referrals" -> exchange(number);
                case "server function" -> exchange(number).headerFlags = figure(scanner);
                case "version number" -> {
                    finishEntry();
                    entry(number).version = figure(scanner);
                }
                case "timetolive", "time to live" -> {
                    if (entry != null && entry.ttl != null) {
                        finishEntry();
                    }
                    entry(number).ttl = scanner.number();
                }
                case "filename" -> {
                    if (entry != null && (entry.dfsPath != null || entry.target != null)) {
                        finishEntry();
                    }
                    entry(number).dfsPath = scanner.rest();
                    entry.seenAt = text.at(number);
                }
                case "sharename" -> {
                    if (entry != null && entry.target != null) {
                        finishEntry();
                    }
                    entry(number).target = scanner.rest();
                }
                case "8.3 filename", "server type", "servicesite guid", "service site guid", "referral flags",
                        "referral size" -> {
                    // told by the other fields, or without meaning here
                }
                default -> {
                    return false;
                }
            }
            return true;
        }

        /** A flag line, such as {@code ...............................1 = Referral Server}. */
        private boolean readFlag(String line) {
            int bit = line.contains("= Referral Server") ? 1 : line.contains("= Storage Server") ? 2 : 0;
            if (bit == 0) {
                return line.contains("= Not a Storage Server") || line.contains("= Not a Referral Server");
            }
            if (exchange != null) {
                exchange.flagLines |= bit;
            }
            return exchange != null;
        }

        private Exchange exchange(int number) {
            if (exchange == null) {
                exchange = new Exchange(text.at(number));
            }
            return exchange;
        }

        private boolean hasReply() {
            return entry != null || exchange != null && exchange.hasReply();
        }

        private Entry entry(int number) {
            exchange(number);
            if (entry == null) {
                entry = new Entry(text.at(number));
            }
            return entry;
        }

        private void finishEntry() {
            if (entry != null && (entry.dfsPath != null || entry.target != null)) {
                exchange.entries.add(new NamedReferral(entry.seenAt, entry.dfsPath, entry.target, entry.ttl, entry.version));
            }
            entry = null;
        }

        void finish() {
            finishEntry();
            if (exchange != null) {
                sink.add(exchange.fact());
                exchange = null;
            }
        }

        private static Integer figure(LineScanner scanner) {
            Long value = scanner.number();
            return value == null || value > 0xffff_ffffL ? null : Integer.valueOf(value.intValue());
        }
    }

    /** A request and its reply while their lines are being read. */
    private static final class Exchange {

        private final Provenance seenAt;
        private String requestPath;
        private Integer maxLevel;
        private Integer pathConsumed;
        private Integer headerFlags;
        private int flagLines;
        private final List<NamedReferral> entries = new ArrayList<>();

        Exchange(Provenance seenAt) {
            this.seenAt = seenAt;
        }

        boolean hasReply() {
            return pathConsumed != null || headerFlags != null || flagLines != 0 || !entries.isEmpty();
        }

        ReferralText fact() {
            Integer flags = headerFlags != null || flagLines == 0 ? headerFlags : Integer.valueOf(flagLines);
            return new ReferralText(seenAt, requestPath, maxLevel, pathConsumed, flags, entries);
        }
    }

    /** An entry of the reply while its lines are being read. */
    private static final class Entry {

        private Provenance seenAt;
        private String dfsPath;
        private String target;
        private Long ttl;
        private Integer version;

        Entry(Provenance seenAt) {
            this.seenAt = seenAt;
        }
    }
}

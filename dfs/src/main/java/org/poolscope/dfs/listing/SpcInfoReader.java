package org.poolscope.dfs.listing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.poolscope.dfs.DomainCacheEntry;
import org.poolscope.dfs.DomainCacheEntry.Controller;
import org.poolscope.dfs.DomainCacheEntry.Origin;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;
import org.poolscope.model.TextLines;

/**
 * Reads {@code dfsutil /spcinfo} and {@code dfsutil cache domain}: the domains and domain controllers a Windows client knows.
 *
 * <pre>
 * [*][CONTOSO]
 * [+][contoso.com]
 *     [-2003server2]
 *     [+2003server1] AccessStatus: 0
 * </pre>
 */
public final class SpcInfoReader implements EvidenceReader {

    @Override
    public String format() {
        return "dfsutil /spcinfo listing";
    }

    @Override
    public boolean recognises(EvidenceFile file) {
        return file.hasLine(line -> isDomain(parse(line)));
    }

    @Override
    public void read(EvidenceFile file, FactSink sink) throws EvidenceException {
        Optional<TextLines> text = file.text();
        if (text.isEmpty()) {
            return;
        }
        Draft draft = null;
        for (int number = 1; number <= text.get().count(); number++) {
            List<Item> items = parse(text.get().line(number));
            if (items.isEmpty() || draft == null && items.getFirst().origin() == null) {
                if (!text.get().line(number).isBlank()) {
                    draft = finish(draft, sink);
                }
                continue;
            }
            for (Item item : items) {
                if (item.origin() != null) {
                    finish(draft, sink);
                    draft = new Draft(text.get().at(number), item);
                } else {
                    draft.controllers.add(item.controller());
                }
            }
            sink.understood(number);
        }
        finish(draft, sink);
    }

    private static Draft finish(Draft draft, FactSink sink) {
        if (draft != null) {
            sink.add(new DomainCacheEntry(draft.seenAt, draft.domain.controller().name(), draft.domain.origin(),
                    draft.controllers));
        }
        return null;
    }

    private static boolean isDomain(List<Item> items) {
        return !items.isEmpty() && items.getFirst().origin() != null;
    }

    /** The items of a line; none when anything else stands on it. */
    private static List<Item> parse(String line) {
        if (line.indexOf('[') < 0) {
            return List.of();
        }
        List<Item> items = new ArrayList<>();
        LineScanner scanner = new LineScanner(line);
        while (!scanner.atEnd()) {
            Item item = scanner.take('[') ? item(scanner) : null;
            if (item == null) {
                return List.of();
            }
            items.add(item);
        }
        return items;
    }

    private static Item item(LineScanner scanner) {
        char mark = scanner.take('*') ? '*' : scanner.take('+') ? '+' : scanner.take('-') ? '-' : 0;
        if (mark == 0) {
            return null;
        }
        boolean domain = scanner.take("][");
        String name = scanner.through(']');
        if (name == null || name.isEmpty() || mark == '*' && !domain) {
            return null;
        }
        Long status = scanner.take("AccessStatus:") ? scanner.number() : null;
        Origin origin = !domain ? null : mark == '*' ? Origin.WORKSTATION : mark == '+' ? Origin.REFERRAL_IN_USE
                : Origin.REFERRAL;
        return new Item(origin, new Controller(name, mark == '+', status));
    }

    /** A name in brackets: a domain when it has an origin, else a domain controller. */
    private record Item(Origin origin, Controller controller) {
    }

    /** A domain while its controllers are being read. */
    private static final class Draft {

        private final Provenance seenAt;
        private final Item domain;
        private final List<Controller> controllers = new ArrayList<>();

        Draft(Provenance seenAt, Item domain) {
            this.seenAt = seenAt;
            this.domain = domain;
        }
    }
}

package org.poolscope.logs.evt;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.poolscope.logs.EventHarvest;
import org.poolscope.logs.FewWarnings;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.logs.RecordState;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;

/** Reads the event logs of Windows NT 4.0 to Server 2003; the events that matter become facts, all others are counted. */
public final class EvtReader implements EvidenceReader {

    private static final int MOST_WARNINGS = 20;

    /** For {@link java.util.ServiceLoader}. */
    public EvtReader() {
    }

    @Override
    public String format() {
        return "EVT event log";
    }

    @Override
    public boolean recognises(EvidenceFile file) {
        return EvtLog.recognises(file);
    }

    @Override
    public void read(EvidenceFile file, FactSink sink) throws EvidenceException {
        FewWarnings warnings = new FewWarnings(sink, MOST_WARNINGS);
        EventHarvest harvest = new EventHarvest(file, sink);
        try (EvtLog log = EvtLog.open(file.path())) {
            log.visit(new EvtLog.Visitor() {
                @Override
                public void record(EvtRecord record) {
                    harvest.count(record.state(), record.generated());
                    if (record.isDamaged()) {
                        harvest.unreadable(record.state());
                    } else if (harvest.wants(record.source(), record.identifier().id())) {
                        harvest.take(record.number(), event(file, record), Optional.empty());
                    }
                }

                @Override
                public void damaged(long offset, String problem) {
                    warnings.warn(file.at("offset 0x" + Long.toHexString(offset)), problem);
                }
            });
        }
        warnings.finish(file.at(""));
        harvest.finish();
    }

    /** An entry of the log, its parts under the names they have in events of later Windows versions. */
    static LoggedEvent event(EvidenceFile file, EvtRecord record) {
        int id = record.identifier().id();
        Map<String, String> data = new LinkedHashMap<>();
        level(record.type()).ifPresent(level -> data.put("Level", level));
        data.put("Task", Integer.toString(record.category()));
        data.put("EventRecordID", Long.toString(record.number()));
        record.account().ifPresent(account -> data.put("UserID", account));
        data.put("Qualifiers", Long.toString(record.identifier().value() >>> 16));
        List<String> strings = record.strings();
        for (int i = 0; i < strings.size(); i++) {
            data.put("%" + (i + 1), strings.get(i));
        }
        String words = LoggedEvent.wordsOf(record.data());
        if (!words.isEmpty()) {
            data.put(LoggedEvent.DATA, words);
        }
        Provenance place = file.at("record " + record.number() + (record.state() == RecordState.DELETED ? ", deleted" : "")
                + " (offset 0x" + Long.toHexString(record.offset()) + ")").quoting(record.source() + " " + id);
        return new LoggedEvent(place, record.source(), id,
                record.generated().map(time -> LocalDateTime.ofInstant(time, ZoneOffset.UTC)).orElse(null),
                record.generated().isPresent() ? ZoneOffset.UTC : null,
                record.computer().isEmpty() ? null : record.computer(), "", data);
    }

    /** Audited successes and failures have no level of their own. */
    private static Optional<String> level(int type) {
        return switch (type) {
            case 1 -> Optional.of("2");
            case 2 -> Optional.of("3");
            case 0, 4 -> Optional.of("4");
            default -> Optional.empty();
        };
    }
}

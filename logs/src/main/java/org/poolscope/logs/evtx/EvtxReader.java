package org.poolscope.logs.evtx;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalInt;
import javax.xml.stream.XMLStreamException;
import org.poolscope.logs.EventHarvest;
import org.poolscope.logs.EventXml;
import org.poolscope.logs.FewWarnings;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.logs.RecordState;
import org.poolscope.logs.ResourceExhaustion;
import org.poolscope.logs.XmlElement;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;

/** Reads the event logs of Windows Vista and later; the events that matter become facts, all others are counted. */
public final class EvtxReader implements EvidenceReader {

    private static final int MOST_WARNINGS = 20;

    /** For {@link java.util.ServiceLoader}. */
    public EvtxReader() {
    }

    @Override
    public String format() {
        return "EVTX event log";
    }

    @Override
    public boolean recognises(EvidenceFile file) {
        return EvtxLog.recognises(file);
    }

    @Override
    public void read(EvidenceFile file, FactSink sink) throws EvidenceException {
        FewWarnings warnings = new FewWarnings(sink, MOST_WARNINGS);
        EventHarvest harvest = new EventHarvest(file, sink);
        try (EvtxLog log = EvtxLog.open(file.path())) {
            log.visit(new EvtxLog.Visitor() {
                @Override
                public void record(EvtxRecord record) {
                    new Reading(file, sink, harvest).record(record);
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

    private record Reading(EvidenceFile file, FactSink sink, EventHarvest harvest) {

        private void record(EvtxRecord record) {
            harvest.count(record.state(), record.written());
            try {
                Optional<String> provider = record.provider();
                OptionalInt id = record.eventId();
                if (provider.isEmpty() || id.isEmpty()) {
                    harvest.unreadable(record.state());
                } else if (harvest.wants(provider.get(), id.getAsInt())) {
                    take(record);
                }
            } catch (DamagedRecordException | XMLStreamException e) {
                harvest.unreadable(record.state());
            }
        }

        private void take(EvtxRecord record) throws DamagedRecordException, XMLStreamException {
            XmlElement xml = record.xml();
            Optional<Long> number = xml.textAt("System", "EventRecordID").flatMap(EvtxReader::number);
            Provenance place = place(record, number.orElse(record.number()));
            LoggedEvent event = EventXml.event(xml, place, "");
            if (record.state() == RecordState.DELETED && !isConsistent(record, event)) {
                harvest.unreadable(record.state());
                return;
            }
            Optional<ResourceExhaustion> figures = EventXml.exhaustion(xml, event,
                    element -> place.quoting(element.textAt("Name").orElse("") + " " + element.textAt("PoolUsed").orElse("")),
                    sink);
            harvest.take(number.orElse(record.number()), event, figures);
        }

        private Provenance place(EvtxRecord record, long number) {
            return file.at("record " + number + (record.state() == RecordState.DELETED ? ", deleted" : "")
                    + " (offset 0x" + Long.toHexString(record.offset()) + ")");
        }

        /**
         * What templates a deleted record uses may be overwritten with others by now. Its time stands in it twice: where both
         * agree, the values went where they belong.
         */
        private static boolean isConsistent(EvtxRecord record, LoggedEvent event) {
            Optional<Instant> written = record.written();
            return written.isPresent() && event.time() != null
                    && Duration.between(written.get(), event.time().toInstant(ZoneOffset.UTC)).abs()
                            .compareTo(Duration.ofSeconds(1)) < 0;
        }
    }

    private static Optional<Long> number(String text) {
        try {
            return Optional.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}

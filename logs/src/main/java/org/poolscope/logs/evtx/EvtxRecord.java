package org.poolscope.logs.evtx;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.poolscope.logs.RecordState;
import org.poolscope.logs.XmlElement;
import org.poolscope.logs.evtx.BinXmlNode.Filled;

/**
 * One record of a log. What it says is read when asked for. Records of one chunk share what they read: not for several threads.
 */
public final class EvtxRecord {

    /** Signature, size, number, time. */
    static final int HEADER = 24;

    private static final int LONGEST_PROVIDER = 1024;
    /** The longest 32-bit number has ten digits; a padded one may have more. */
    private static final int LONGEST_ID = 32;

    private final EvtxChunk chunk;
    private final int at;
    private final int size;
    private final RecordState state;

    EvtxRecord(EvtxChunk chunk, int at, int size, RecordState state) {
        this.chunk = chunk;
        this.at = at;
        this.size = size;
        this.state = state;
    }

    /** Where it stands in the file, in bytes. */
    public long offset() {
        return chunk.offset() + at;
    }

    /** Its length in bytes, header and trailer with it. */
    public int size() {
        return size;
    }

    /** How it came to be read. */
    public RecordState state() {
        return state;
    }

    /** The number in its header. Exported logs count anew; the event's own {@code EventRecordID} stands in {@link #xml}. */
    public long number() {
        return chunk.longAt(at + 8);
    }

    /** When it was written; empty when the header does not say, or says what is no time. */
    public Optional<Instant> written() {
        return ValueText.time(chunk.longAt(at + 16));
    }

    /**
     * Who logged it; empty when its markup does not say so in the usual place.
     *
     * @throws DamagedRecordException when its markup cannot be read
     */
    public Optional<String> provider() throws DamagedRecordException {
        if (markup() instanceof Filled filled && !filled.template().provider().isEmpty()) {
            return Optional.of(BinXmlRenderer.text(chunk.bytes(), filled.template().provider(), filled.values(),
                    LONGEST_PROVIDER)).filter(name -> !name.isEmpty());
        }
        return xml().child("System").flatMap(system -> system.child("Provider")).flatMap(element -> element.attribute("Name"));
    }

    /**
     * The event id without severity and facility bits; empty when its markup does not say.
     *
     * @throws DamagedRecordException when its markup cannot be read
     */
    public OptionalInt eventId() throws DamagedRecordException {
        String id;
        if (markup() instanceof Filled filled && !filled.template().eventId().isEmpty()) {
            id = BinXmlRenderer.text(chunk.bytes(), filled.template().eventId(), filled.values(), LONGEST_ID);
        } else {
            id = xml().textAt("System", "EventID").orElse("");
        }
        try {
            return OptionalInt.of((int) (Long.parseLong(id.strip()) & 0xffff));
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }

    /**
     * The event as Event Viewer shows it under XML.
     *
     * @throws DamagedRecordException when its markup cannot be read
     */
    public XmlElement xml() throws DamagedRecordException {
        BinXmlNode markup = markup();
        return new BinXmlRenderer(chunk.bytes(), chunk.parser()).render(markup);
    }

    private BinXmlNode markup() throws DamagedRecordException {
        chunk.parser().beginRecord();
        return chunk.parser().fragment(at + HEADER, at + size - 4, true)
                .orElseThrow(() -> new DamagedRecordException("it is empty"));
    }
}

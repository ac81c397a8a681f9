package org.poolscope.logs.evtx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.poolscope.logs.evtx.BinXmlNode.Attribute;
import org.poolscope.logs.evtx.BinXmlNode.Element;
import org.poolscope.logs.evtx.BinXmlNode.Filled;
import org.poolscope.logs.evtx.BinXmlNode.Hole;
import org.poolscope.logs.evtx.BinXmlNode.Template;
import org.poolscope.logs.evtx.BinXmlNode.Text;

/**
 * Reads the binary XML of one chunk ([MS-EVEN6] 2.2.12). Templates are kept: a chunk holds each once, and hundreds of records
 * that use it. Depth and amount of markup are bounded: offsets may point anywhere, also back at what points to them.
 */
final class BinXmlParser {

    private static final int END = 0x00;
    private static final int OPEN_ELEMENT = 0x01;
    private static final int CLOSE_START = 0x02;
    private static final int CLOSE_EMPTY = 0x03;
    private static final int END_ELEMENT = 0x04;
    private static final int VALUE = 0x05;
    private static final int ATTRIBUTE = 0x06;
    private static final int CDATA = 0x07;
    private static final int CHARACTER = 0x08;
    private static final int ENTITY = 0x09;
    private static final int INSTRUCTION_TARGET = 0x0a;
    private static final int INSTRUCTION_DATA = 0x0b;
    private static final int TEMPLATE = 0x0c;
    private static final int HOLE = 0x0d;
    private static final int OPTIONAL_HOLE = 0x0e;
    private static final int FRAGMENT = 0x0f;

    /** Set in a token when an attribute list, or more of the same kind, follows. */
    private static final int MORE = 0x40;

    private static final int STRING_TYPE = 0x01;
    private static final int DEEPEST_ELEMENT = 32;

    /** A chunk of nothing but tokens has 65,000; templates that overlap each other could be read a thousand times. */
    private static final int MOST_NODES_OF_TEMPLATES = 200_000;
    private static final int MOST_NODES_OF_RECORD = 50_000;

    private static final Map<String, String> ENTITIES = Map.of("lt", "<", "gt", ">", "amp", "&", "quot", "\"", "apos", "'");

    private final ChunkBytes chunk;
    private final Map<Integer, Template> templates = new HashMap<>();
    private int templateNodes;
    private int nodes;

    BinXmlParser(ChunkBytes chunk) {
        this.chunk = chunk;
    }

    /** To be called before a record is read. */
    void beginRecord() {
        nodes = 0;
    }

    /**
     * The markup between two places: a template with its values, or an element; empty when there is none.
     *
     * @param isRecord whether it is a record's own; in values elements come without the number of what they depend on
     */
    Optional<BinXmlNode> fragment(int from, int end, boolean isRecord) throws DamagedRecordException {
        int at = from;
        while (at < end) {
            int token = chunk.u8(at) & ~MORE;
            switch (token) {
                case END -> {
                    return Optional.empty();
                }
                case FRAGMENT -> at += 4;
                case INSTRUCTION_TARGET, INSTRUCTION_DATA -> at = instruction(token, at);
                case TEMPLATE -> {
                    return Optional.of(template(at, end));
                }
                case OPEN_ELEMENT -> {
                    Cursor cursor = new Cursor(at, end, isRecord);
                    return Optional.of(cursor.element(1));
                }
                default -> throw unknown(token);
            }
        }
        return Optional.empty();
    }

    private static DamagedRecordException unknown(int token) {
        return new DamagedRecordException("a token " + token + " that does not belong there");
    }

    private int instruction(int token, int at) throws DamagedRecordException {
        if (token == INSTRUCTION_DATA) {
            return at + 3 + 2 * chunk.u16(at + 1);
        }
        int name = chunk.size(at + 1);
        return name == at + 5 ? name + chunk.nameLength(name) : at + 5;
    }

    /**
     * Token, a byte, the number of the template, its offset; when that is where the reading stands, the template itself: offset
     * of the next one, GUID (which begins with the number again), length, fragment. Then the values.
     */
    private Filled template(int at, int end) throws DamagedRecordException {
        int number = chunk.i32(at + 2);
        int offset = chunk.size(at + 6);
        if (chunk.i32(offset + 4) != number) {
            throw new DamagedRecordException("its template is overwritten");
        }
        int length = chunk.size(offset + 20);
        chunk.need(offset + 24, length);
        int values = at + 10 == offset ? offset + 24 + length : at + 10;
        if (values > end - 4) {
            throw new DamagedRecordException("its values go on behind its end");
        }
        return new Filled(template(offset, offset + 24, length), Values.read(chunk, values, end));
    }

    private Template template(int offset, int from, int length) throws DamagedRecordException {
        Template known = templates.get(offset);
        if (known != null) {
            return known;
        }
        int before = nodes;
        nodes = templateNodes + MOST_NODES_OF_RECORD - MOST_NODES_OF_TEMPLATES;
        try {
            int at = from;
            while (chunk.u8(at) == FRAGMENT) {
                at += 4;
            }
            if ((chunk.u8(at) & ~MORE) != OPEN_ELEMENT) {
                throw unknown(chunk.u8(at));
            }
            Template template = Template.of(new Cursor(at, from + length, true).element(1));
            templates.put(offset, template);
            return template;
        } finally {
            templateNodes = nodes - MOST_NODES_OF_RECORD + MOST_NODES_OF_TEMPLATES;
            nodes = before;
        }
    }

    /** Reads one element from first to last token. */
    private final class Cursor {
        private final int end;
        private final boolean withDependency;
        private int at;

        private Cursor(int at, int end, boolean withDependency) {
            this.at = at;
            this.end = end;
            this.withDependency = withDependency;
        }

        private int token() throws DamagedRecordException {
            if (at >= end) {
                throw new DamagedRecordException("its markup has no end");
            }
            if (++nodes > MOST_NODES_OF_RECORD) {
                throw new DamagedRecordException("more markup than an event has");
            }
            return chunk.u8(at);
        }

        private Element element(int depth) throws DamagedRecordException {
            if (depth > DEEPEST_ELEMENT) {
                throw new DamagedRecordException("more elements inside each other than an event has");
            }
            boolean hasAttributes = (token() & MORE) != 0;
            at += headLength();
            String name = name();
            List<Attribute> attributes = new ArrayList<>();
            if (hasAttributes) {
                int length = chunk.size(at);
                at += 4;
                int listEnd = at + length;
                while (at < listEnd) {
                    attributes.add(attribute(listEnd));
                }
            }
            int close = token();
            at++;
            if (close == CLOSE_EMPTY) {
                return new Element(name, attributes, List.of());
            }
            if (close != CLOSE_START) {
                throw unknown(close);
            }
            List<BinXmlNode> content = new ArrayList<>();
            while (token() != END_ELEMENT) {
                if ((chunk.u8(at) & ~MORE) == OPEN_ELEMENT) {
                    content.add(element(depth + 1));
                } else {
                    piece(content);
                }
            }
            at++;
            return new Element(name, attributes, content);
        }

        /**
         * Token, number of what it depends on (16 bits; not in values, says the specification, but it may be there), length of
         * all that follows. Only one reading of the length fits.
         */
        private int headLength() throws DamagedRecordException {
            boolean fitsWith = fits(3);
            boolean fitsWithout = fits(1);
            if (!fitsWith && !fitsWithout) {
                throw new DamagedRecordException("an element goes on behind its end");
            }
            return fitsWith && (withDependency || !fitsWithout) ? 7 : 5;
        }

        private boolean fits(int skip) throws DamagedRecordException {
            int length = at <= end - skip - 4 ? chunk.i32(at + skip) : -1;
            return length > 0 && length <= end - at - skip - 4;
        }

        private String name() throws DamagedRecordException {
            int offset = chunk.size(at);
            at += 4;
            String name = chunk.name(offset);
            if (offset == at) {
                // The first use of a name in a chunk is where it is stored.
                at += chunk.nameLength(offset);
            }
            nodes += name.length() / 8;
            return name;
        }

        private Attribute attribute(int listEnd) throws DamagedRecordException {
            int token = token() & ~MORE;
            if (token != ATTRIBUTE) {
                throw unknown(token);
            }
            at++;
            String name = name();
            List<BinXmlNode> content = new ArrayList<>();
            while (at < listEnd && (token() & ~MORE) != ATTRIBUTE) {
                piece(content);
            }
            return new Attribute(name, content);
        }

        /** What is neither element nor attribute. */
        private void piece(List<BinXmlNode> content) throws DamagedRecordException {
            int token = chunk.u8(at) & ~MORE;
            switch (token) {
                case VALUE -> {
                    if (chunk.u8(at + 1) != STRING_TYPE) {
                        throw new DamagedRecordException("a text in it is of another type");
                    }
                    at++;
                    text(content);
                }
                case CDATA -> text(content);
                case CHARACTER -> {
                    content.add(new Text(String.valueOf((char) chunk.u16(at + 1))));
                    at += 3;
                }
                case ENTITY -> {
                    at++;
                    String name = name();
                    content.add(new Text(ENTITIES.getOrDefault(name, "&" + name + ";")));
                }
                case INSTRUCTION_TARGET, INSTRUCTION_DATA -> at = instruction(token, at);
                case TEMPLATE -> throw new DamagedRecordException("a template inside an element");
                case HOLE, OPTIONAL_HOLE -> {
                    content.add(new Hole(chunk.u16(at + 1), token == OPTIONAL_HOLE));
                    at += 4;
                }
                default -> throw unknown(token);
            }
        }

        /** A byte, the number of characters, the characters. */
        private void text(List<BinXmlNode> content) throws DamagedRecordException {
            int characters = chunk.u16(at + 1);
            content.add(new Text(chunk.text(at + 3, characters)));
            nodes += characters / 8;
            at += 3 + 2 * characters;
        }
    }
}

package org.poolscope.logs.evtx;

import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLStreamException;
import org.poolscope.logs.XmlElement;
import org.poolscope.logs.evtx.BinXmlNode.Attribute;
import org.poolscope.logs.evtx.BinXmlNode.Element;
import org.poolscope.logs.evtx.BinXmlNode.Filled;
import org.poolscope.logs.evtx.BinXmlNode.Hole;
import org.poolscope.logs.evtx.BinXmlNode.Text;

/** Puts values into the holes of templates ([MS-EVEN6] 3.1.4.7). Depth, number of elements and amount of text are bounded. */
final class BinXmlRenderer {

    /** An event's markup holds a template, whose value is a template; nobody has seen a third. */
    private static final int DEEPEST_TEMPLATE = 8;
    /** Far more than 64 KB can say, unless one value goes into many holes. */
    private static final int MOST_CHARACTERS = 1 << 20;

    private final ChunkBytes chunk;
    private final BinXmlParser parser;
    private final XmlElement.Builder builder = new XmlElement.Builder();
    /** Characters written, and steps that wrote none. */
    private int effort;

    BinXmlRenderer(ChunkBytes chunk, BinXmlParser parser) {
        this.chunk = chunk;
        this.parser = parser;
    }

    XmlElement render(BinXmlNode root) throws DamagedRecordException {
        try {
            node(root, Values.NONE, 0);
            return builder.root();
        } catch (XMLStreamException e) {
            throw new DamagedRecordException(e.getMessage());
        }
    }

    /** The text of an attribute or element, holes filled; no longer than some number of characters. */
    static String text(ChunkBytes chunk, List<BinXmlNode> content, Values values, int most) throws DamagedRecordException {
        StringBuilder text = new StringBuilder();
        for (BinXmlNode node : content) {
            if (node instanceof Text piece) {
                text.append(piece.text());
            } else if (node instanceof Hole hole && values.has(hole.index())) {
                text.append(ValueText.of(chunk, values.type(hole.index()), values.offset(hole.index()),
                        values.length(hole.index())));
            }
            if (text.length() > most) {
                throw tooLong();
            }
        }
        return text.toString();
    }

    private void node(BinXmlNode node, Values values, int depth) throws DamagedRecordException, XMLStreamException {
        switch (node) {
            case Filled filled -> {
                if (depth >= DEEPEST_TEMPLATE) {
                    throw new DamagedRecordException("more templates inside each other than an event has");
                }
                element(filled.template().root(), filled.values(), depth + 1);
            }
            case Element element -> element(element, values, depth);
            case Text text -> text(text.text());
            case Hole hole -> hole(hole, values, depth);
        }
    }

    private void hole(Hole hole, Values values, int depth) throws DamagedRecordException, XMLStreamException {
        if (!values.has(hole.index())) {
            return;
        }
        int at = values.offset(hole.index());
        int length = values.length(hole.index());
        if (values.type(hole.index()) != ValueText.BINARY_XML) {
            text(ValueText.of(chunk, values.type(hole.index()), at, length));
            return;
        }
        if (depth >= DEEPEST_TEMPLATE) {
            throw new DamagedRecordException("more templates inside each other than an event has");
        }
        count(length);
        Optional<BinXmlNode> inner = parser.fragment(at, at + length, false);
        if (inner.isPresent()) {
            node(inner.get(), Values.NONE, depth + 1);
        }
    }

    /** An element with an optional hole and no value for it is left out; one with an array is there once for each item. */
    private void element(Element element, Values values, int depth) throws DamagedRecordException, XMLStreamException {
        count(1 + element.content().size());
        if (lacks(element.content(), values)) {
            return;
        }
        Optional<List<String>> items = array(element.content(), values);
        if (items.isEmpty()) {
            open(element, values);
            for (BinXmlNode node : element.content()) {
                node(node, values, depth);
            }
            builder.close();
            return;
        }
        for (String item : items.get().isEmpty() ? List.of("") : items.get()) {
            open(element, values);
            for (BinXmlNode node : element.content()) {
                if (node instanceof Hole hole && isArray(hole, values)) {
                    text(item);
                } else {
                    node(node, values, depth);
                }
            }
            builder.close();
        }
    }

    private void open(Element element, Values values) throws DamagedRecordException, XMLStreamException {
        builder.open(element.name(), 0);
        for (Attribute attribute : element.attributes()) {
            if (!lacks(attribute.content(), values)) {
                String value = text(chunk, attribute.content(), values, MOST_CHARACTERS - effort);
                count(value.length());
                builder.attribute(attribute.name(), value);
            }
        }
    }

    private static boolean lacks(List<BinXmlNode> content, Values values) {
        for (BinXmlNode node : content) {
            if (node instanceof Hole hole && hole.optional() && !values.has(hole.index())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isArray(Hole hole, Values values) {
        return values.has(hole.index()) && (values.type(hole.index()) & ValueText.ARRAY) != 0;
    }

    /** The items of the array that goes into this content, when one does. */
    private Optional<List<String>> array(List<BinXmlNode> content, Values values) throws DamagedRecordException {
        for (BinXmlNode node : content) {
            if (node instanceof Hole hole && isArray(hole, values)) {
                return Optional.of(ValueText.items(chunk, values.type(hole.index()), values.offset(hole.index()),
                        values.length(hole.index())));
            }
        }
        return Optional.empty();
    }

    private void text(String text) throws DamagedRecordException {
        count(text.length());
        builder.text(text);
    }

    private void count(int more) throws DamagedRecordException {
        effort += more;
        if (effort > MOST_CHARACTERS) {
            throw tooLong();
        }
    }

    private static DamagedRecordException tooLong() {
        return new DamagedRecordException("more text than an event has");
    }
}

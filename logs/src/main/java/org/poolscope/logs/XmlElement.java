package org.poolscope.logs;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * One element of a small piece of untrusted XML: no document type, no entities but the five of XML itself, bounded depth and
 * number of elements.
 */
final class XmlElement {

    private static final int DEEPEST = 32;
    private static final int MOST_ELEMENTS = 20_000;

    private final String name;
    private final int line;
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final List<XmlElement> children = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();

    private XmlElement(String name, int line) {
        this.name = name;
        this.line = line;
    }

    /**
     * Reads one element and all inside it.
     *
     * @param factory a factory from {@link #factory()}
     * @throws XMLStreamException when it is not well formed, or too deep or too large to be an event
     */
    static XmlElement parse(String xml, XMLInputFactory factory) throws XMLStreamException {
        XMLStreamReader reader = factory.createXMLStreamReader(new StringReader(withoutForbidden(xml)));
        try {
            List<XmlElement> open = new ArrayList<>();
            XmlElement root = null;
            int elements = 0;
            while (reader.hasNext()) {
                int event = reader.next();
                if (event == XMLStreamConstants.START_ELEMENT) {
                    if (++elements > MOST_ELEMENTS || open.size() >= DEEPEST) {
                        throw new XMLStreamException("more elements than an event has");
                    }
                    XmlElement element = started(reader);
                    if (open.isEmpty()) {
                        root = element;
                    } else {
                        open.getLast().children.add(element);
                    }
                    open.add(element);
                } else if (event == XMLStreamConstants.END_ELEMENT) {
                    open.removeLast();
                } else if ((event == XMLStreamConstants.CHARACTERS || event == XMLStreamConstants.CDATA) && !open.isEmpty()) {
                    open.getLast().text.append(reader.getText());
                }
            }
            if (root == null) {
                throw new XMLStreamException("no element");
            }
            return root;
        } finally {
            reader.close();
        }
    }

    private static XmlElement started(XMLStreamReader reader) {
        XmlElement element = new XmlElement(local(reader.getLocalName()), reader.getLocation().getLineNumber());
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            element.attributes.put(local(reader.getAttributeLocalName(i)), reader.getAttributeValue(i));
        }
        return element;
    }

    /** Prefixes may be declared outside the piece that was cut out, so names are read without them. */
    private static String local(String name) {
        return name.substring(name.indexOf(':') + 1);
    }

    /** A factory of readers that follow no reference out of the text. */
    static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, false);
        return factory;
    }

    /** Windows writes control characters into events, plain or as references; XML 1.0 allows neither. */
    private static String withoutForbidden(String xml) {
        StringBuilder clean = new StringBuilder(xml.length());
        for (int i = 0; i < xml.length(); i++) {
            char c = xml.charAt(i);
            if (c == '&' && xml.startsWith("&#", i)) {
                int end = xml.indexOf(';', i);
                if (end > 0 && end - i <= 10 && isForbidden(xml.substring(i + 2, end))) {
                    clean.append('\ufffd');
                    i = end;
                    continue;
                }
            }
            boolean forbidden = c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == '\ufffe' || c == '\uffff';
            clean.append(forbidden ? '\ufffd' : c);
        }
        return clean.toString();
    }

    private static boolean isForbidden(String reference) {
        try {
            int value = reference.startsWith("x") ? Integer.parseInt(reference.substring(1), 16) : Integer.parseInt(reference);
            return value < 0x20 && value != '\t' && value != '\n' && value != '\r';
        } catch (NumberFormatException e) {
            return false;
        }
    }

    String name() {
        return name;
    }

    /** Its line in the piece that was parsed, from 1. */
    int line() {
        return line;
    }

    List<XmlElement> children() {
        return children;
    }

    /** The text directly inside, as it stands. */
    String text() {
        return text.toString();
    }

    Optional<String> attribute(String attribute) {
        return Optional.ofNullable(attributes.get(attribute));
    }

    /** The first child of this name. */
    Optional<XmlElement> child(String child) {
        return children.stream().filter(element -> element.name.equals(child)).findFirst();
    }

    /** The text of the element down this path, blanks around it removed. */
    Optional<String> textAt(String... path) {
        Optional<XmlElement> element = Optional.of(this);
        for (String step : path) {
            element = element.flatMap(parent -> parent.child(step));
        }
        return element.map(found -> found.text().strip());
    }
}

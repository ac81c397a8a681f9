package org.poolscope.logs;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collections;
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
 * number of elements. Names stand without prefixes. It may come from text ({@link EventXmlReader}) or from any other notation of
 * the same tree ({@link Builder}).
 */
public final class XmlElement {

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
            Builder builder = new Builder();
            while (reader.hasNext()) {
                int event = reader.next();
                if (event == XMLStreamConstants.START_ELEMENT) {
                    builder.open(reader.getLocalName(), reader.getLocation().getLineNumber());
                    for (int i = 0; i < reader.getAttributeCount(); i++) {
                        builder.attribute(reader.getAttributeLocalName(i), reader.getAttributeValue(i));
                    }
                } else if (event == XMLStreamConstants.END_ELEMENT) {
                    builder.close();
                } else if (event == XMLStreamConstants.CHARACTERS || event == XMLStreamConstants.CDATA) {
                    builder.text(reader.getText());
                }
            }
            return builder.root();
        } finally {
            reader.close();
        }
    }

    /** Puts an element together, part by part in the order of the text; refuses what is too deep or too large to be an event. */
    public static final class Builder {
        private final List<XmlElement> open = new ArrayList<>();
        private XmlElement root;
        private int elements;

        /** Starts with nothing. */
        public Builder() {
        }

        /**
         * Begins an element inside those that are open.
         *
         * @param line its line in the text it comes from, from 1; 0 when it comes from no text
         * @throws XMLStreamException when an event has no such depth or number of elements, or another root came before
         */
        public void open(String name, int line) throws XMLStreamException {
            if (++elements > MOST_ELEMENTS || open.size() >= DEEPEST) {
                throw new XMLStreamException("more elements than an event has");
            }
            XmlElement element = new XmlElement(local(name), line);
            if (!open.isEmpty()) {
                open.getLast().children.add(element);
            } else if (root == null) {
                root = element;
            } else {
                throw new XMLStreamException("a second element beside the first");
            }
            open.add(element);
        }

        /** Gives the element begun last an attribute. */
        public void attribute(String name, String value) {
            open.getLast().attributes.put(local(name), value);
        }

        /** Adds text to the innermost open element; text outside of all is left out. */
        public void text(CharSequence text) {
            if (!open.isEmpty()) {
                open.getLast().text.append(text);
            }
        }

        /** Ends the innermost open element. */
        public void close() {
            open.removeLast();
        }

        /**
         * The whole.
         *
         * @throws XMLStreamException when there is no element
         */
        public XmlElement root() throws XMLStreamException {
            if (root == null) {
                throw new XMLStreamException("no element");
            }
            return root;
        }
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

    /**
     * Whether XML 1.0 forbids this character, plain or as a reference. Windows writes such characters into events all the same.
     */
    public static boolean isForbidden(int c) {
        return c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == 0xfffe || c == 0xffff;
    }

    /** Forbidden characters, plain or as references, become the replacement character. */
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
            clean.append(isForbidden(c) ? '\ufffd' : c);
        }
        return clean.toString();
    }

    private static boolean isForbidden(String reference) {
        try {
            int value = reference.startsWith("x") ? Integer.parseInt(reference.substring(1), 16) : Integer.parseInt(reference);
            return isForbidden(value);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Its name, without prefix. */
    public String name() {
        return name;
    }

    /** Its line in the piece that was parsed, from 1; 0 when it comes from no text. */
    public int line() {
        return line;
    }

    /** The elements directly inside, in order. */
    public List<XmlElement> children() {
        return Collections.unmodifiableList(children);
    }

    /** The text directly inside, as it stands. */
    public String text() {
        return text.toString();
    }

    /** All its attributes, in order. */
    public Map<String, String> attributes() {
        return Collections.unmodifiableMap(attributes);
    }

    /** The value of an attribute. */
    public Optional<String> attribute(String attribute) {
        return Optional.ofNullable(attributes.get(attribute));
    }

    /** The first child of this name. */
    public Optional<XmlElement> child(String child) {
        return children.stream().filter(element -> element.name.equals(child)).findFirst();
    }

    /** The text of the element down this path, blanks around it removed. */
    public Optional<String> textAt(String... path) {
        Optional<XmlElement> element = Optional.of(this);
        for (String step : path) {
            element = element.flatMap(parent -> parent.child(step));
        }
        return element.map(found -> found.text().strip());
    }
}

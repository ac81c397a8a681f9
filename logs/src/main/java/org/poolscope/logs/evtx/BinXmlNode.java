package org.poolscope.logs.evtx;

import java.util.List;

/** Markup as binary XML stores it, with holes where values go. */
sealed interface BinXmlNode {

    /** An element. */
    record Element(String name, List<Attribute> attributes, List<BinXmlNode> content) implements BinXmlNode {
    }

    /** An attribute of an element. Not a node of its own. */
    record Attribute(String name, List<BinXmlNode> content) {
    }

    /** Text, whatever it was written as: value, character or entity reference, CDATA section. */
    record Text(String text) implements BinXmlNode {
    }

    /**
     * A hole.
     *
     * @param index which value goes here, from 0
     * @param optional whether the element or attribute around it is left out when there is no value
     */
    record Hole(int index, boolean optional) implements BinXmlNode {
    }

    /** A template with its values. */
    record Filled(Template template, Values values) implements BinXmlNode {
    }

    /**
     * A template: one element with all inside it.
     *
     * @param root the element
     * @param provider what names the provider, when the template is an event's; empty otherwise
     * @param eventId what gives the event id, likewise
     */
    record Template(Element root, List<BinXmlNode> provider, List<BinXmlNode> eventId) {

        static Template of(Element root) {
            List<BinXmlNode> provider = List.of();
            List<BinXmlNode> id = List.of();
            for (Element system : children(root, "System")) {
                for (Element element : children(system, "Provider")) {
                    provider = attribute(element, "Name");
                    provider = provider.isEmpty() ? attribute(element, "EventSourceName") : provider;
                }
                for (Element element : children(system, "EventID")) {
                    id = element.content();
                }
            }
            return new Template(root, provider, id);
        }

        private static List<Element> children(Element parent, String name) {
            return parent.content().stream().filter(Element.class::isInstance).map(Element.class::cast)
                    .filter(element -> element.name().equals(name)).limit(1).toList();
        }

        private static List<BinXmlNode> attribute(Element element, String name) {
            return element.attributes().stream().filter(attribute -> attribute.name().equals(name)).map(Attribute::content)
                    .findFirst().orElse(List.of());
        }
    }
}

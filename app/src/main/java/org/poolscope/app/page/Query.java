package org.poolscope.app.page;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The part of an address behind the question mark. */
final class Query {

    private final Map<String, String> values = new HashMap<>();

    Query(URI address) {
        String query = address.getRawQuery();
        for (String part : query == null ? new String[0] : query.split("&")) {
            int at = part.indexOf('=');
            if (at > 0) {
                values.putIfAbsent(decoded(part.substring(0, at)), decoded(part.substring(at + 1)));
            }
        }
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    long number(String name, long otherwise, long most) throws Refusal {
        String text = values.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return Math.min(number, most);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new Refusal(400, "'" + name + "' must be a number from 0 on");
    }
}

package org.poolscope.app.page;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The description of what the server answers ({@code openapi.json}). What it does not describe is not answered, so it is complete. */
final class Description {

    private final byte[] text;
    private final List<Pattern> questions = new ArrayList<>();

    Description() throws IOException {
        try (InputStream in = Description.class.getResourceAsStream("openapi.json")) {
            text = in.readAllBytes();
        }
        try (JsonParser json = new JsonFactory().createParser(text)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean paths = json.currentName().equals("paths");
                json.nextToken();
                if (paths) {
                    paths(json);
                } else {
                    json.skipChildren();
                }
            }
        }
    }

    private void paths(JsonParser json) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String path = json.currentName();
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String question = json.currentName().toUpperCase(Locale.ROOT) + " " + path;
                questions.add(Pattern.compile(Pattern.quote(question).replaceAll("\\{\\w+}", "\\\\E[^/]+\\\\Q")));
                json.nextToken();
                json.skipChildren();
            }
        }
    }

    /** The description itself, as it is served. */
    byte[] text() {
        return text.clone();
    }

    /** Whether it describes a question, such as {@code GET /api/cases}. */
    boolean has(String method, String path) {
        return questions.stream().anyMatch(question -> question.matcher(method + " " + path).matches());
    }
}

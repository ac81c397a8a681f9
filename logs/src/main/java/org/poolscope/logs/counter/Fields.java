package org.poolscope.logs.counter;

import java.util.ArrayList;
import java.util.List;

/** The fields of one line of a table with separators; a field in quotes may hold the separator, and quotes written twice. */
final class Fields {

    private final String line;
    private final char separator;
    private int at;
    private boolean ended;
    private boolean cut;
    private boolean quoted;

    Fields(String line, char separator) {
        this.line = line;
        this.separator = separator;
    }

    /** The separator behind the first field of a line; a comma when there is only one field. */
    static char separatorOf(String line) {
        int from = 0;
        if (!line.isEmpty() && line.charAt(0) == '"') {
            int end = line.indexOf('"', 1);
            from = end < 0 ? line.length() : end + 1;
        }
        for (int i = from; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == ',' || c == '\t' || c == ';') {
                return c;
            }
        }
        return ',';
    }

    /** All fields of a line. */
    static List<String> of(String line, char separator) {
        Fields fields = new Fields(line, separator);
        List<String> all = new ArrayList<>();
        for (String field = fields.next(); field != null; field = fields.next()) {
            all.add(field);
        }
        return all;
    }

    /** The next field without its quotes; {@code null} after the last. */
    String next() {
        if (ended) {
            return null;
        }
        if (at < line.length() && line.charAt(at) == '"') {
            quoted = true;
            return quoted();
        }
        quoted = false;
        int end = line.indexOf(separator, at);
        ended = end < 0;
        String field = line.substring(at, ended ? line.length() : end);
        at = end + 1;
        return field;
    }

    private String quoted() {
        int from = ++at;
        boolean doubled = false;
        while (true) {
            int quote = line.indexOf('"', at);
            if (quote < 0) {
                cut = true;
                ended = true;
                return line.substring(from);
            }
            if (quote + 1 < line.length() && line.charAt(quote + 1) == '"') {
                doubled = true;
                at = quote + 2;
                continue;
            }
            String field = line.substring(from, quote);
            int next = line.indexOf(separator, quote + 1);
            ended = next < 0;
            at = next + 1;
            return doubled ? field.replace("\"\"", "\"") : field;
        }
    }

    /** Whether the line ends with the last field and no quote says that the field is whole. */
    boolean mayBeCut() {
        return ended && !quoted;
    }

    /** Whether the last field has no closing quote: the line was cut inside it. */
    boolean isCut() {
        return cut;
    }
}

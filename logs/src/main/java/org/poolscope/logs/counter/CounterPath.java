package org.poolscope.logs.counter;

import java.util.Optional;

/**
 * The path of a performance counter: {@code \\machine\object(instance)\counter}, or the same without a machine.
 *
 * @param machine the machine's name, or {@code null}
 * @param object the object
 * @param instance the instance, or {@code null}; it may hold backslashes and parentheses of its own
 * @param counter the counter
 */
record CounterPath(String machine, String object, String instance, String counter) {

    private static final int LONGEST = 2048;

    /** The path in a field; empty when it holds none. */
    static Optional<CounterPath> of(String field) {
        String text = field.strip();
        if (text.length() < 4 || text.length() > LONGEST || text.charAt(0) != '\\') {
            return Optional.empty();
        }
        String machine = null;
        int at = 1;
        if (text.charAt(1) == '\\') {
            int end = text.indexOf('\\', 2);
            if (end <= 2) {
                return Optional.empty();
            }
            machine = text.substring(2, end);
            at = end + 1;
        }
        int last = text.lastIndexOf('\\');
        int open = text.indexOf('(', at);
        int close = text.lastIndexOf(")\\");
        boolean instance = open > at && close > open;
        if (instance) {
            last = close + 1;
        }
        if (last <= at || last == text.length() - 1) {
            return Optional.empty();
        }
        String object = text.substring(at, instance ? open : last);
        if (object.isBlank() || object.indexOf('\\') >= 0) {
            return Optional.empty();
        }
        return Optional.of(new CounterPath(machine, object, instance ? text.substring(open + 1, close) : null,
                text.substring(last + 1)));
    }

    @Override
    public String toString() {
        return (machine == null ? "" : "\\\\" + machine) + "\\" + object + (instance == null ? "" : "(" + instance + ")") + "\\"
                + counter;
    }
}

package org.poolscope.app;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people type them: {@code 377487360}, {@code 360MB}, {@code 1.5 GB}; units are binary. */
final class Sizes {

    private static final Pattern FORM = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,6})?) ?([KMGT]?)i?B?", Pattern.CASE_INSENSITIVE);

    private Sizes() {
    }

    /** The bytes; empty when the text is no size, or one beyond 63 bits. */
    static Optional<Long> parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            return Optional.empty();
        }
        String unit = form.group(2).toUpperCase(Locale.ROOT);
        double bytes = Double.parseDouble(form.group(1)) * Math.scalb(1.0, unit.isEmpty() ? 0 : 10 * (1 + "KMGT".indexOf(unit)));
        return bytes < 1 || bytes >= Long.MAX_VALUE ? Optional.empty() : Optional.of(Math.round(bytes));
    }
}

package org.poolscope.model;

import java.util.Locale;

/** How sizes, counts and shares are written for people. Sizes are binary, as the kernel's tools print them: 1 KB is 1024 bytes. */
public final class Quantity {

    private static final String[] UNITS = {"KB", "MB", "GB", "TB", "PB", "EB"};

    private Quantity() {
    }

    /** A size in bytes: {@code 312 bytes}, {@code 13.3 KB}, {@code 260.3 MB}. */
    public static String bytes(long bytes) {
        if (Math.abs(bytes) < 10_000) {
            return count(bytes) + (bytes == 1 ? " byte" : " bytes");
        }
        double value = bytes / 1024.0;
        int unit = 0;
        while (Math.abs(value) >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, Math.abs(value) < 100 ? "%.1f %s" : "%,.0f %s", value, UNITS[unit]);
    }

    /** A count with its thousands separated. Listings of millions of rows call it several times a row, so it does without a format. */
    public static String count(long count) {
        String digits = Long.toString(count);
        int sign = count < 0 ? 1 : 0;
        if (digits.length() - sign <= 3) {
            return digits;
        }
        int head = sign + (digits.length() - sign - 1) % 3 + 1;
        StringBuilder text = new StringBuilder(digits.length() + 6).append(digits, 0, head);
        for (int at = head; at < digits.length(); at += 3) {
            text.append(',').append(digits, at, at + 3);
        }
        return text.toString();
    }

    /** A count and the thing counted, in the plural unless there is one. */
    public static String count(long count, String one, String many) {
        return count(count) + " " + (count == 1 ? one : many);
    }

    /** A share between 0 and 1 as a percentage, with a decimal where it matters: {@code 92%}, {@code 99.3%}, {@code 0.4%}. */
    public static String percent(double share) {
        double percent = share * 100;
        if (percent > 0 && percent < 0.05) {
            return "under 0.1%";
        }
        boolean fine = percent < 10 || percent > 99 && percent < 100;
        String text = String.format(Locale.ROOT, fine ? "%.1f%%" : "%.0f%%", percent);
        return text.equals("100.0%") && percent < 100 ? "over 99.9%" : text;
    }
}

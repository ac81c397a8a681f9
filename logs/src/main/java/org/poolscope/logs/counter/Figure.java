package org.poolscope.logs.counter;

/** Numbers as logs of any region write them. */
final class Figure {

    private static final int LONGEST = 40;

    private Figure() {
    }

    /**
     * A number with a decimal point or a decimal comma; where both stand, the last of them is the decimal mark and the other
     * groups
     * digits. {@code NaN} when the text is empty, no number, or below zero, which no counter kept here can be.
     */
    static double of(String field) {
        String text = field.strip();
        if (text.isEmpty() || text.length() > LONGEST) {
            return Double.NaN;
        }
        StringBuilder digits = new StringBuilder(text.length());
        int comma = text.lastIndexOf(',');
        int point = text.lastIndexOf('.');
        boolean severalCommas = comma != text.indexOf(',');
        boolean severalPoints = point != text.indexOf('.');
        int mark = severalCommas && point < 0 || severalPoints && comma < 0 ? -1 : Math.max(comma, point);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (i == mark) {
                digits.append('.');
            } else if (c >= '0' && c <= '9' || c == '+' || c == '-' || c == 'e' || c == 'E') {
                digits.append(c);
            } else if (c != ',' && c != '.' && c != '\u00a0' && c != '\u202f' && c != '\'') {
                return Double.NaN;
            }
        }
        try {
            double value = Double.parseDouble(digits.toString());
            return value >= 0 && !Double.isInfinite(value) ? value : Double.NaN;
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}

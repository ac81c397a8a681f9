package org.poolscope.lab;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;

/**
 * The path of one photo, as in the published listing: {@code \Root\lores\20070110\R6\335\2038335\29109072_lores.jpg}. All its
 * parts but the kind have a fixed width.
 */
final class PhotoPath {

    static final LocalDate LAST_DAY = LocalDate.of(2007, 1, 10);

    private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;
    private static final int FIRST_PHOTO = 29_000_000;

    private final StringBuilder path = new StringBuilder(64);
    private final StringBuilder tail = new StringBuilder(64);

    /** Characters of the path. */
    static int length(boolean preview) {
        return "\\Root\\".length() + kind(preview).length() + tailLength(preview);
    }

    /** Characters of the part behind the kind. */
    static int tailLength(boolean preview) {
        return "\\20070110\\R6\\335\\2038335\\29109072_".length() + kind(preview).length() + ".jpg".length();
    }

    static String kind(boolean preview) {
        return preview ? "preview" : "lores";
    }

    static String day(int daysBefore) {
        return DAY.format(LAST_DAY.minusDays(daysBefore));
    }

    static String roll(int number) {
        return "R" + (1 + number % 9);
    }

    static int group(int number) {
        return 100 + number % 900;
    }

    static int folder(int group, int numberInGroup) {
        return (2038 + numberInGroup) * 1000 + group;
    }

    /** The file's name. */
    static String file(boolean preview, int number) {
        return FIRST_PHOTO + number + "_" + kind(preview) + ".jpg";
    }

    void set(boolean preview, String day, String roll, int group, int folder, String file) {
        tail.setLength(0);
        tail.append('\\').append(day).append('\\').append(roll).append('\\').append(group).append('\\').append(folder)
                .append('\\').append(file);
        path.setLength(0);
        path.append("\\Root\\").append(kind(preview)).append(tail);
    }

    CharSequence path() {
        return path;
    }

    CharSequence tail() {
        return tail;
    }
}

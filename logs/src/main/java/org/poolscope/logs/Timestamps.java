package org.poolscope.logs;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;

/**
 * Finds the date and time in a line, in whatever order the machine's region writes day and month. {@code 03/04/2006} alone does
 * not say whether it is March or April: other dates of the same file, a day of the week or AM and PM decide
 * ({@link #observe}); where nothing does, there is no answer rather than a wrong one.
 */
public final class Timestamps {

    /** Lines longer than this hold more than a time. */
    private static final int LONGEST_LINE = 200;

    private static final List<String> WEEKDAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");

    private static final String CLOCK = "(\\d{1,2})[:.](\\d{2})(?:[:.](\\d{2})(?:[.,]\\d{1,9})?)?(?: ?([AaPp])\\.?[Mm]\\.?)?";

    private static final Pattern YEAR_FIRST =
            Pattern.compile("(?<!\\d)(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})(?:T| {1,3}|, ?|_|-)" + CLOCK);

    private static final Pattern YEAR_LAST =
            Pattern.compile("(?<!\\d)(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4})(?:,? {1,3}|T|_)" + CLOCK);

    /** {@code 20070110-0800}, {@code 20070110_080015}, {@code 200701100800}: how files are named. */
    private static final Pattern RUN_TOGETHER =
            Pattern.compile("(?<!\\d)(\\d{4})-?(\\d{2})-?(\\d{2})[-_T. ]?(\\d{2})[-_.h]?(\\d{2})(?:[-_.m]?(\\d{2}))?(?!\\d)");

    private Iterable<String> unseen;
    private boolean dayFirst;
    private boolean monthFirst;
    private boolean halfDays;
    private int ambiguous;
    private Provenance firstAmbiguous;

    /** For times of which each is {@linkplain #observe shown} first. */
    public Timestamps() {
    }

    /** For the times of a file: its lines are looked at when a date is met that they must explain, which in most files none is. */
    public Timestamps(Iterable<String> lines) {
        unseen = lines;
    }

    /** Looks at a line for what it tells about the order of day and month in this file. */
    public void observe(String line) {
        int slash = line.indexOf('/');
        if (line.length() > LONGEST_LINE || slash < 0 || line.indexOf('/', slash + 1) < 0) {
            return;
        }
        Matcher date = YEAR_LAST.matcher(line);
        if (!date.find() || !date.group(2).equals("/")) {
            return;
        }
        int first = Integer.parseInt(date.group(1));
        int second = Integer.parseInt(date.group(3));
        if (first > 12 && second <= 12) {
            dayFirst = true;
        } else if (second > 12 && first <= 12) {
            monthFirst = true;
        } else {
            weekday(line, date, first, second);
        }
        halfDays |= date.group(8) != null;
    }

    private void weekday(String line, Matcher date, int first, int second) {
        String before = line.substring(0, date.start()).strip().toLowerCase(java.util.Locale.ROOT);
        for (int day = 0; day < WEEKDAYS.size() && first != second; day++) {
            if (before.endsWith(WEEKDAYS.get(day))) {
                boolean asMonth = fallsOn(date, first, second, DayOfWeek.of(day + 1));
                boolean asDay = fallsOn(date, second, first, DayOfWeek.of(day + 1));
                monthFirst |= asMonth && !asDay;
                dayFirst |= asDay && !asMonth;
            }
        }
    }

    private static boolean fallsOn(Matcher date, int month, int day, DayOfWeek weekday) {
        return time(date.group(4), month, day, "0", "00", null, null).filter(at -> at.getDayOfWeek() == weekday).isPresent();
    }

    /**
     * The time in a line.
     *
     * @param seenAt whose time it is: cited when day and month cannot be told apart
     */
    public Optional<LocalDateTime> find(String line, Provenance seenAt) {
        if (line.length() > LONGEST_LINE) {
            return Optional.empty();
        }
        Matcher date = YEAR_FIRST.matcher(line);
        if (date.find()) {
            return time(date.group(1), Integer.parseInt(date.group(2)), Integer.parseInt(date.group(3)), date.group(4),
                    date.group(5), date.group(6), date.group(7));
        }
        date = YEAR_LAST.matcher(line);
        if (!date.find()) {
            return Optional.empty();
        }
        Optional<LocalDateTime> found = yearLast(date);
        if (found.isEmpty() && ambiguous++ == 0) {
            firstAmbiguous = seenAt.quoting(date.group());
        }
        return found;
    }

    /** Says how many of the times asked for could not be told. */
    public void warnOfAmbiguous(FactSink sink) {
        if (ambiguous > 0) {
            sink.warn(firstAmbiguous, ambiguous + " dates such as '" + firstAmbiguous.text()
                    + "' do not say which number is the month, or are no dates; they are not used");
        }
    }

    private Optional<LocalDateTime> yearLast(Matcher date) {
        int first = Integer.parseInt(date.group(1));
        int second = Integer.parseInt(date.group(3));
        if (unseen != null && date.group(2).equals("/") && first <= 12 && second <= 12 && first != second) {
            Iterable<String> lines = unseen;
            unseen = null;
            lines.forEach(this::observe);
        }
        boolean month;
        if (!date.group(2).equals("/") || first > 12) {
            // 14.12.2006 and 14-12-2006 are always written day first.
            month = false;
        } else if (second > 12 || first == second) {
            month = true;
        } else if (dayFirst != monthFirst) {
            month = monthFirst;
        } else if (!dayFirst && halfDays) {
            // The United States, where most such files come from; other English-speaking regions would show a day over 12 soon.
            month = true;
        } else {
            return Optional.empty();
        }
        return time(date.group(4), month ? first : second, month ? second : first, date.group(5), date.group(6), date.group(7),
                date.group(8));
    }

    /** The time in a file's name. */
    static Optional<LocalDateTime> inFileName(String name) {
        if (name.length() > LONGEST_LINE) {
            return Optional.empty();
        }
        Matcher date = RUN_TOGETHER.matcher(name);
        // Other numbers may have as many digits; no such file is older than the tools.
        if (!date.find() || date.group(1).compareTo("1993") < 0 || date.group(1).compareTo("2100") >= 0) {
            return Optional.empty();
        }
        return time(date.group(1), Integer.parseInt(date.group(2)), Integer.parseInt(date.group(3)), date.group(4),
                date.group(5), date.group(6), null);
    }

    private static Optional<LocalDateTime> time(String year, int month, int day, String hour, String minute, String second,
            String half) {
        try {
            int hours = Integer.parseInt(hour);
            if (half != null) {
                if (hours < 1 || hours > 12) {
                    return Optional.empty();
                }
                hours = hours % 12 + (half.equalsIgnoreCase("p") ? 12 : 0);
            }
            return Optional.of(LocalDateTime.of(Integer.parseInt(year), month, day, hours, Integer.parseInt(minute),
                    second == null ? 0 : Integer.parseInt(second)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}

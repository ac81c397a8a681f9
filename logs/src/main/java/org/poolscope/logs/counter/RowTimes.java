package org.poolscope.logs.counter;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.poolscope.model.CounterSeries;

/**
 * The times of the rows of a counter log. Windows writes {@code MM/dd/yyyy HH:mm:ss.fff} in every language; programs that saved
 * the
 * table again write their region's form. Each row is kept in both readings, month first and day first; the rows together decide.
 */
final class RowTimes {

    private static final Pattern FORM = Pattern.compile("(\\d{1,4})([-./])(\\d{1,2})\\2(\\d{1,4})(?:,? {1,3}|T)(\\d{1,2})[:.](\\d{2})"
            + "(?:[:.](\\d{2})(?:[.,](\\d{1,9}))?)?(?: ?([AaPp])\\.?[Mm]\\.?)?");

    private static final int LONGEST = 60;

    /** Stands where a row has no time in the reading chosen. */
    static final long NOT_A_TIME = Long.MIN_VALUE;

    private final Samples monthFirst = new Samples();
    private final Samples dayFirst = new Samples();
    private boolean fixed;
    private boolean halfDays;

    /** Adds the time of a row; false when it has none. */
    boolean add(String field) {
        String text = field.strip();
        Matcher form = FORM.matcher(text);
        if (text.length() > LONGEST || !form.matches()) {
            return false;
        }
        boolean yearFirst = form.group(1).length() > 2;
        long month;
        long day;
        if (yearFirst) {
            fixed = true;
            month = time(form, form.group(1), form.group(3), form.group(4));
            day = month;
        } else {
            month = time(form, form.group(4), form.group(1), form.group(3));
            day = time(form, form.group(4), form.group(3), form.group(1));
            if (form.group(2).equals(".")) {
                // No region writes the month first with dots.
                month = NOT_A_TIME;
            }
        }
        if (month == NOT_A_TIME && day == NOT_A_TIME) {
            return false;
        }
        halfDays |= form.group(9) != null;
        monthFirst.add(month, 0);
        dayFirst.add(day, 0);
        return true;
    }

    private static long time(Matcher form, String year, String month, String day) {
        int years = Integer.parseInt(year);
        if (year.length() == 2) {
            years += years < 80 ? 2000 : 1900;
        }
        int hour = Integer.parseInt(form.group(5));
        if (form.group(9) != null) {
            if (hour < 1 || hour > 12) {
                return NOT_A_TIME;
            }
            hour = hour % 12 + (form.group(9).equalsIgnoreCase("p") ? 12 : 0);
        }
        try {
            LocalDateTime time = LocalDateTime.of(years, Integer.parseInt(month), Integer.parseInt(day), hour,
                    Integer.parseInt(form.group(6)), form.group(7) == null ? 0 : Integer.parseInt(form.group(7)));
            String fraction = form.group(8);
            int millis = fraction == null ? 0 : Integer.parseInt((fraction + "00").substring(0, 3));
            return CounterSeries.millis(time) + millis;
        } catch (DateTimeException e) {
            return NOT_A_TIME;
        }
    }

    int size() {
        return monthFirst.size();
    }

    /**
     * The times, once all rows are there.
     *
     * @param asWindowsWrites whether the log is as Windows wrote it: then the month comes first
     */
    Reading reading(boolean asWindowsWrites) {
        long[] months = monthFirst.times();
        long[] days = dayFirst.times();
        long monthCost = cost(months);
        long dayCost = cost(days);
        boolean monthWins = fixed || asWindowsWrites && monthCost != Long.MAX_VALUE || monthCost < dayCost
                || monthCost == dayCost;
        boolean told = fixed || asWindowsWrites || halfDays || monthCost != dayCost || java.util.Arrays.equals(months, days);
        return new Reading(monthWins ? months : days, told);
    }

    /** How unlikely a reading is: going back in time, then how much time it spans; the largest when a row has no time in it. */
    private static long cost(long[] times) {
        long back = 0;
        for (int i = 0; i < times.length; i++) {
            if (times[i] == NOT_A_TIME) {
                return Long.MAX_VALUE;
            }
            back += i > 0 && times[i] < times[i - 1] ? times[i - 1] - times[i] : 0;
        }
        long span = times.length == 0 ? 0 : Math.abs(times[times.length - 1] - times[0]);
        return Math.min(Long.MAX_VALUE - 1, back * 1000 + span);
    }

    /**
     * What the rows say.
     *
     * @param times one for each row
     * @param told whether the log itself tells day and month apart
     */
    record Reading(long[] times, boolean told) {
    }
}

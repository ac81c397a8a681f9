package org.poolscope.logs;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.poolscope.model.Fact;
import org.poolscope.model.Provenance;

/**
 * An entry of an event log.
 *
 * @param seenAt where it stands
 * @param source who logged it, as written: {@code Srv}, {@code Microsoft-Windows-Resource-Exhaustion-Detector}
 * @param id the event id, without severity and facility bits
 * @param time when; {@code null} when the evidence does not say, or says it so that day and month cannot be told apart
 * @param zone the zone of {@code time} where the evidence gives it; {@code null} for the machine's own time
 * @param computer the machine's name, or {@code null}
 * @param message the text; empty when the export has none
 * @param data everything else the entry holds, by its own labels, in order; binary data stands under {@value #DATA} as
 *     32-bit words in hex
 */
public record LoggedEvent(Provenance seenAt, String source, int id, LocalDateTime time, ZoneOffset zone, String computer,
        String message, Map<String, String> data) implements Fact {

    /** The label of an entry's binary data. */
    public static final String DATA = "Data";

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    public LoggedEvent {
        data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
    }

    /** When, for people: with the zone where the evidence gives one; empty when the evidence does not say when. */
    public String timeText() {
        if (time == null) {
            return "";
        }
        return TIME.format(time) + (zone == null ? "" : zone.equals(ZoneOffset.UTC) ? " UTC" : " " + zone);
    }

    /**
     * Binary data as it stands under {@value #DATA}: little-endian 32-bit words of eight hex digits with blanks between. One to
     * three bytes at the end make no word and are left out.
     */
    public static String wordsOf(byte[] bytes) {
        HexFormat hex = HexFormat.of();
        StringBuilder words = new StringBuilder(bytes.length / 4 * 9);
        for (int at = 0; at + 4 <= bytes.length; at += 4) {
            words.append(at == 0 ? "" : " ");
            for (int i = 3; i >= 0; i--) {
                words.append(hex.toHighHexDigit(bytes[at + i])).append(hex.toLowHexDigit(bytes[at + i]));
            }
        }
        return words.toString();
    }

    /** The words of the binary data, each 0 to 2^32 - 1, in order; empty when there are none. */
    public List<Long> words() {
        List<Long> words = new ArrayList<>();
        for (String word : data.getOrDefault(DATA, "").split(" ")) {
            if (word.length() != 8) {
                return words;
            }
            try {
                words.add(Long.parseLong(word, 16));
            } catch (NumberFormatException e) {
                return words;
            }
        }
        return words;
    }
}

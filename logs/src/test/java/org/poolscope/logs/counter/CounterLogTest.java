package org.poolscope.logs.counter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.model.Counter;
import org.poolscope.model.CounterSeries;
import org.poolscope.model.MemoryCounters;

/** Counter logs of many regions and programs. The forms are those of published logs; the figures are made up. */
class CounterLogTest {

    private static final String CSV = """
            "(PDH-CSV 4.0) (W. Europe Standard Time)(-60)","\\\\SRV01\\Memory\\Pool Nonpaged Bytes","\\\\SRV01\\Memory\\Pool Paged Bytes",\
            "\\\\SRV01\\Process(svchost#1)\\Handle Count","\\\\SRV01\\Server\\Pool Nonpaged Bytes","\\\\SRV01\\System\\System Up Time"
            "11/02/2020 13:00:00.125"," ","266000000","120","1","86400.5"
            "11/02/2020 13:15:00.125","100000000","267000000","121","1","87300.5"
            "11/02/2020 13:30:00.125","101000000.00000000","2.68e8","122","1","88200.5"
            """;

    @Test
    void aLogAsWindowsWritesIt() {
        Read read = Read.of(CSV);
        CounterSeries paged = read.the(Counter.POOL_PAGED_BYTES);
        assertThat(paged.machine()).isEqualTo("SRV01");
        assertThat(paged.zone()).isEqualTo(ZoneOffset.ofHours(1));
        assertThat(paged.values()).containsExactly(266e6, 267e6, 268e6);
        assertThat(paged.taken(0)).isEqualTo(LocalDateTime.of(2020, 11, 2, 13, 0, 0, 125_000_000));
        assertThat(read.the(Counter.POOL_NONPAGED_BYTES).values()).containsExactly(Double.NaN, 1e8, 1.01e8);
        assertThat(read.the(Counter.PROCESS_HANDLES).instance()).isEqualTo("svchost#1");
        assertThat(read.the(Counter.SYSTEM_UP_TIME).values()).containsExactly(86400.5, 87300.5, 88200.5);
        assertThat(read.others).singleElement().isInstanceOfSatisfying(MemoryCounters.class, totals -> {
            assertThat(totals.pagedUsedBytes()).isEqualTo(268_000_000);
            assertThat(totals.taken()).isEqualTo(paged.taken(2));
        });
        assertThat(read.lost()).isEmpty();
        assertThat(read.warnings).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "windows-1252"})
    void inEveryEncodingAndWithTabs(String charset) {
        String mark = charset.startsWith("UTF-16") ? "\ufeff" : "";
        String tsv = CSV.replace("\",\"", "\"\t\"").replace("PDH-CSV", "PDH-TSV").replace("W. Europe", "Mitteleurop\u00e4ische");
        Read read = Read.of(mark + tsv, Charset.forName(charset));
        assertThat(read.the(Counter.POOL_PAGED_BYTES).values()).containsExactly(266e6, 267e6, 268e6);
        assertThat(read.lost()).isEmpty();
    }

    @Test
    void typeperfPrintsNoZoneAndWordsAroundIt() {
        Read read = Read.of("\r\n\"(PDH-CSV 4.0)\",\"\\\\pc\\Memory\\Pool Paged Bytes\"\r\n\"09/22/2026 21:42:32.824\",\"20261367.000000\"\r\n"
                + "Exiting, please wait...                         \r\nThe command completed successfully.\r\n");
        assertThat(read.the(Counter.POOL_PAGED_BYTES).values()).containsExactly(20261367);
        assertThat(read.the(Counter.POOL_PAGED_BYTES).zone()).isNull();
        assertThat(read.lost()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Speicher;Auslagerungsseiten (Bytes);Nicht-Auslagerungsseiten (Bytes)",
        "M\u00e9moire;Octets de r\u00e9serve pagin\u00e9e;Octets de r\u00e9serve non pagin\u00e9e",
        "Memoria;Bytes de bloque paginado;Bytes de bloque no paginado",
        "\u041f\u0430\u043c\u044f\u0442\u044c;\u0411\u0430\u0439\u0442 \u0432 \u0432\u044b\u0433\u0440\u0443\u0436\u0430\u0435\u043c\u043e\u043c "
                + "\u0441\u0442\u0440\u0430\u043d\u0438\u0447\u043d\u043e\u043c \u043f\u0443\u043b\u0435;\u0411\u0430\u0439\u0442 \u0432 "
                + "\u043d\u0435\u0432\u044b\u0433\u0440\u0443\u0436\u0430\u0435\u043c\u043e\u043c \u0441\u0442\u0440\u0430\u043d\u0438\u0447\u043d\u043e\u043c "
                + "\u043f\u0443\u043b\u0435"})
    void namesInOtherLanguages(String names) {
        String[] name = names.split(";");
        Read read = Read.of("\"(PDH-CSV 4.0) (x)(-60)\",\"\\\\S\\" + name[0] + "\\" + name[1] + "\",\"\\\\S\\" + name[0] + "\\"
                + name[2]
                + "\",\"\\\\S\\Server\\" + name[2] + "\"\n\"01/13/2020 10:00:00.000\",\"7\",\"8\",\"9\"\n");
        assertThat(read.the(Counter.POOL_PAGED_BYTES).values()).containsExactly(7);
        assertThat(read.the(Counter.POOL_NONPAGED_BYTES).values()).containsExactly(8);
    }

    /** The object Memory as a whole, in a language no table has: Windows lists its counters in one order everywhere. */
    private static String wholeMemory(long kilobytesShown) {
        StringBuilder head = new StringBuilder("\"(PDH-CSV 4.0) (x)(0)\"");
        StringBuilder row = new StringBuilder("\"01/13/2020 10:00:00.000\"");
        for (int place = 0; place < 36; place++) {
            head.append(",\"\\\\S\\Qapla\\wo'rIv ").append(place).append('"');
            long value = switch (place) {
                case 1 -> 5_000_000_000L;
                case 12 -> 111;
                case 13 -> 222;
                case 27 -> kilobytesShown;
                case 28 -> 5_000_000_000L / (1 << 20);
                default -> place;
            };
            row.append(",\"").append(value).append('"');
        }
        return head + "\n" + row + "\n";
    }

    @Test
    void inUnknownLanguagesThePlaceTellsWhenTheFiguresProveIt() {
        Read read = Read.of(wholeMemory(5_000_000_000L / 1024));
        assertThat(read.the(Counter.POOL_PAGED_BYTES).values()).containsExactly(111);
        assertThat(read.the(Counter.POOL_NONPAGED_BYTES).values()).containsExactly(222);
        Read other = Read.of(wholeMemory(77));
        assertThat(other.series).isEmpty();
        assertThat(other.warnings).singleElement().asString().contains("none of the 36 counters of this log tells about pool");
    }

    @Test
    void tablesThatASpreadsheetSavedAgain() {
        Read german = Read.of("(PDH-CSV 4.0) (x)(-60);\\\\S\\Speicher\\Auslagerungsseiten (Bytes)\n"
                + "31.12.2019 23:45;2,66E+08\n01.01.2020 00:00;267.000.000,5\n", StandardCharsets.ISO_8859_1);
        assertThat(german.the(Counter.POOL_PAGED_BYTES).values()).containsExactly(266e6, 267000000.5);
        assertThat(german.the(Counter.POOL_PAGED_BYTES).taken(1)).isEqualTo(LocalDateTime.of(2020, 1, 1, 0, 0));
        Read british = Read.of("Time,\\\\S\\Memory\\Pool Paged Bytes\n03/04/2020 23:00,1\n04/04/2020 01:00,2\n");
        assertThat(british.the(Counter.POOL_PAGED_BYTES).taken(1)).isEqualTo(LocalDateTime.of(2020, 4, 4, 1, 0));
        assertThat(british.warnings).isEmpty();
        Read unclear = Read.of("Time,\\\\S\\Memory\\Pool Paged Bytes\n03/04/2020 23:00,1\n03/04/2020 23:10,2\n");
        assertThat(unclear.warnings).singleElement().asString().contains("do not say which number is the month");
        assertThat(unclear.lost()).isEmpty();
    }

    @Test
    void theClockPutBackInAutumnDoesNotTurnTimeBack() {
        Read read = Read.of("\"(PDH-CSV 4.0) (GMT Standard Time)(-60)\",\"\\\\S\\Memory\\Pool Paged Bytes\"\n\"10/29/2017 01:59:44.562\",\"1\"\n"
                + "\"10/29/2017 01:59:59.562\",\"2\"\n\"10/29/2017 01:00:14.562\",\"3\"\n\"10/29/2017 01:00:29.563\",\"4\"\n");
        CounterSeries series = read.the(Counter.POOL_PAGED_BYTES);
        assertThat(series.times()[2] - series.times()[1]).isEqualTo(15_000);
        assertThat(series.times()[3] - series.times()[2]).isEqualTo(15_001);
        assertThat(read.warnings).singleElement().asString().contains("the clock went back");
    }

    @Test
    void aFigureCutAtTheEndIsNotShownAsAWholeOne() {
        Read quoted = Read.of(CSV.strip().substring(0, CSV.strip().length() - "0.5\"".length()));
        assertThat(quoted.the(Counter.SYSTEM_UP_TIME).values()).containsExactly(86400.5, 87300.5, Double.NaN);
        Read bare = Read.of("Time,\\\\S\\Memory\\Pool Paged Bytes,\\\\S\\Memory\\Cache Bytes\n2020-05-01 10:00,12345,9\n2020-05-01 11:00,123");
        assertThat(bare.the(Counter.POOL_PAGED_BYTES).values()).containsExactly(12345, Double.NaN);
        assertThat(bare.lost()).isEmpty();
    }

    @Test
    void logsOneBehindTheOther() {
        Read read = Read.of(CSV + CSV.replace("11/02", "11/03").replace("SRV01", "SRV02"));
        assertThat(read.series).extracting(CounterSeries::machine).contains("SRV01", "SRV02");
        assertThat(read.lost()).isEmpty();
    }

    @Test
    void aHeadLineOfThousandsOfCountersIsRead() {
        StringBuilder head = new StringBuilder("\"(PDH-CSV 4.0) (x)(0)\"");
        StringBuilder row = new StringBuilder("\"01/13/2020 10:00:00.000\"");
        for (int i = 0; i < 5000; i++) {
            head.append(String.format(Locale.ROOT, ",\"\\\\S\\Process(p%d)\\Pool Paged Bytes\"", i));
            row.append(",\"").append(i).append('"');
        }
        List<CounterSeries> series = Read.of(head + "\n" + row + "\n").series;
        assertThat(series).hasSize(5000).allMatch(one -> one.counter() == Counter.PROCESS_POOL_PAGED_BYTES);
        assertThat(series.get(4999).values()).containsExactly(4999);
    }
}

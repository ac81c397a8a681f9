package org.poolscope.lab;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The totals of both pools over time, as one of the tools writes them that log performance counters. */
final class CounterFile implements Closeable {

    /** Which tool wrote it, and where. */
    enum Form {
        /** Performance Monitor, comma-separated, on an English system. */
        PERFMON_CSV("perfmon.csv", StandardCharsets.US_ASCII),
        /** Performance Monitor, tab-separated, on a German system: names in its language, decimal commas. */
        PERFMON_TSV_GERMAN("leistung.tsv", Charset.forName("windows-1252")),
        /** {@code Get-Counter} on an English system of the United States, redirected: PowerShell writes UTF-16. */
        GET_COUNTER("get-counter.txt", StandardCharsets.UTF_16LE);

        private final String file;
        private final Charset charset;

        Form(String file, Charset charset) {
            this.file = file;
            this.charset = charset;
        }

        /** The name of the file in a machine's folder. */
        String file() {
            return file;
        }
    }

    private static final DateTimeFormatter PERFMON = DateTimeFormatter.ofPattern("MM/dd/yyyy HH:mm:ss.SSS", Locale.ROOT);
    private static final DateTimeFormatter AMERICAN = DateTimeFormatter.ofPattern("M/d/yyyy h:mm:ss a", Locale.US);
    private static final String INDENT = " ".repeat(26);

    private final Form form;
    private final String machine;
    private final BufferedWriter out;

    CounterFile(Path home, Form form) throws IOException {
        this.form = form;
        this.machine = "\\\\" + home.getFileName().toString().toUpperCase(Locale.ROOT);
        this.out = Files.newBufferedWriter(home.resolve(form.file), form.charset);
        switch (form) {
            case PERFMON_CSV -> line("\"(PDH-CSV 4.0) (GMT Standard Time)(0)\",\"" + machine + "\\Memory\\Pool Paged Bytes\",\"" + machine
                    + "\\Memory\\Pool Nonpaged Bytes\"");
            case PERFMON_TSV_GERMAN -> line("\"(PDH-TSV 4.0) (Mitteleuropäische Zeit)(-60)\"\t\"" + machine
                    + "\\Speicher\\Auslagerungsseiten (Bytes)\"\t\"" + machine + "\\Speicher\\Nicht-Auslagerungsseiten (Bytes)\"");
            case GET_COUNTER -> {
                line("\ufeff");
                line("Timestamp                 CounterSamples");
                line("---------                 --------------");
            }
        }
    }

    /** Adds a sample, in bytes. */
    void sample(LocalDateTime time, long paged, long nonPaged) throws IOException {
        switch (form) {
            case PERFMON_CSV -> line("\"" + PERFMON.format(time) + "\",\"" + paged + "\",\"" + nonPaged + "\"");
            case PERFMON_TSV_GERMAN -> line("\"" + PERFMON.format(time) + "\"\t\"" + paged + ",000000\"\t\"" + nonPaged + ",000000\"");
            case GET_COUNTER -> {
                String name = machine.toLowerCase(Locale.ROOT);
                line(String.format(Locale.ROOT, "%-26s%s\\memory\\pool paged bytes :", AMERICAN.format(time), name));
                line(INDENT + paged);
                line("");
                line(INDENT + name + "\\memory\\pool nonpaged bytes :");
                line(INDENT + nonPaged);
                line("");
            }
        }
    }

    private void line(String line) throws IOException {
        out.write(line);
        out.write("\r\n");
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}

package org.poolscope.app;

import java.io.IOException;
import java.io.Writer;
import java.util.Iterator;
import org.poolscope.report.JsonDocument;
import org.poolscope.report.Listing;
import org.poolscope.report.TextStyle;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The option every command has, and the writer it prints to. Mixed into each command. */
final class Output {

    @Option(names = "--format", paramLabel = "text|json", defaultValue = "text",
            description = "What to print: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private OutputFormat format = OutputFormat.text;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    boolean isJson() {
        return format == OutputFormat.json;
    }

    /** Where results go. */
    Writer writer() {
        return ((Poolscope) command.root().userObject()).out();
    }

    /** Colours only on a terminal, and not when the user said no (https://no-color.org). */
    TextStyle style() {
        String no = System.getenv("NO_COLOR");
        return new TextStyle(Terminal.isStdout() && (no == null || no.isEmpty()), TextStyle.PLAIN.width());
    }

    <T> void list(Listing<T> listing, Iterator<T> rows) throws IOException {
        if (isJson()) {
            listing.printJson(rows, writer());
        } else {
            listing.printText(rows, writer());
        }
    }

    void document(JsonDocument.Fields fields) throws IOException {
        JsonDocument.print(writer(), fields);
    }

    void line(String text) throws IOException {
        writer().write(text);
        writer().write('\n');
    }

    void flush() throws IOException {
        writer().flush();
    }
}

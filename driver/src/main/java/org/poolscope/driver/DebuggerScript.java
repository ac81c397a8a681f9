package org.poolscope.driver;

import java.util.Locale;
import java.util.Map;
import org.poolscope.driver.pe.LittleEndian;
import org.poolscope.driver.pe.PeImage;

/**
 * Commands for WinDbg and KD that put the new tags into a driver that is loaded, on a live debug session, and those that take them out again.
 * Nothing is changed unless the loaded driver is the very build, and each place holds the bytes that are expected.
 */
public final class DebuggerScript {

    /** Where the PE header names the link time, from its start (PE/COFF specification, "COFF File Header"). */
    private static final int TIME_DATE_STAMP = 8;

    private final Retag retag;
    private final String module;

    private DebuggerScript(Retag retag) {
        this.retag = retag;
        this.module = moduleName(retag.driver().name());
    }

    /** The commands that put the tags in. */
    public static String apply(Retag retag) {
        return new DebuggerScript(retag).text(true);
    }

    /** The commands that put the old tags back. */
    public static String undo(Retag retag) {
        return new DebuggerScript(retag).text(false);
    }

    /** As debuggers name modules: the file's name without its extension, odd characters replaced. */
    static String moduleName(String file) {
        String stem = file.contains(".") ? file.substring(0, file.lastIndexOf('.')) : file;
        String name = stem.replaceAll("[^A-Za-z0-9_]", "_");
        return name.matches("[0-9A-Fa-f]+") ? "@!\"" + name + "\"" : name;   // or it would be read as a number
    }

    private String text(boolean apply) {
        PeImage image = retag.driver().image();
        byte[] content = image.content();
        int header = LittleEndian.i32(content, 0x3c);
        StringBuilder text = new StringBuilder();
        line(text, "$$ " + (apply ? "Gives each pool call site of " + module + " its own tag." : "Gives the pool call sites of " + module
                + " their old tags back."));
        line(text, "$$ Made by poolscope retag. Run in a kernel debugger attached to the machine:  $$>< FILE");
        line(text, "$$ Pages that are not in memory fail with 'Memory access error': bring them in with .pagein and run it again.");
        line(text, ".if (dwo(" + place(header + TIME_DATE_STAMP) + ") != " + hex((int) image.timeDateStamp()) + ") {");
        line(text, "    .echo " + module + " is another build: nothing was changed");
        line(text, "} .else {");
        for (Map.Entry<Integer, Integer> patch : retag.patches().entrySet()) {
            int old = LittleEndian.i32(content, image.offset(patch.getKey()));
            String at = place(patch.getKey());
            String from = hex(apply ? old : patch.getValue());
            String to = hex(apply ? patch.getValue() : old);
            line(text, "    .if (dwo(" + at + ") == " + from + ") { ed " + at + " " + to + "; } .else { .echo not as expected, left alone at "
                    + Integer.toHexString(patch.getKey()) + "; }");
        }
        line(text, "    .echo " + retag.patches().size() + " places done");
        line(text, "}");
        return text.toString();
    }

    private String place(int rva) {
        return module + "+" + hex(rva);
    }

    private static String hex(int value) {
        return String.format(Locale.ROOT, "0x%x", value);
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append("\r\n");
    }
}

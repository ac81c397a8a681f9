package org.poolscope.lab;

import java.io.BufferedWriter;
import java.io.IOException;

/**
 * What {@code dfsutil /pktinfo} printed on the photo machine: the published entry's form, once for each file. The published
 * listing had "over 10,000 entries"; the lab writes up to 10,432 of them, the same photos the dump's cache begins with. The
 * published entry's own target numbers, hidden there by "{#}", are 10 here.
 */
final class PktListing {

    private static final String[] TARGETS = {"FileServer", "FileServer.domain.local", "FileServer1", "FileServer1.domain.local"};
    private static final String[] STATES = {"State:0x31", "", "State:0x21 ( )", "State:0x21 ( )"};
    private static final int EXPIRES = 57_377;

    private PktListing() {
    }

    static void write(CaseFolder out, int entries) throws IOException {
        try (BufferedWriter text = out.text("pktinfo.txt")) {
            line(text, "--mup.sys--");
            line(text, entries + " entries...");
            entry(text, "\\FileServer\\Root", 243, "0x81 ( REFERRAL_SVC DFS )");
            line(text, "   0:[\\FileServer.domain.local\\Root] State:0x119 ( ACTIVE )");
            line(text, "   1:[\\FileServer1.domain.local\\Root] State:0x109 ( )");
            line(text, "");
            entry(text, "\\domain.local\\sysvol", 612, "0x81 ( REFERRAL_SVC DFS )");
            line(text, "   0:[\\dc1.domain.local\\sysvol] State:0x119 ( ACTIVE )");
            line(text, "");
            PhotoPath path = new PhotoPath();
            for (int i = 0; i < entries - 2; i++) {
                photo(path, i);
                entry(text, "\\FileServer" + path.path(), EXPIRES - i % 3, "0x1 ( DFS )");
                for (int t = 0; t < TARGETS.length; t++) {
                    line(text, "   " + t + ":[\\" + TARGETS[t] + "\\10-Root" + path.tail() + "]" + (STATES[t].isEmpty() ? ""
                            : " " + STATES[t]));
                }
                line(text, "");
            }
            line(text, "DfsUtil command completed successfully.");
        }
    }

    /** The photo with this number. */
    static void photo(PhotoPath path, int number) {
        int group = PhotoPath.group(number / 3);
        boolean preview = number % 25 == 24;
        path.set(preview, PhotoPath.day(number / 900 % 12), PhotoPath.roll(number / 100), group, PhotoPath.folder(group, number % 3),
                PhotoPath.file(preview, number));
    }

    private static void entry(BufferedWriter text, String path, int expires, String type) throws IOException {
        line(text, "Entry: " + path);
        line(text, "ShortEntry: " + path);
        line(text, "Expires in " + expires + " seconds");
        line(text, "UseCount: 0 Type:" + type);
    }

    private static void line(BufferedWriter text, String line) throws IOException {
        text.write(line);
        text.write("\r\n");
    }
}

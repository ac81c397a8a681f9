package org.poolscope.diagnosis;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.poolscope.kernel.OpenKernelImage;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.model.MachineInventory;

/**
 * Which Windows a case's machine runs, as far as its evidence says: what it is told to do next must be there to be done.
 *
 * @param number the build number; empty when nothing says
 */
record WindowsBuild(OptionalInt number) {

    /** Windows 7: the first with {@code dfsutil cache} and {@code netsh trace}. */
    private static final int WINDOWS_7 = 7600;
    /** {@code systeminfo}: "5.2.3790 Service Pack 1 Build 3790"; entry 6009: "5.02. 3790"; entry 12: 6, 1, 7601. */
    private static final Pattern VERSION = Pattern.compile("\\b(?:5|6|10)\\.\\d{1,2}\\.\\s?(\\d{4,5})\\b");

    /** By the image of its kernel, else its inventory, else what it wrote into its log when it started. */
    static WindowsBuild of(Case subject) {
        Optional<OpenKernelImage> image = subject.facts(OpenKernelImage.class).stream().findFirst();
        if (image.isPresent()) {
            return new WindowsBuild(OptionalInt.of(image.get().image().version().build()));
        }
        OptionalInt listed = last(subject.facts(MachineInventory.class).stream().flatMap(inventory -> inventory.items().stream())
                .filter(item -> item.kind() == MachineInventory.Kind.OS && item.value() != null).map(MachineInventory.Item::value));
        return new WindowsBuild(listed.isPresent() ? listed : last(subject.facts(LoggedEvent.class).stream().map(WindowsBuild::started)));
    }

    /** What an entry that the system writes when it starts says of its version; empty for others. */
    private static String started(LoggedEvent event) {
        return switch (event.id()) {
            case 6009 -> event.message() + " " + String.join(" ", event.data().values());
            case 12 -> event.data().getOrDefault("MajorVersion", "") + "." + event.data().getOrDefault("MinorVersion", "") + "."
                    + event.data().getOrDefault("BuildVersion", "");
            default -> "";
        };
    }

    private static OptionalInt last(Stream<String> texts) {
        return texts.map(VERSION::matcher).filter(Matcher::find).mapToInt(found -> Integer.parseInt(found.group(1))).reduce((before, after) -> after);
    }

    /** How the entries of the DFS client's referral cache are listed. */
    NextStep listReferrals() {
        String text = "Watch the cache grow while files are opened.";
        return isNew() ? new NextStep(text, "dfsutil cache referral")
                : new NextStep(text + otherwise("dfsutil cache referral"), "dfsutil /pktinfo");
    }

    /** How the DFS client's referral cache is emptied. */
    NextStep forgetReferrals() {
        String text = "Empty the cache: until the server is mended this gives the pool back.";
        return isNew() ? new NextStep(text, "dfsutil cache referral flush")
                : new NextStep(text + otherwise("dfsutil cache referral flush"), "dfsutil /pktflush");
    }

    /** How a referral is captured; what for is said first. */
    NextStep captureReferral(String what) {
        if (isNew()) {
            return new NextStep(what, "netsh trace start capture=yes tracefile=dfs.etl");
        }
        return new NextStep(what + " This needs a capture program (Network Monitor, Wireshark) on the machine, or a mirrored port of its switch."
                + (number.isEmpty() ? " (On Windows 7 and later nothing: netsh trace start capture=yes tracefile=dfs.etl.)" : ""),
                "dumpcap -f \"port 445 or port 139\" -w dfs.pcapng");
    }

    private boolean isNew() {
        return number.isPresent() && number.getAsInt() >= WINDOWS_7;
    }

    private String otherwise(String command) {
        return number.isEmpty() ? " (On Windows 7 and later: " + command + ".)" : "";
    }
}

package org.poolscope.fleet;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Which machine a file of evidence is of: the name the user gave, or what the user's pattern finds in the path, or the folder it lies in
 * below the one that was named, or that folder itself when the files right in it are named as one machine's evidence is, or the file's name
 * up to what looks like a date or a number.
 */
public final class MachineNames {

    /** {@code web-17_poolmon}, {@code web-17-20260301}, {@code web-17.snap.3}: the machine is what stands before. */
    private static final Pattern FILE = Pattern.compile("^(.+?)(?:[-_. ](?:pool\\w*|perf\\w*|driver\\w*|system\\w*|event\\w*|memory|"
            + "\\d{4}[-_.]?\\d{2}[-_.]?\\d{2}|\\d{6,})(?:[-_. ].*)?)?$", Pattern.CASE_INSENSITIVE);

    /** Words that say what a file holds and not whose it is: {@code MEMORY.DMP}, {@code poolmon-1.txt}, {@code Mini030926-01.dmp}. */
    private static final Pattern NOBODYS_WORD = Pattern.compile("(?:pool|perf|driver|sys|event|evt|mem|mini|kernel|pkt|dfs|hotfix|snap|task|process|"
            + "msinfo)[a-z0-9]*|dumps?|hiberfil|pagefile|swapfile|spcinfo|vm|kd|netmon|referrals?|captures?|traces?|security|application|setup|"
            + "inventory|logs?|counters?|before|after|\\d+", Pattern.CASE_INSENSITIVE);

    private final String fixed;
    private final Pattern pattern;

    private MachineNames(String fixed, Pattern pattern) {
        this.fixed = fixed;
        this.pattern = pattern;
    }

    /** Names from folders and file names. */
    public static MachineNames fromPaths() {
        return new MachineNames(null, null);
    }

    /** All files are of one machine. */
    public static MachineNames always(String name) {
        return new MachineNames(name, null);
    }

    /**
     * The first group of a regular expression that is found in the path, or all it matches when it has no group.
     *
     * @throws FleetException when it is no regular expression
     */
    public static MachineNames matching(String expression) throws FleetException {
        try {
            return new MachineNames(null, Pattern.compile(expression));
        } catch (PatternSyntaxException e) {
            throw new FleetException("'" + expression + "' is no regular expression: " + e.getDescription(), e);
        }
    }

    /**
     * Whether a folder that was named is one machine's: most files right in it have names that tell what they hold and not whose it is. In a
     * folder of many machines' logs most have their machine's.
     *
     * @param files the files below it
     */
    boolean isMachine(Path folder, List<Path> files) {
        List<Path> own = files.stream().filter(file -> !file.equals(folder) && folder.relativize(file).getNameCount() == 1).toList();
        long nobodys = own.stream().filter(file -> isNobodys(stem(file))).count();
        return fixed == null && pattern == null && !own.isEmpty() && 2 * nobodys >= own.size();
    }

    private static boolean isNobodys(String name) {
        return Arrays.stream(name.split("[-_. ]+")).filter(word -> !word.isEmpty()).allMatch(word -> NOBODYS_WORD.matcher(word).matches());
    }

    private static String stem(Path file) {
        return file.getFileName().toString().replaceFirst("\\.[A-Za-z0-9]{1,5}$", "");
    }

    /**
     * The machine of a file.
     *
     * @param root the folder that was named, or the file itself when it was named
     * @param ofOne whether that folder {@linkplain #isMachine is one machine's}
     * @param file the file
     * @return the name, in lower case as names of machines are the same in any case; {@code null} when the pattern finds none
     */
    String of(Path root, boolean ofOne, Path file) {
        if (fixed != null) {
            return fixed.toLowerCase(Locale.ROOT);
        }
        String name;
        if (pattern != null) {
            Matcher found = pattern.matcher(file.toString().replace('\\', '/'));
            name = !found.find() ? null : found.groupCount() > 0 ? found.group(1) : found.group();
        } else if (ofOne && (root.relativize(file).getNameCount() == 1 || isNobodys(root.relativize(file).getName(0).toString()))) {
            Path folder = root.toAbsolutePath().normalize().getFileName();
            name = folder == null ? null : folder.toString();
        } else if (!file.equals(root) && root.relativize(file).getNameCount() > 1) {
            name = root.relativize(file).getName(0).toString();
        } else {
            Matcher found = FILE.matcher(stem(file));
            name = found.matches() ? found.group(1) : stem(file);
        }
        return name == null || name.isBlank() ? null : name.toLowerCase(Locale.ROOT);
    }
}

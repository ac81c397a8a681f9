package org.poolscope.symbols;

/**
 * A kernel's version, as far as layouts depend on it.
 *
 * @param build the build number: 2195 is Windows 2000, 2600 XP, 3790 Server 2003 and XP x64, 7601 Windows 7 SP1 …
 * @param minor below build 6000 the service pack, from there on the update revision (the fourth part of
 *     {@code 10.0.19041.508}); {@link #NEWEST} when it is not known, which stands for the last one of the build
 */
public record KernelVersion(int build, int minor) implements Comparable<KernelVersion> {

    /** Stands for the last service pack or revision of a build. */
    public static final int NEWEST = Integer.MAX_VALUE;

    /** The first build whose minor number is an update revision and not a service pack. */
    private static final int FIRST_WITH_REVISIONS = 6000;

    /** A build of which nothing more is known. */
    public static KernelVersion build(int build) {
        return new KernelVersion(build, NEWEST);
    }

    /** A build before Vista with its service pack; from Vista on service packs have builds of their own. */
    public static KernelVersion servicePack(int build, int servicePack) {
        return new KernelVersion(build, build < FIRST_WITH_REVISIONS ? servicePack : NEWEST);
    }

    /** A build with its update revision. */
    public static KernelVersion revision(int build, int revision) {
        return new KernelVersion(build, revision);
    }

    /**
     * Reads a version as the data files write it: {@code 3790}, {@code 3790.sp1}, {@code 19041.508}.
     *
     * @param missing what stands for a minor number that is not written
     * @throws IllegalArgumentException when it is none
     */
    static KernelVersion parse(String text, int missing) {
        int dot = text.indexOf('.');
        if (dot < 0) {
            return new KernelVersion(Integer.parseInt(text), missing);
        }
        int digits = text.startsWith("sp", dot + 1) ? dot + 3 : dot + 1;
        return new KernelVersion(Integer.parseInt(text.substring(0, dot)), Integer.parseInt(text.substring(digits)));
    }

    @Override
    public int compareTo(KernelVersion other) {
        return build != other.build ? Integer.compare(build, other.build) : Integer.compare(minor, other.minor);
    }

    /** The version as the data files write it. */
    @Override
    public String toString() {
        if (minor == NEWEST) {
            return Integer.toString(build);
        }
        return build + (build < FIRST_WITH_REVISIONS ? ".sp" : ".") + minor;
    }
}

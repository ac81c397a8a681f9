package org.poolscope.lab;

import java.util.List;
import java.util.Optional;

/** All cases the lab can make. */
public final class LabCases {

    private static final List<LabCase> ALL = List.of(new PhotoUpload(), new HealthyFileServer(), new IoLeak(), new HandleLeak(),
            new LostList(), new SlowIrps(), new Fragmented());

    private LabCases() {
    }

    /** All cases. */
    public static List<LabCase> all() {
        return ALL;
    }

    /** The case of this name. */
    public static Optional<LabCase> find(String name) {
        return ALL.stream().filter(c -> c.name().equals(name)).findFirst();
    }
}

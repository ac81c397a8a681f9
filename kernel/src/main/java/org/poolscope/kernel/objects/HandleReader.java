package org.poolscope.kernel.objects;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.poolscope.model.Progress;

/** Counts the handles of each process by type of object. */
final class HandleReader {

    private final ObjectTypes types;
    private final HandleTables tables;

    HandleReader(ObjectTypes types, HandleTables tables) {
        this.types = types;
        this.tables = tables;
    }

    /**
     * The handles of all processes: one element for each type a process has handles of, the most first within a process. Handles
     * of which the type cannot be told, since they or what they lead to cannot be read, are in one without a type.
     */
    List<HandleUse> read(List<KernelProcess> processes, Progress progress) {
        List<HandleUse> uses = new ArrayList<>();
        int done = 0;
        for (KernelProcess process : processes) {
            progress.at("reading handle tables", done++, processes.size());
            if (process.handleTable() != null && process.handleTable() != 0) {
                uses.addAll(read(process));
            }
        }
        return uses;
    }

    private List<HandleUse> read(KernelProcess process) {
        Counts counts = new Counts();
        boolean whole = tables.walk(process.handleTable(),
                "the handle table of %s (process %s)".formatted(process.name(), process.pid()),
                header -> counts.count(types.indexOf(header)));
        if (!whole && process.handleCount() != null) {
            counts.untold += Math.max(0, process.handleCount() - counts.total());
        }
        List<HandleUse> uses = new ArrayList<>();
        for (int i = 0; i < counts.byType.length; i++) {
            if (counts.byType[i] > 0) {
                ObjectType type = types.get(i);
                uses.add(new HandleUse(process.name(), process.pid(), process.address(), type.name(), type.tag(),
                        counts.byType[i]));
            }
        }
        uses.sort(Comparator.comparingLong(HandleUse::count).reversed());
        if (counts.untold > 0) {
            uses.add(new HandleUse(process.name(), process.pid(), process.address(), null, null, counts.untold));
        }
        return uses;
    }

    private static final class Counts {

        private long[] byType = new long[0];
        private long untold;

        long total() {
            return untold + Arrays.stream(byType).sum();
        }

        void count(int type) {
            if (type == ObjectTypes.NONE) {
                untold++;
            } else {
                if (type >= byType.length) {
                    byType = Arrays.copyOf(byType, type + 32);
                }
                byType[type]++;
            }
        }
    }
}

package org.poolscope.lab;

import org.poolscope.lab.machine.MemoryFigures;

/** Counters of small machines for tests. */
final class Figures {

    static final MemoryFigures SOME = new MemoryFigures(5000, 9000, 10, 8000, 40000, 9000, 100, 50, 4000);

    private Figures() {
    }
}

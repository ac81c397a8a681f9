/**
 * Practice cases: the evidence of a machine, healthy or sick, with the truth beside it.
 *
 * <pre>
 *   LabCases.find("photo-upload").orElseThrow().write(folder, LabOptions.scale(1));
 * </pre>
 *
 * A case builds a {@linkplain org.poolscope.lab.machine.Machine machine}, lets its drivers and services work, stops it, and
 * writes the texts somebody would have collected besides. What it did, it also writes down as truth, in figures that tests
 * compare with what the program finds; no analysis may read that file.
 *
 * <p>Two things are watched over everywhere. Blocks come from a real allocator and are linked by real structures: in a healthy
 * machine whatever is allocated can be reached from the data of some module, a thread's stack, a processor's block or a handle
 * table, because its owner keeps it there, and not because an analysis is to find nothing. And nothing here uses the program's
 * readers, nor they anything here; layouts alone are shared, as data.
 */
package org.poolscope.lab;

/**
 * What people and tools wrote down about a machine: debugger transcripts, pool monitor logs, event logs, tag databases.
 *
 * <p>One file may hold several listings one after another, as a debugger log does. A reader walks the lines
 * ({@link org.poolscope.logs.LineWalk}), takes the sections of its own format and leaves the rest alone; a section ends where
 * another {@linkplain org.poolscope.logs.Landmark listing begins}. Each line that became part of a fact, or is known to
 * mean nothing here, is claimed, so that what nobody understood can be counted and shown.
 *
 * <pre>
 *   !vm                      VmReader            MemoryCounters, AllocationFailures
 *   !poolused                PoolUsedReader      PoolSnapshot
 *   PoolMon                  PoolMonReader       PoolSnapshot, MemoryCounters
 *   event text, event XML    EventTextReader,    LoggedEvent, ResourceExhaustion
 *                            EventXmlReader
 *   counter logs             counter.*Reader     CounterSeries, MemoryCounters
 *   pooltag.txt              TagDatabaseReader   TagDatabase
 * </pre>
 *
 * Columns are found by what stands in them, never by their place alone: people copy listings from web pages and mails that
 * collapse blanks. Numbers are read by hand rather than with regular expressions: time is linear in the length of a line,
 * whatever the line holds.
 */
package org.poolscope.logs;

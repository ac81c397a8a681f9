/**
 * The event logs of Windows Vista and later: {@code System.evtx} and its kin, read on any system.
 *
 * <pre>
 *   file    4 KB header, then chunks of 64 KB
 *   chunk   512 bytes of header, records one behind the other, space not used (yet, or any more)
 *   record  24 bytes of header, the event as binary XML, the record's size again
 * </pre>
 *
 * A chunk stands alone: the names and templates its records share are stored in it. The markup of a record is a template
 * (elements with holes) and the values for the holes; the part specific to the event is again a template with values, as one
 * value of the first.
 *
 * <p>{@link org.poolscope.logs.evtx.EvtxLog} gives every record, {@link org.poolscope.logs.evtx.EvtxReader} the facts that
 * matter. Texts of events ({@code The server was unable to allocate…}) are not in the file: they stand in the message tables of
 * the programs that logged them. Only logs of forwarded events bring theirs.
 *
 * <p>Sources: [MS-EVEN6] 2.2.12 to 2.2.19 and 3.1.4.7 for the binary XML; for file, chunk and record J. Metz, "Windows XML Event
 * Log (EVTX) format" (libevtx project) and A. Schuster, "Introducing the Microsoft Vista event log file format" (2007). Checked
 * against files of Windows 7 to Server 2016.
 */
package org.poolscope.logs.evtx;

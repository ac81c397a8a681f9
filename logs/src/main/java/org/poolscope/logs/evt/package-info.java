/**
 * The event logs of Windows NT 4.0 to Server 2003: {@code SysEvent.Evt} and its kin, read on any system.
 *
 * <pre>
 *   file    48 bytes of header; a ring of records; somewhere in it a mark of 40 bytes where the newest ends
 *   record  56 bytes of fields, source, computer, account, strings, data, the record's size again
 * </pre>
 *
 * A full log goes on at its start and overwrites the oldest records; one record may lie across the end of the file. While the log
 * is in use its header is behind, only the mark in the ring is right. What stands between the mark and the oldest record is
 * deleted, yet often whole.
 *
 * <p>{@link org.poolscope.logs.evt.EvtLog} gives every record, {@link org.poolscope.logs.evt.EvtReader} the facts that matter.
 * The texts of events are not in the file: they stand in the message tables of the programs that logged them.
 *
 * <p>Sources: Windows SDK, "Event Log File Format" and {@code EVENTLOGRECORD}; J. Metz, "Windows Event Log (EVT) format" (libevt
 * project). Checked against a log of Windows XP.
 */
package org.poolscope.logs.evt;

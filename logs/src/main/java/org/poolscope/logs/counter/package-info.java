/**
 * Performance counters over time: Performance Monitor's logs, PowerShell's {@code Get-Counter}. Only counters that tell about
 * pool,
 * memory as a whole, and handles of processes are kept, as {@link org.poolscope.model.CounterSeries}.
 */
package org.poolscope.logs.counter;

/**
 * What figures do over time: leak, step, warm-up, the day's rhythm. Plain arithmetic over arrays, with no knowledge of pools or
 * files;
 * {@link org.poolscope.diagnosis.trend.Trend#of(long[], double[])} is the whole of it.
 */
package org.poolscope.diagnosis.trend;

/**
 * Many machines and many days: pool use of a whole fleet as a Parquet data set, and questions about it. Samples are stored and queried
 * by DuckDB here, or by Apache Spark on a cluster; scheduling, shuffling and the file format are theirs.
 */
package org.poolscope.fleet;

/**
 * Findings and listings as people and programs read them: terminal text and JSON. A renderer prints what it is given and decides
 * nothing. Text that came out of evidence is data: it goes through {@link org.poolscope.report.Plain} before a terminal sees it.
 */
package org.poolscope.report;

/**
 * From evidence to a verdict. A {@link org.poolscope.diagnosis.Case} gathers all facts about one machine; each
 * {@link org.poolscope.diagnosis.Rule} turns facts into {@link org.poolscope.diagnosis.Finding findings}, which say what is wrong, how
 * sure that is, where it is seen and what to do next; a {@link org.poolscope.diagnosis.Verdict} is the findings in order, with one
 * sentence on top.
 *
 * <p>Rules know facts and no file format, and no rule prints anything.
 */
package org.poolscope.diagnosis;

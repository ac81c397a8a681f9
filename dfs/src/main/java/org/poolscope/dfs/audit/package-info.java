/**
 * Do these referrals keep the rules of MS-DFSC? {@link org.poolscope.dfs.audit.DfsAudit} takes captures, listings and quoted
 * text, lets each {@link org.poolscope.dfs.audit.AuditRule} look at every referral, and collects the findings.
 *
 * <p>A rule is one class, named for what must hold, with the clause it stands on. Most look at one referral; a few remember
 * what they saw and judge at the end. What is normal noise is no finding: a client asks any server for a referral to any
 * share, and servers without DFS refuse.
 */
package org.poolscope.dfs.audit;

/**
 * The page: the same questions as the commands answer, asked from a browser on this machine. {@link org.poolscope.app.page.PageServer}
 * listens on the loopback only, {@link org.poolscope.app.page.Gate} lets in who has the token, {@link org.poolscope.app.page.Desk} holds
 * the cases.
 */
package org.poolscope.app.page;

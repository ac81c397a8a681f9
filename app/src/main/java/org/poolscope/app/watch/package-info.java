/** The pool monitor's screen in a terminal: replay of logs, or live on Windows. */
package org.poolscope.app.watch;

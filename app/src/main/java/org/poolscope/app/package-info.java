/**
 * The {@code poolscope} command. Each subcommand is a thin door: it opens the evidence, asks one question of a lower floor and hands
 * the answer to a renderer.
 *
 * <p>Exit status: 0 done; 1 done, and a problem was found where the command's job is to judge; 2 wrong usage; 3 input that cannot be
 * read.
 */
package org.poolscope.app;

/**
 * The vocabulary every other module speaks: {@linkplain org.poolscope.model.PoolTag pool tags},
 * {@linkplain org.poolscope.model.PoolKind pools}, {@linkplain org.poolscope.model.TagUsage usage by tag}, addresses and
 * sizes, and the one door through which evidence comes in:
 *
 * <pre>
 *   EvidenceFile ──▶ EvidenceReader ──▶ Fact, Fact, Fact …
 * </pre>
 *
 * A reader knows one format. It says whether a file is of that format by looking at the content, and adds the facts
 * it finds to a {@link org.poolscope.model.FactSink}. Readers are found with {@link java.util.ServiceLoader}, so a new format
 * is one class and one line in {@code META-INF/services}.
 *
 * <p>Figures that could not be read are {@code null}, never zero: a reader of these records must treat both differently.
 * Sizes are in bytes, counts in items, unless a name says otherwise.
 */
package org.poolscope.model;

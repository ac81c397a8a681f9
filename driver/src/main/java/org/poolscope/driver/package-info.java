/**
 * Driver files: which pool tags a driver uses, at which call sites, and a tag for each site.
 *
 * <pre>
 *   PeImage ──▶ CodeMap ──▶ CallSiteFinder ──▶ CallSite, CallSite …      (DriverFile)
 *                                                  │
 *                          TagScan (which driver uses this tag) · Retag (a tag for each site) · SiteSizes (which site made these blocks)
 * </pre>
 *
 * <p>{@link org.poolscope.driver.DriverFile} is the way in. It reads an image from its {@linkplain org.poolscope.driver.pe.PeImage#read
 * file} or from the {@linkplain org.poolscope.driver.pe.PeImage#loaded memory} it is loaded in, finds where its functions are, and follows
 * constants to the calls of the functions that {@code pool-functions.txt} lists. A value that cannot be known is said to be unknown, with the
 * reason; it is never guessed.
 */
package org.poolscope.driver;

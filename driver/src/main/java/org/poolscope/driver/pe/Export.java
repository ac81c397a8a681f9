package org.poolscope.driver.pe;

/**
 * A function or variable an image gives to others.
 *
 * @param name its name, or {@code null} when it has a number only
 * @param ordinal its number
 * @param rva where it is; 0 when it is forwarded
 * @param forwarder the export of another image that stands for it, for instance {@code HAL.KfAcquireSpinLock}; else {@code null}
 */
public record Export(String name, int ordinal, int rva, String forwarder) {
}

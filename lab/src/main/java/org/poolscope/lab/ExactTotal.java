package org.poolscope.lab;

/**
 * Spreads slack over blocks so that their sizes add up to a given total: each block is as large as its content needs, and evenly
 * spread ones among them a few units larger, as string buffers with spare room are.
 */
final class ExactTotal {

    private final long count;
    private final long slackUnits;
    private final int unit;
    private long placed;

    /**
     * @param count how many blocks
     * @param natural bytes they take when none has slack
     * @param target bytes they shall take: at least {@code natural}, apart by a multiple of {@code unit}
     * @param unit bytes of a unit of size
     */
    ExactTotal(long count, long natural, long target, int unit) {
        if (target < natural || (target - natural) % unit != 0) {
            throw new IllegalArgumentException(count + " blocks of " + natural + " bytes in all cannot be made to take "
                    + target);
        }
        this.count = count;
        this.slackUnits = (target - natural) / unit;
        this.unit = unit;
    }

    /** Bytes to add to the next block. */
    int next() {
        long before = placed * slackUnits / count;
        placed++;
        return (int) (placed * slackUnits / count - before) * unit;
    }
}

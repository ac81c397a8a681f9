package org.poolscope.app;

import java.util.ArrayList;
import java.util.List;
import org.poolscope.kernel.KernelImage;
import org.poolscope.model.Address;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.Progress;
import org.poolscope.model.Quantity;
import org.poolscope.pool.Damage;
import org.poolscope.pool.PoolBlocks;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A command that asks one kernel image about its pool blocks. */
abstract class PoolBlocksCommand extends ImageCommand {

    /** Damaged places named one by one; more are only counted. */
    private static final int DAMAGE_SHOWN = 5;

    private final List<String> warnings = new ArrayList<>();

    @Override
    final void answer(KernelImage image, Progress progress, Output output) throws Exception {
        PoolBlocks blocks = walk(image, progress);
        warnings.addAll(blocks.warnings());
        warnDamage(blocks);
        answer(image, blocks, progress, output);
    }

    /** Walks the pools, as the question needs it. */
    PoolBlocks walk(KernelImage image, Progress progress) throws EvidenceException {
        return PoolBlocks.walk(image, progress);
    }

    /** Answers the question. */
    abstract void answer(KernelImage image, PoolBlocks blocks, Progress progress, Output output) throws Exception;

    /** Adds to what is said of the answer afterwards. */
    final void warn(String warning) {
        warnings.add(warning);
    }

    @Override
    final List<String> moreWarnings() {
        return warnings;
    }

    private void warnDamage(PoolBlocks blocks) {
        List<Damage> damage = blocks.damage();
        for (Damage one : damage.subList(0, Math.min(DAMAGE_SHOWN, damage.size()))) {
            warn("pool is damaged at " + Address.text(one.address()) + ": " + one.reason());
        }
        if (blocks.damageCount() > DAMAGE_SHOWN) {
            warn("pool is damaged at " + Quantity.count(blocks.damageCount() - DAMAGE_SHOWN, "more place", "more places")
                    + "; blocks --damage lists them");
        }
    }

    /** Reads a size as users write it: decimal, or hex with {@code 0x}. */
    static final class SizeConverter implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            try {
                long size = Long.decode(text.strip());
                if (size > 0) {
                    return size;
                }
            } catch (NumberFormatException e) {
                // said below
            }
            throw new TypeConversionException("not a size in bytes, such as 64 or 0x40: '" + text + "'");
        }
    }

    /** Reads an address as debuggers write it. */
    static final class AddressConverter implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            try {
                return Address.parse(text);
            } catch (NumberFormatException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}

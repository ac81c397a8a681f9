package org.poolscope.app;

import java.util.List;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.model.Address;
import org.poolscope.model.Progress;

/** A command that asks one kernel image for its objects. */
abstract class ObjectsCommand extends ImageCommand {

    private List<String> warnings = List.of();

    @Override
    final void answer(KernelImage image, Progress progress, Output output) throws Exception {
        KernelObjects objects = KernelObjects.of(image).orThrow(path());
        try {
            answer(image, objects, progress, output);
        } finally {
            warnings = objects.warnings();
        }
    }

    /** Answers the question. */
    abstract void answer(KernelImage image, KernelObjects objects, Progress progress, Output output) throws Exception;

    @Override
    List<String> moreWarnings() {
        return warnings;
    }

    /** An address as listings write it; nothing for none. */
    static String address(Long address) {
        return address == null || address == 0 ? null : Address.text(address);
    }
}

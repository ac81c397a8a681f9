package org.poolscope.app;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the size an option takes, in every form {@link Sizes} knows. */
final class UnitSizeConverter implements ITypeConverter<Long> {

    @Override
    public Long convert(String text) {
        return Sizes.parse(text).orElseThrow(() -> new TypeConversionException("not a size such as 500M or 4G: '" + text + "'"));
    }
}

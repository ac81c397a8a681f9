package org.poolscope.kernel;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.poolscope.model.EvidenceException;

/** What an image says to one question: a value, or why it has none. */
public sealed interface Answer<T> {

    /** The image says so. */
    record Known<T>(T known) implements Answer<T> {
    }

    /**
     * The image does not say.
     *
     * @param why as a clause, fit for {@code "…: " + why}
     */
    record Unknown<T>(String why) implements Answer<T> {
    }

    /** An answer. */
    static <T> Answer<T> of(T value) {
        return new Known<>(value);
    }

    /** No answer, and why. */
    static <T> Answer<T> none(String why) {
        return new Unknown<>(why);
    }

    /** The value, if there is one. */
    default Optional<T> value() {
        return this instanceof Known<T>(T known) ? Optional.of(known) : Optional.empty();
    }

    /** Why there is no value; empty when there is one. */
    default String reason() {
        return this instanceof Unknown<T>(String why) ? why : "";
    }

    /** What is made of the value; the same reason where there is none. */
    default <R> Answer<R> then(Function<? super T, Answer<R>> next) {
        return switch (this) {
            case Known<T>(T known) -> next.apply(known);
            case Unknown<T>(String why) -> new Unknown<>(why);
        };
    }

    /**
     * The value.
     *
     * @param image what was asked
     * @throws EvidenceException with the reason, when there is none
     */
    default T orThrow(Path image) throws EvidenceException {
        return switch (this) {
            case Known<T>(T known) -> known;
            case Unknown<T>(String why) -> throw new EvidenceException(image, "", why, "");
        };
    }
}

package org.poolscope.diagnosis;

import org.poolscope.model.Provenance;

/**
 * Something that could not be read or trusted.
 *
 * @param where the place
 * @param message what is missing and what that means for the result
 */
public record CaseWarning(Provenance where, String message) {
}

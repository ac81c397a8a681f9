package org.poolscope.app.page;

/** A request that is not answered, with the HTTP status and a sentence that says why and what to do. */
final class Refusal extends Exception {

    private static final long serialVersionUID = 1;

    private final int status;

    Refusal(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }
}

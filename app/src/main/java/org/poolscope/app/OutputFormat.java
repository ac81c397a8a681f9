package org.poolscope.app;

/** What a command prints: text for people or JSON for programs. */
enum OutputFormat {
    text,
    json
}

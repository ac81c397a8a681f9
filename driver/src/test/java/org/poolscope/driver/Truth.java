package org.poolscope.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a test driver's source says of its own call sites, in the same words as {@link #said} puts what was found.
 *
 * @param sites {@code function api tag pool sizes}, sorted
 * @param frees {@code function api tag}, sorted; compilers copy frees about, so each stands once
 */
record Truth(List<String> sites, List<String> frees) {

    private static final Pattern LINE = Pattern.compile("/\\* (SITE|FREE) (.+?) \\*/");

    static Truth of(Path source) throws IOException {
        List<String> sites = new ArrayList<>();
        List<String> frees = new ArrayList<>();
        Matcher lines = LINE.matcher(Files.readString(source));
        while (lines.find()) {
            (lines.group(1).equals("SITE") ? sites : frees).add(lines.group(2));
        }
        return new Truth(sites.stream().sorted().toList(), frees.stream().distinct().sorted().toList());
    }

    /** What was found, in the words of the truth. Compilers rename copies of a function: {@code Allocate.constprop.0}. */
    static Truth said(List<CallSite> found) {
        List<String> sites = new ArrayList<>();
        List<String> frees = new ArrayList<>();
        for (CallSite site : found) {
            if (!site.passedOn()) {
                String function = site.function().replaceAll("\\..*", "");
                String tag = site.tag() == null ? "-" : "'" + site.tag() + "'";
                String sizes = site.sizes().isEmpty() ? "-" : site.sizes().stream().map(String::valueOf).collect(Collectors.joining(","));
                if (site.isAllocation()) {
                    sites.add(function + " " + site.api() + " " + tag + " " + (site.pool() == null ? "-" : site.pool()) + " " + sizes);
                } else {
                    frees.add(function + " " + site.api() + " " + tag);
                }
            }
        }
        return new Truth(sites.stream().sorted().toList(), frees.stream().distinct().sorted().toList());
    }
}

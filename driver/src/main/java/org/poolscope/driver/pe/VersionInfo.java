package org.poolscope.driver.pe;

import java.util.Map;

/**
 * The version resource of an image.
 *
 * @param fileVersion the four numbers of the fixed part, for instance {@code 5.2.3790.1830}; {@code null} when there is none
 * @param strings the texts: {@code CompanyName}, {@code FileDescription}, {@code OriginalFilename} and so on
 */
public record VersionInfo(String fileVersion, Map<String, String> strings) {

    public VersionInfo {
        strings = Map.copyOf(strings);
    }
}

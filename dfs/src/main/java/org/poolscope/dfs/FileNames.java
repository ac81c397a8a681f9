package org.poolscope.dfs;

import java.util.Locale;
import java.util.Set;

/** Tells file names from folder names, as far as a name can tell. */
final class FileNames {

    /**
     * Extensions of documents, pictures, programs and data. Folders are named {@code v1.2}, {@code contoso.com} or {@code
     * node.js} too, so only extensions that hardly any folder bears are listed; {@code com} is not among them.
     */
    private static final Set<String> KNOWN = Set.of(
            "jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "psd", "ico", "svg", "webp", "heic", "raw", "nef", "cr2", "doc",
            "docx", "docm", "dot", "dotx", "xls", "xlsx", "xlsm", "xlsb", "xlt", "ppt", "pptx", "pps", "ppsx", "pdf", "rtf",
            "txt", "csv", "tsv", "log", "xml", "json", "yaml", "htm", "html", "mht", "css", "msg", "eml", "pst", "ost", "mdb",
            "accdb", "dbf", "sqlite", "zip", "rar", "7z", "gz", "tgz", "tar", "cab", "iso", "vhd", "vhdx", "vmdk", "exe", "dll",
            "sys", "ocx", "msi", "msp", "bat", "cmd", "ps1", "vbs", "lnk", "url", "ini", "inf", "cfg", "tmp", "bak", "dat",
            "bin", "mp3", "wav", "wma", "flac", "mp4", "avi", "mov", "wmv", "mpg", "mpeg", "mkv", "dwg", "dxf", "vsd", "vsdx",
            "mpp", "one", "pub", "indd", "eps", "ttf", "jar", "class", "java", "cpp", "obj", "pdb", "lib", "dmp", "evt", "evtx",
            "pcap", "ldf", "mdf", "adm", "admx", "pol");

    private FileNames() {
    }

    /** Whether a name ends in an extension that only files bear. */
    static boolean isFile(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0 && dot < name.length() - 1 && name.length() - dot <= 7
                && KNOWN.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
    }
}

package org.poolscope.app;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.poolscope.driver.TagScan;
import org.poolscope.logs.TagDatabase;
import org.poolscope.logs.TagDatabaseReader;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.Fact;
import org.poolscope.model.FactSink;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Provenance;
import org.poolscope.report.Plain;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code poolscope tags lookup}: who uses this tag? */
@Command(name = "lookup", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Who uses this tag?",
        description = {"", "Asks the drivers named with --drivers first, then the tag databases named with --database, then the small built-in one.",
            "A database is a hint, never proof: tags are not registered anywhere."},
        footer = {"", "Examples:", "  poolscope tags lookup 'Mup '", "  poolscope tags lookup Mup --drivers C:\\Windows\\System32\\drivers",
            "  poolscope tags lookup 'Vpm\\x00' --database pooltag.txt --format json"})
final class TagsLookupCommand implements Callable<Integer> {

    static final class TagConverter implements ITypeConverter<PoolTag> {
        @Override
        public PoolTag convert(String text) {
            try {
                return PoolTag.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    @Parameters(paramLabel = "TAG", converter = TagConverter.class, description = "The tag; blanks at its end may be left out.")
    private PoolTag tag;

    @Option(names = "--drivers", paramLabel = "DIR", description = "Folders of drivers, or drivers, to look into. May be given several times.")
    private List<Path> drivers = List.of();

    @Option(names = "--database", paramLabel = "FILE", description = "A pooltag.txt or localtag.txt to ask. May be given several times.")
    private List<Path> databases = List.of();

    @Mixin
    private Output output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        TagDatabase database = TagDatabase.builtIn();
        for (Path file : databases.reversed()) {
            database = read(file).before(database);
        }
        PrintWriter err = command.commandLine().getErr();
        List<TagRow> rows = new ArrayList<>();
        if (!drivers.isEmpty()) {
            try (ProgressBar progress = new ProgressBar()) {
                TagScan scan = TagScan.of(drivers, progress);
                scan.uses().stream().filter(use -> use.tag().equals(tag)).map(TagRow::of).forEach(rows::add);
                scan.failures().forEach(failure -> err.println("poolscope: " + Plain.text(failure)));
            }
        }
        TagDatabase asked = database;
        asked.lookup(tag).forEach(entry -> rows.add(TagRow.of(entry, tag, asked)));
        if (!rows.isEmpty()) {
            output.list(TagRow.listing(rows), rows.iterator());
        } else {
            err.println("poolscope: nothing here knows the tag '" + Plain.text(tag.toString()) + "'; name the machine's drivers with --drivers");
        }
        return 0;
    }

    private static TagDatabase read(Path file) throws EvidenceException {
        Rows rows = new Rows();
        new TagDatabaseReader().read(EvidenceFile.open(file), rows);
        return rows.database.filter(found -> !found.entries().isEmpty()).orElseThrow(() -> new EvidenceException(file, "",
                "no row of it is a tag, a dash and a driver", "Name a file in the form of pooltag.txt"));
    }

    /** Keeps the database that a file holds. */
    private static final class Rows implements FactSink {
        private Optional<TagDatabase> database = Optional.empty();

        @Override
        public void add(Fact fact) {
            database = fact instanceof TagDatabase found ? Optional.of(found) : database;
        }

        @Override
        public void understood(int line) {
            // A line that is no row of the database is none of this command's business.
        }

        @Override
        public void warn(Provenance where, String message) {
            // What could be read is used.
        }
    }
}

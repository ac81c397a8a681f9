package org.poolscope.symbols.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.RealEvidence;
import org.poolscope.model.Tool;
import org.poolscope.symbols.PdbIdentity;
import org.poolscope.symbols.pdb.CompiledShapes;
import org.poolscope.symbols.pdb.PdbReader;
import org.poolscope.symbols.store.Attempt.Outcome;

/**
 * Symbols looked for along paths of every form, in folders and on a server of this machine that is laid out as a symbol store.
 */
class SymbolFinderTest {

    @TempDir
    Path folder;

    private HttpServer server;
    private final Map<String, byte[]> served = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private int status = 404;
    private boolean cutShort;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            asked.add(path);
            byte[] content = served.get(path);
            if (content == null) {
                exchange.sendResponseHeaders(status, -1);
            } else {
                exchange.sendResponseHeaders(200, content.length);
                exchange.getResponseBody().write(content, 0, cutShort ? content.length / 2 : content.length);
            }
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/store";
    }

    private SymbolFinder finder(String path) {
        return SymbolFinder.along(path, Map.of("POOLSCOPE_CACHE", folder.resolve("caches").toString()), (what, done,
                total) -> { });
    }

    private static Path pdb() {
        return CompiledShapes.pdb("x86_64");
    }

    private static PdbIdentity wanted() throws Exception {
        PdbIdentity identity = PdbReader.read(pdb()).identity();
        return new PdbIdentity("shapes.pdb", identity.guid(), identity.age());
    }

    private static PdbIdentity other() throws Exception {
        String guid = wanted().guid();
        return new PdbIdentity("shapes.pdb", (guid.charAt(0) == 'F' ? 'E' : 'F') + guid.substring(1), wanted().age());
    }

    private String onServer(PdbIdentity identity, String name) {
        return "/store/" + identity.name() + "/" + identity.folder() + "/" + name;
    }

    @Test
    void whatAServerHasIsFetchedOnceAndKept() throws Exception {
        served.put(onServer(wanted(), "shapes.pdb"), Files.readAllBytes(pdb()));
        Path store = folder.resolve("store");
        SymbolSearch first = finder("srv*" + store + "*" + address()).find(wanted());
        assertThat(first.table().orElseThrow().get("_LINK").size()).isEqualTo(16);
        assertThat(first.attempts()).extracting(Attempt::outcome).containsExactly(Outcome.ABSENT, Outcome.FOUND);
        assertThat(store.resolve("shapes.pdb").resolve(wanted().folder()).resolve("shapes.pdb")).hasSameBinaryContentAs(pdb());
        int requests = asked.size();
        SymbolSearch second = finder("srv*" + store + "*" + address()).find(wanted());
        assertThat(second.table()).isPresent();
        assertThat(asked).hasSize(requests);
    }

    @Test
    void aServerWithoutAStoreOfItsOwnUsesTheUsersAndACacheBeforeItKeepsToo() throws Exception {
        served.put(onServer(wanted(), "shapes.pdb"), Files.readAllBytes(pdb()));
        assertThat(finder("srv*" + address()).find(wanted()).table()).isPresent();
        assertThat(folder.resolve("caches/symbols/shapes.pdb")).isDirectory();
        Path cache = folder.resolve("cache");
        assertThat(finder("cache*" + cache + ";" + address()).find(wanted()).table()).isPresent();
        assertThat(cache.resolve("shapes.pdb").resolve(wanted().folder()).resolve("shapes.pdb")).isRegularFile();
    }

    @Test
    void packedFilesAreUnpacked() throws Exception {
        Tool.need("gcab", "gcab");
        Path cabinet = folder.resolve("shapes.pd_");
        Tool.run("gcab", "--create", "--zip", "--nopath", cabinet.toString(), pdb().toString());
        served.put(onServer(wanted(), "shapes.pd_"), Files.readAllBytes(cabinet));
        Path store = folder.resolve("store");
        assertThat(finder("SRV*" + store + "*" + address()).find(wanted()).table()).isPresent();
        assertThat(asked).containsExactly(onServer(wanted(), "shapes.pdb"), onServer(wanted(), "shapes.pd_"));
        assertThat(store.resolve("shapes.pdb").resolve(wanted().folder()).resolve("shapes.pdb")).hasSameBinaryContentAs(pdb());
    }

    @Test
    void symbolsOfAnotherProgramAreRefusedAndNotKept() throws Exception {
        served.put(onServer(other(), "shapes.pdb"), Files.readAllBytes(pdb()));
        Path store = folder.resolve("store");
        SymbolSearch search = finder("srv*" + store + "*" + address()).find(other());
        assertThat(search.table()).isEmpty();
        assertThat(search.attempts().getLast().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(search.attempts().getLast().why()).contains(wanted().key()).contains(other().key());
        assertThat(store).doesNotExist();
        SymbolSearch named = finder(pdb().toString()).find(other());
        assertThat(named.table()).isEmpty();
        assertThat(named.attempts()).extracting(Attempt::outcome).containsExactly(Outcome.REFUSED);
    }

    @Test
    void damageAndTroubleAreNamed() throws Exception {
        byte[] damaged = Files.readAllBytes(pdb());
        Arrays.fill(damaged, 8192, damaged.length - 8192, (byte) 0x55);
        served.put(onServer(wanted(), "shapes.pdb"), damaged);
        assertThat(finder("srv*" + address()).find(wanted()).attempts().getLast().outcome()).isEqualTo(Outcome.REFUSED);
        served.clear();
        status = 503;
        assertThat(finder("srv*" + address()).find(wanted()).attempts().getLast()).satisfies(attempt -> {
            assertThat(attempt.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(attempt.why()).contains("503");
        });
        served.put(onServer(wanted(), "shapes.pdb"), Files.readAllBytes(pdb()));
        cutShort = true;
        assertThat(finder("srv*" + address()).find(wanted()).attempts().getLast().outcome()).isEqualTo(Outcome.FAILED);
        assertThat(folder.resolve("caches/symbols")).doesNotExist();
        server.stop(0);
        assertThat(finder("srv*" + address()).find(wanted()).attempts().getLast().outcome()).isEqualTo(Outcome.FAILED);
        assertThat(finder(folder.resolve("none").toString()).find(wanted()).attempts().getLast().why()).contains("no such");
    }

    @Test
    void foldersMayBeStoresOrHoldTheFilesJustSo() throws Exception {
        Path flat = Files.createDirectory(folder.resolve("flat"));
        Files.copy(pdb(), flat.resolve("shapes.pdb"));
        assertThat(finder(flat.toString()).find(wanted()).table()).isPresent();
        Path tables = RealEvidence.path("symbols");
        PdbIdentity kernel = new PdbIdentity("ntkrnlmp.pdb", "5278AFF86C341677D7D7835C85B7B844", 1);
        SymbolSearch search = finder(flat + ";" + tables).find(kernel);
        assertThat(search.table().orElseThrow().offset("PoolTrackTable")).hasValue(0xc168a8);
        Path twoLevels = Files.createDirectory(folder.resolve("two"));
        Files.createFile(twoLevels.resolve("index2.txt"));
        Path deep = Files.createDirectories(twoLevels.resolve("sh/shapes.pdb").resolve(wanted().folder()));
        Files.copy(pdb(), deep.resolve("shapes.pdb"));
        assertThat(finder("srv*" + twoLevels).find(wanted()).table()).isPresent();
    }

    @Test
    void nothingIsLookedForUnlessAsked() {
        assertThat(SymbolFinder.ofEnvironment(Map.of(), (what, done, total) -> { }).looksSomewhere()).isFalse();
        assertThat(SymbolFinder.ofEnvironment(Map.of("_NT_SYMBOL_PATH", folder.toString()), (what, done, total) -> { })
                .looksSomewhere()).isTrue();
    }

    @Test
    void pathsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> SymbolPath.parse("srv*http://a/b*c", folder)).hasMessageContaining("http://a/b");
        assertThatThrownBy(() -> SymbolPath.parse("srv*http://", folder)).isInstanceOf(IllegalArgumentException.class);
        assertThat(SymbolPath.parse(" ; ", folder).elements()).isEmpty();
        assertThat(SymbolPath.parse("symsrv*symsrv.dll*a*https://msdl.example/download/symbols", folder).elements())
                .singleElement()
                .isEqualTo(new SymbolPath.Chain(List.of(new SymbolPath.Folder(Path.of("a")),
                        new SymbolPath.Server(java.net.URI.create("https://msdl.example/download/symbols/")))));
    }

    @Test
    void namesOutOfEvidenceCannotLeaveTheStore() {
        String guid = "0".repeat(32);
        assertThat(PdbIdentity.of("..", guid, 1)).isEmpty();
        assertThat(PdbIdentity.of("a*b.pdb", guid, 1)).isEmpty();
        assertThat(PdbIdentity.of("C:\\build\\mydrv.pdb", guid, 1)).hasValueSatisfying(id -> assertThat(id.name())
                .isEqualTo("mydrv.pdb"));
        assertThat(PdbIdentity.of("../../etc/mydrv.pdb", guid, 1).orElseThrow().name()).isEqualTo("mydrv.pdb");
    }
}

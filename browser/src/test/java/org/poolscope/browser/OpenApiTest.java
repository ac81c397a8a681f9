package org.poolscope.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.app.page.PageServer;
import org.poolscope.driver.TestDriver;
import org.poolscope.driver.TestDriver.Target;

/**
 * The description of the page's questions: valid by another program's judgement, and true of every answer, field by field. That it is
 * complete follows from the server, which answers nothing else.
 */
class OpenApiTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    @TempDir
    private static Path folder;
    private static final List<PageServer> SERVERS = new ArrayList<>();
    private static JsonNode description;
    private static final Set<String> ASKED = new HashSet<>();

    @BeforeAll
    static void start() throws Exception {
        Path photos = Cases.evidence("photo-upload", folder);
        Files.copy(TestDriver.compile(Target.X64, "direct", "-O2"), photos.resolve("direct.sys"));
        for (Path evidence : List.of(photos, Cases.evidence("io-leak", folder), Cases.growing(folder), Cases.hostile(folder))) {
            SERVERS.add(PageServer.start(List.of(evidence), 0, 1 << 20, "poolscope test"));
        }
        for (PageServer server : SERVERS) {
            for (int i = 0; i < 1200 && !get(server, "/api/cases").body().contains("\"ready\""); i++) {
                Thread.sleep(50);
            }
        }
        description = JSON.readTree(get(SERVERS.getFirst(), "/api/openapi.json").body());
    }

    @AfterAll
    static void stop() {
        SERVERS.forEach(PageServer::close);
    }

    private static HttpRequest.Builder request(PageServer server, String path) {
        URI address = URI.create(server.address());
        return HttpRequest.newBuilder(address.resolve(path)).timeout(Duration.ofSeconds(60))
                .header("X-Poolscope-Token", address.getQuery().substring("token=".length()));
    }

    private static HttpResponse<String> get(PageServer server, String path) throws Exception {
        return CLIENT.send(request(server, path).build(), BodyHandlers.ofString());
    }

    /** Asks, and holds the answer against what the description says of it. */
    private static JsonNode ask(PageServer server, String template, String path) throws Exception {
        return judge("get", template, get(server, path));
    }

    private static JsonNode judge(String method, String template, HttpResponse<String> answer) throws Exception {
        JsonNode responses = description.path("paths").path(template).path(method).path("responses");
        String status = String.valueOf(answer.statusCode());
        assertThat(responses.has(status)).as(method + " " + template + " may answer " + status).isTrue();
        ASKED.add(method + " " + template + " " + (status.equals("200") ? "granted" : "refused"));
        JsonNode response = responses.get(status);
        if (response.has("$ref")) {
            response = description.at(response.get("$ref").asText().substring(1));
        }
        ObjectNode schema = response.at("/content/application~1json/schema").deepCopy();
        // References go to the description's components: they come along.
        schema.set("components", description.get("components"));
        JsonNode body = JSON.readTree(answer.body());
        Set<ValidationMessage> wrong = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(schema).validate(body);
        assertThat(wrong).as(method + " " + template + ", " + status).isEmpty();
        return body;
    }

    private static String coded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Test
    void itIsValid() {
        ParseOptions options = new ParseOptions();
        options.setResolve(true);
        SwaggerParseResult result = new OpenAPIV3Parser().readContents(description.toString(), null, options);
        assertThat(result.getMessages()).isEmpty();
        assertThat(result.getOpenAPI().getPaths()).hasSize(description.get("paths").size());
        Set<String> ids = new HashSet<>();
        description.get("paths").forEach(path -> path.forEach(operation -> {
            assertThat(ids.add(operation.path("operationId").asText())).isTrue();
            assertThat(operation.path("summary").asText()).isNotEmpty();
        }));
        // The judge is one that finds fault.
        ObjectNode broken = description.deepCopy();
        ((ObjectNode) broken.at("/paths/~1api~1cases~1{case}/get")).remove("responses");
        assertThat(new OpenAPIV3Parser().readContents(broken.toString(), null, options).getMessages()).isNotEmpty();
    }

    @Test
    void everyAnswerIsAsDescribed() throws Exception {
        Set<String> exhibits = new HashSet<>();
        for (PageServer server : SERVERS) {
            ask(server, "/api/cases", "/api/cases");
            String one = "/api/cases/1";
            JsonNode report = ask(server, "/api/cases/{case}", one);
            report.path("exhibits").forEach(exhibit -> exhibits.add(exhibit.path("kind").asText()));
            for (JsonNode driver : ask(server, "/api/cases/{case}/drivers", one + "/drivers").path("rows")) {
                ask(server, "/api/cases/{case}/callsites", one + "/callsites?driver=" + coded(driver.path("name").asText()));
            }
            ask(server, "/api/cases/{case}/callsites", one + "/callsites?driver=none.sys");
            ask(server, "/api/cases/{case}/referrals", one + "/referrals");
            for (String word : List.of("mu", "io", "sys", "0x82006000", " ")) {
                ask(server, "/api/cases/{case}/search", one + "/search?q=" + coded(word));
            }
            for (int i = 0; i <= report.path("images").size(); i++) {
                image(server, one + "/images/" + i);
            }
            ask(server, "/api/cases/{case}", "/api/cases/77");
        }
        assertThat(exhibits).containsExactlyInAnyOrder("gauges", "tags", "growth", "blocks", "contents", "owners", "namespace", "timeline");

        PageServer server = SERVERS.getLast();
        String upload = "/api/upload/0123456789abcdef/small.txt";
        judge("put", "/api/upload/{batch}/{name}", CLIENT.send(request(server, upload).PUT(BodyPublishers.ofString("nothing")).build(), BodyHandlers.ofString()));
        judge("put", "/api/upload/{batch}/{name}", CLIENT.send(request(server, upload).PUT(BodyPublishers.ofString("PK\u0003\u0004")).build(), BodyHandlers.ofString()));
        judge("post", "/api/cases", CLIENT.send(request(server, "/api/cases").POST(BodyPublishers.ofString("{\"batch\":\"0123456789abcdef\"}")).build(),
                BodyHandlers.ofString()));
        judge("post", "/api/cases", CLIENT.send(request(server, "/api/cases").POST(BodyPublishers.ofString("{}")).build(), BodyHandlers.ofString()));
        description.get("paths").properties().forEach(path -> path.getValue().properties().forEach(operation -> {
            if (path.getKey().startsWith("/api/") && !path.getKey().equals("/api/openapi.json")) {
                assertThat(ASKED).contains(operation.getKey() + " " + path.getKey() + " granted");
            }
        }));
        assertThat(get(server, "/api/cases/1/undescribed").statusCode()).isEqualTo(404);
    }

    private static void image(PageServer server, String image) throws Exception {
        String described = "/api/cases/{case}/images/{image}";
        JsonNode blocks = ask(server, described + "/blocks", image + "/blocks?count=400");
        ask(server, described + "/blocks", image + "/blocks?state=none");
        int number = 0;
        for (JsonNode block : blocks.path("rows")) {
            if (number++ % 80 == 0) {
                String address = block.path("address").asText();
                ask(server, described + "/at/{address}", image + "/at/" + address);
                ask(server, described + "/at/{address}/refs", image + "/at/" + address + "/refs");
                ask(server, described + "/profile", image + "/profile?tag=" + coded(block.path("tag").asText()));
            }
        }
        ask(server, described + "/at/{address}", image + "/at/0x80000000");
        ask(server, described + "/at/{address}", image + "/at/nowhere");
        ask(server, described + "/at/{address}/refs", image + "/at/0x80000000/refs");
    }
}

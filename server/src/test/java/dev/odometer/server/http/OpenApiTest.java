package dev.odometer.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.engine.EngineConfig;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Holds the server to the OpenAPI document that it serves, and the document to the server. */
class OpenApiTest {
    private static final String ADD = "/v1/counters/{key}/add";
    private static final String COUNTER = "/v1/counters/{key}";
    private static final String DRAIN = "/v1/node/drain";
    private static final String JSON = "application/json";

    private final Set<String> seen = new TreeSet<>();
    private HttpHarness server;
    private volatile int drains;
    private OpenApiDocument document;

    @BeforeEach
    void start() {
        EngineConfig defaults = EngineConfig.defaults("test");
        EngineConfig small = new EngineConfig(
                "test",
                defaults.idempotencyWindowMillis(),
                defaults.requestIdWindowMillis(),
                defaults.sessionIdleMillis(),
                12,
                1_000,
                5_000,
                true);
        server = new HttpHarness(HttpConfig.defaults("127.0.0.1", 0), small);
        document = new OpenApiDocument(server.get("/v1/openapi.yaml").body());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theDocumentIsValidOpenApi() {
        SwaggerParseResult parsed = new OpenAPIV3Parser()
                .readContents(server.get("/v1/openapi.yaml").body(), null, null);
        assertThat(parsed.getMessages()).isNullOrEmpty();
        assertThat(parsed.getOpenAPI().getOpenapi()).isEqualTo("3.1.0");
    }

    @Test
    void theDocumentHasEveryRouteAndNothingElse() {
        Set<String> routes = Arrays.stream(Route.values())
                .flatMap(route -> route.methods().stream().map(method -> method.name() + " " + route.template()))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(document.operations()).isEqualTo(routes);
    }

    @Test
    void everyDocumentedAnswerIsGivenAsDocumented() {
        successes();
        badRequests();
        identities();
        outages();
        assertThat(seen).isEqualTo(document.answers());
    }

    private void successes() {
        answered(200, "GET", "/", "/", "");
        answered(200, "GET", "/healthz", "/healthz", "");
        answered(200, "GET", "/readyz", "/readyz", "");
        answered(200, "GET", "/metrics", "/metrics", "");
        answered(200, "GET", "/v1/cluster", "/v1/cluster", "");
        answered(200, "GET", "/v1/limits", "/v1/limits", "");
        answered(200, "GET", "/v1/openapi.yaml", "/v1/openapi.yaml", "");
        answered(503, "POST", DRAIN, DRAIN, "");
        server.api.onDrainAsked(() -> drains++);
        answered(202, "POST", DRAIN, DRAIN, "");
        assertThat(drains).isEqualTo(1);
        answered(200, "POST", ADD, "/v1/counters/a/add", "");
        answered(200, "POST", ADD, "/v1/counters/a/add", "{\"delta\":-9223372036854775808}");
        answered(200, "PUT", COUNTER, "/v1/counters/a", "{\"value\":9223372036854775807}");
        answered(409, "POST", ADD, "/v1/counters/a/add", "", "Idempotency-Key", "over");
        answered(409, "POST", ADD, "/v1/counters/a/add", "", "Idempotency-Key", "over");
        answered(200, "GET", COUNTER, "/v1/counters/a", "");
        answered(200, "GET", COUNTER, "/v1/counters/a?consistency=linearizable", "");
        answered(200, "GET", COUNTER, "/v1/counters/a?consistency=default", "");
        answered(200, "PUT", COUNTER, "/v1/counters/b", "{\"value\":1}");
        answered(200, "GET", "/v1/counters", "/v1/counters?limit=1", "");
        answered(200, "GET", "/v1/counters", "/v1/counters?prefix=a&after=a", "");
        answered(204, "DELETE", COUNTER, "/v1/counters/b", "", "Idempotency-Key", "gone");
        answered(204, "DELETE", COUNTER, "/v1/counters/b", "", "Idempotency-Key", "gone");
        answered(404, "DELETE", COUNTER, "/v1/counters/b", "");
        answered(404, "GET", COUNTER, "/v1/counters/b", "");
        String batch = "{\"operations\":[{\"op\":\"add\",\"key\":\"a\",\"delta\":1},"
                + "{\"op\":\"set\",\"key\":\"c\",\"value\":5},"
                + "{\"op\":\"get\",\"key\":\"none\"},{\"op\":\"delete\",\"key\":\"c\"}]";
        answered(200, "POST", "/v1/batch", "/v1/batch", batch + "}");
        answered(200, "POST", "/v1/batch", "/v1/batch", batch + ",\"session\":\"s\",\"sequence\":1}");
        answered(200, "POST", "/v1/batch", "/v1/batch", batch + ",\"session\":\"s\",\"sequence\":1}");
        answered(409, "POST", "/v1/batch", "/v1/batch", batch + ",\"session\":\"s\",\"sequence\":3}");
    }

    private void badRequests() {
        answered(400, "GET", "/v1/counters", "/v1/counters?limit=0", "");
        answered(400, "GET", COUNTER, "/v1/counters/%ff", "");
        answered(400, "GET", COUNTER, "/v1/counters/a?consistency=strong", "");
        answered(400, "DELETE", COUNTER, "/v1/counters/%ff", "");
        answered(400, "POST", DRAIN, DRAIN, "{}");
        answered(403, "POST", DRAIN, DRAIN, "", "X-Forwarded-For", "10.0.0.9");
        answered(413, "POST", DRAIN, DRAIN, " ".repeat((1 << 20) + 1), "Content-Type", JSON);
        answered(415, "POST", DRAIN, DRAIN, "{}", "Content-Type", "text/plain");
        writes(400, "{\"nonsense\":1}", "Content-Type", JSON);
        writes(415, "{}", "Content-Type", "text/plain");
        writes(413, " ".repeat((1 << 20) + 1), "Content-Type", JSON);
        writes(403, "{\"value\":1}", "Origin", "https://elsewhere.example");
        answered(403, "DELETE", COUNTER, "/v1/counters/a", "", "Origin", "https://elsewhere.example");
    }

    private void writes(int status, String body, String... headers) {
        answered(status, "POST", ADD, "/v1/counters/a/add", body, headers);
        answered(status, "PUT", COUNTER, "/v1/counters/a", body, headers);
        answered(status, "POST", "/v1/batch", "/v1/batch", body, headers);
    }

    private void identities() {
        String[] used = {"Idempotency-Key", "gone"};
        String batch = "{\"operations\":[{\"op\":\"add\",\"key\":\"a\",\"delta\":-1}]}";
        answered(422, "POST", ADD, "/v1/counters/a/add", "{\"delta\":-1}", used);
        answered(422, "PUT", COUNTER, "/v1/counters/a", "{\"value\":1}", used);
        answered(422, "DELETE", COUNTER, "/v1/counters/a", "", used);
        answered(422, "POST", "/v1/batch", "/v1/batch", batch, used);
        for (int i = 0; i < 12; i++) {
            server.put("/v1/counters/fill", "{\"value\":1}", "Idempotency-Key", "fill-" + i);
        }
        String[] fresh = {"Idempotency-Key", "one-too-many"};
        answered(429, "POST", ADD, "/v1/counters/a/add", "{\"delta\":-1}", fresh);
        answered(429, "PUT", COUNTER, "/v1/counters/a", "{\"value\":1}", fresh);
        answered(429, "DELETE", COUNTER, "/v1/counters/a", "", fresh);
        answered(429, "POST", "/v1/batch", "/v1/batch", batch, fresh);
    }

    private void outages() {
        server.environment.close();
        answered(503, "GET", "/v1/counters", "/v1/counters", "");
        answered(503, "GET", COUNTER, "/v1/counters/a", "");
        answered(503, "PUT", COUNTER, "/v1/counters/a", "{\"value\":1}");
        answered(503, "DELETE", COUNTER, "/v1/counters/a", "");
        answered(503, "POST", ADD, "/v1/counters/a/add", "");
        answered(503, "POST", "/v1/batch", "/v1/batch", "{\"operations\":[{\"op\":\"get\",\"key\":\"a\"}]}");
        answered(503, "GET", "/v1/cluster", "/v1/cluster", "");
        answered(503, "GET", "/readyz", "/readyz", "");
        answered(503, "GET", "/metrics", "/metrics", "");
    }

    private void answered(int status, String method, String template, String path, String body, String... headers) {
        String operation = method + " " + template;
        HttpResponse<String> response = server.exchange(method, path, body, headers);
        String shown = operation + " " + path + ": " + response.body();
        assertThat(response.statusCode()).as(shown).isEqualTo(status);
        assertThat(document.faultsOf(operation, response)).as(shown).isEmpty();
        if (!body.isEmpty() && status == 200) {
            assertThat(document.faultsOfBody(operation, body)).as(shown).isEmpty();
        }
        seen.add(operation + " " + status);
    }
}

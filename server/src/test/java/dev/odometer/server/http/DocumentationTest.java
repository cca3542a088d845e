package dev.odometer.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.server.metrics.ServerMeters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Holds docs/api.md and docs/metrics.md to the server. */
class DocumentationTest {
    private static final Path DOCS = Path.of("..", "docs");

    @Test
    void everyProblemIsExplainedWithItsStatus() throws IOException {
        String page = Files.readString(DOCS.resolve("api.md"));
        for (ProblemType type : ProblemType.values()) {
            String row = "| " + type.status() + " | `" + type.uri().replace("/problems/", "") + "` |";
            assertThat(page).contains(row);
        }
        assertThat(page.lines()
                        .filter(line -> line.matches("\\| [45]\\d\\d \\| `.*"))
                        .count())
                .isEqualTo(ProblemType.values().length);
    }

    @Test
    void everyRouteIsInTheTable() throws IOException {
        String page = Files.readString(DOCS.resolve("api.md"));
        Arrays.stream(Route.values())
                .filter(route -> route != Route.ROOT)
                .flatMap(route -> route.methods().stream().map(method -> method + " " + route.template()))
                .forEach(request -> assertThat(page).contains("| `" + request));
    }

    @Test
    void everyMeterIsExplained() throws IOException {
        String page = Files.readString(DOCS.resolve("metrics.md"));
        try (ServerMeters meters = new ServerMeters("test")) {
            HttpMeters http = new HttpMeters(meters.registry());
            http.connections(() -> 0);
            http.refused(400);
            meters.scrape()
                    .lines()
                    .filter(line -> line.startsWith("# TYPE odometer_"))
                    .map(line -> line.split(" ", -1)[2].replaceFirst("_max$", ""))
                    .forEach(name -> assertThat(page).contains("`" + name));
        }
    }
}

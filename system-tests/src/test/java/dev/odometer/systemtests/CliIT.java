package dev.odometer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.odometer.systemtests.process.Commands;
import dev.odometer.systemtests.process.Distribution;
import dev.odometer.systemtests.process.ServerOptions;
import dev.odometer.systemtests.process.ServerProcess;
import dev.odometer.systemtests.process.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The command line, each command in a process of its own, as users and scripts run it. */
@Timeout(120)
class CliIT {
    private static final int REFUSED = 1;
    private static final int USAGE = 2;
    private static final int UNAVAILABLE = 69;

    @RegisterExtension
    static final Servers SERVERS = Servers.ofClass();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static String url;

    @BeforeAll
    static void serve() {
        ServerProcess server = SERVERS.start(ServerOptions.on(SERVERS.folder().resolve("data")));
        url = "http://127.0.0.1:" + server.httpPort();
    }

    @Test
    void addGetSetAndDelete() throws IOException {
        assertThat(run("add", "orders", "5").orFail().out()).isEqualTo("5\n");
        assertThat(run("add", "orders").orFail().out()).isEqualTo("6\n");
        assertThat(run("add", "orders", "-2").orFail().out()).isEqualTo("4\n");
        assertThat(run("get", "orders").orFail().out()).isEqualTo("4\n");
        assertThat(JSON.readTree(run("get", "orders", "--json").orFail().out()))
                .isEqualTo(JSON.readTree("{\"key\":\"orders\",\"value\":4}"));
        assertThat(run("set", "orders", "100").orFail().out()).isEqualTo("100\n");
        assertThat(run("delete", "orders").exitCode()).isZero();
        Commands.Result absent = run("get", "orders");
        assertThat(absent.exitCode()).isEqualTo(REFUSED);
        assertThat(absent.err()).contains("orders");
        assertThat(absent.out()).isEmpty();
    }

    @Test
    void anAddWithANameCountsOnce() {
        for (int i = 0; i < 2; i++) {
            assertThat(run("add", "mails", "--idempotency-key", "mail-4711")
                            .orFail()
                            .out())
                    .isEqualTo("1\n");
        }
    }

    @Test
    void listExportAndImport() throws IOException {
        run("set", "box/a", "1").orFail();
        run("set", "box/b", "-2").orFail();
        run("set", "box/größer", "9223372036854775807").orFail();
        assertThat(run("list", "box/").orFail().out()).contains("box/a", "-2", "9223372036854775807");
        List<String> keys = new ArrayList<>();
        for (String line : run("list", "box/", "--json").orFail().out().lines().toList()) {
            keys.add(JSON.readTree(line).path("key").textValue());
        }
        assertThat(keys).containsExactly("box/a", "box/b", "box/größer");

        Path file = SERVERS.folder().resolve("counters.jsonl");
        run("export", "box/", "--output", file.toString()).orFail();
        run("delete", "box/a").orFail();
        run("set", "box/b", "7").orFail();
        Commands.Result imported = run("import", file.toString());
        if (imported.exitCode() != 0) {
            // What exists already may need a word of consent.
            assertThat(imported.err()).contains("--");
        }
        Files.writeString(file, Files.readString(file).replaceFirst("-2", "-3"));
        assertThat(run("import", file.toString()).exitCode())
                .as("a damaged file")
                .isEqualTo(65);
    }

    @Test
    void watchShowsATable() {
        run("add", "seen", "3").orFail();
        assertThat(run("watch", "--count", "1").orFail().out()).contains("seen", "3");
    }

    @Test
    void versionAndHelpNeedNoServer() {
        assertThat(Commands.odometer("version").orFail().out()).contains("0.1.0");
        for (String command :
                new String[] {"serve", "add", "get", "list", "watch", "set", "delete", "export", "import"}) {
            assertThat(Commands.odometer("help", command).orFail().out()).contains("odometer " + command);
        }
        assertThat(Commands.odometer("serve", "--help").orFail().out())
                .contains("--http-port", "--redis-port", "--bind", "--data", "ODOMETER_HTTP_PORT", "curl");
    }

    @Test
    void mistakesAreExplainedAndHaveTheirExitCodes() {
        assertThat(run("add").exitCode()).isEqualTo(USAGE);
        assertThat(run("add", "orders", "many").exitCode()).isEqualTo(USAGE);
        assertThat(run("add", "orders", "9223372036854775808").exitCode()).isEqualTo(USAGE);
        assertThat(run("frobnicate").exitCode()).isEqualTo(USAGE);
        run("set", "full", "9223372036854775807").orFail();
        assertThat(run("add", "full").exitCode()).isEqualTo(REFUSED);
        assertThat(run("get", "full").orFail().out()).isEqualTo("9223372036854775807\n");
        Commands.Result nobody = Commands.odometer(
                "get", "orders", "--timeout", "200ms", "--json", "--url", "http://127.0.0.1:" + SERVERS.port());
        assertThat(nobody.exitCode()).isEqualTo(UNAVAILABLE);
        assertThat(nobody.err()).contains("127.0.0.1").doesNotContain("\tat ");
    }

    private static Commands.Result run(String... arguments) {
        ProcessBuilder builder = Distribution.command(List.of(arguments));
        builder.environment().put("ODOMETER_URL", url);
        Commands.Result result = Commands.run(builder, Duration.ofSeconds(30));
        assertThat(result.err()).doesNotContain("\tat ");
        return result;
    }
}

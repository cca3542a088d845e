package dev.odometer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.cli.Harness.Result;
import dev.odometer.cli.console.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
    private final Harness harness = new Harness();

    @ParameterizedTest
    @ValueSource(
            strings = {"serve", "add", "get", "list", "watch", "set", "delete", "export", "import", "cluster", "version"
            })
    void everyCommandTeachesItsUseWithExamples(String command) {
        Result byFlag = harness.run(command, "--help");
        Result byHelp = harness.run("help", command);

        assertThat(byFlag.exitCode()).isZero();
        assertThat(byFlag.out()).contains("Usage: odometer " + command, "Examples:", "  odometer " + command);
        assertThat(byHelp.out()).isEqualTo(byFlag.out());
        assertThat(byFlag.out().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThan(130));
    }

    @Test
    void theHelpListsCommandsAndExitCodes() {
        Result help = harness.run("--help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).contains("serve", "add", "watch", "import", "completion", "69", "78");
        assertThat(help.out()).doesNotContain("warm-up");
        assertThat(harness.run("help").out()).isEqualTo(help.out());
    }

    @Test
    void theVersionIsPrinted() {
        assertThat(harness.run("--version").out()).startsWith("odometer ");
    }

    @Test
    void aMistypedCommandIsMetWithASuggestion() {
        Result result = harness.run("lst");

        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err()).contains("list").contains("--help");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void noCommandIsAMistake() {
        assertThat(harness.run().exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aMistypedOptionIsNotTakenForACounter() {
        Result result = harness.run("add", "--jsn", "orders");

        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err()).contains("--jsn", "--json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "1.5", "9223372036854775808", "1e3", ""})
    void aDeltaThatIsNoNumberIsAMistake(String delta) {
        Result result = harness.run("add", "orders", delta);

        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err()).contains("DELTA '" + delta + "' is not a whole number of 64 bits");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "a/../b", "a\nb"})
    void aKeyThatCannotBeIsAMistake(String key) {
        assertThat(harness.run("get", key).exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:7600", "ftp://x", "http://", "http://x/?a=b", "http://[", ""})
    void anAddressThatIsNoneIsAMistake(String url) {
        Result result = harness.run("get", "a", "--url", url);

        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err()).contains("--url");
    }

    @Test
    void theCompletionScriptKnowsTheCommands() {
        assertThat(harness.run("completion").out()).contains("complete ", "export", "--idempotency-key");
    }

    @Test
    void wrongConfigurationEndsBeforeAnythingStarts() {
        Result result = harness.variable("ODOMETER_HTP_PORT", "1").run("serve", "--shards", "0", "--redis-port=x");

        assertThat(result.exitCode()).isEqualTo(ExitCode.CONFIG);
        assertThat(result.err())
                .contains(
                        "3 problems",
                        "ODOMETER_HTP_PORT",
                        "did you mean ODOMETER_HTTP_PORT?",
                        "--shards",
                        "--redis-port");
    }

    @Test
    void theHelpOfServeTellsADirectoryInUseFromAPortInUse() {
        assertThat(harness.run("serve", "--help").out())
                .containsPattern("75 +not now: the data directory is in use")
                .containsPattern("78 +the configuration is wrong[^:]+a port is in use");
    }

    @Test
    void aStartOnAPortInUseLeavesNoDataDirectory(@TempDir Path dir) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            Path data = dir.resolve("data");
            Result http = harness.run("serve", "--http-port", port, "--redis-port", "0", "--data", data.toString());
            Result redis = harness.run("serve", "--http-port", "0", "--redis-port", port, "--data", data.toString());

            assertThat(List.of(http, redis)).allSatisfy(result -> {
                assertThat(result.exitCode()).isEqualTo(ExitCode.CONFIG);
                assertThat(result.err()).contains("in use").contains("127.0.0.1:" + port);
            });
            assertThat(http.err()).contains("--http-port " + port);
            assertThat(redis.err()).contains("--redis-port " + port);
            assertThat(dir).isEmptyDirectory();
        }
    }

    @Test
    void theEffectiveConfigurationCanBePrinted() {
        Result result = harness.variable("ODOMETER_SHARDS", "4")
                .run("serve", "--http-port", "0", "--allow-flushall", "--print-config");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .containsPattern("http-port: 0 +# --http-port")
                .containsPattern("shards: 4 +# ODOMETER_SHARDS")
                .containsPattern("allow-flushall: true +# --allow-flushall")
                .containsPattern("bind: 127.0.0.1 +# default");
    }
}

package dev.odometer.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {
    @TempDir
    private Path dir;

    private Path file(String text) throws IOException {
        return Files.writeString(dir.resolve("odometer.yaml"), text);
    }

    private static Settings load(Map<Setting, String> flags, @Nullable Path file, Map<String, String> environment) {
        return ConfigLoader.load(flags, file, environment);
    }

    private static List<String> problems(
            Map<Setting, String> flags, @Nullable Path file, Map<String, String> environment) {
        ConfigException thrown =
                catchThrowableOfType(ConfigException.class, () -> ConfigLoader.load(flags, file, environment));
        assertThat(thrown).as("was accepted").isNotNull();
        return thrown.problems();
    }

    @Test
    void withoutAnythingSaidTheDefaultsHold() {
        Settings settings = load(Map.of(), null, Map.of("HOME", "/root"));

        assertThat(settings.integer(Setting.HTTP_PORT)).isEqualTo(7600);
        assertThat(settings.text(Setting.BIND)).isEqualTo("127.0.0.1");
        assertThat(settings.millis(Setting.IDEMPOTENCY_WINDOW)).isEqualTo(3_600_000);
        assertThat(settings.flag(Setting.ALLOW_FLUSHALL)).isFalse();
        assertThat(settings.textOrNull(Setting.REDIS_PASSWORD)).isNull();
        assertThat(settings.isSaid(Setting.SHARDS)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "  ,     ,     , 7600",
        "  ,     , 7001, 7001",
        "  , 7002,     , 7002",
        "  , 7002, 7001, 7002",
        "7003,   ,     , 7003",
        "7003,   , 7001, 7003",
        "7003, 7002,   , 7003",
        "7003, 7002, 7001, 7003",
    })
    void flagsWinOverVariablesThoseOverTheFileThatOverTheDefaults(
            @Nullable String flag, @Nullable String variable, @Nullable String inFile, int expected)
            throws IOException {
        Settings settings = load(
                flag == null ? Map.of() : Map.of(Setting.HTTP_PORT, flag),
                inFile == null ? null : file("http-port: " + inFile + "\n"),
                variable == null ? Map.of() : Map.of("ODOMETER_HTTP_PORT", variable));

        assertThat(settings.integer(Setting.HTTP_PORT)).isEqualTo(expected);
    }

    @Test
    void theFlagForTheFileWinsOverItsVariable() throws IOException {
        Path other = Files.writeString(dir.resolve("other.yaml"), "shards: 3\n");
        Path named = file("shards: 5\n");

        assertThat(load(Map.of(), named, Map.of("ODOMETER_CONFIG", other.toString()))
                        .integer(Setting.SHARDS))
                .isEqualTo(5);
        assertThat(load(Map.of(), null, Map.of("ODOMETER_CONFIG", other.toString()))
                        .integer(Setting.SHARDS))
                .isEqualTo(3);
    }

    @Test
    void valuesInAFileMeanWhatIsWritten() throws IOException {
        Path file = file("""
                # a comment
                redis-password: 0123
                idempotency-window: 90s
                allow-flushall: true
                max-idempotency-keys: 1_000_000
                node-name: "yes"
                """);
        Settings settings = load(Map.of(), file, Map.of());

        assertThat(settings.textOrNull(Setting.REDIS_PASSWORD)).isEqualTo("0123");
        assertThat(settings.millis(Setting.IDEMPOTENCY_WINDOW)).isEqualTo(90_000);
        assertThat(settings.flag(Setting.ALLOW_FLUSHALL)).isTrue();
        assertThat(settings.integer(Setting.MAX_IDEMPOTENCY_KEYS)).isEqualTo(1_000_000);
        assertThat(settings.text(Setting.NODE_NAME)).isEqualTo("yes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http_port: 1            | the key http_port in FILE is not known; did you mean http-port?",
                "htp-port: 1             | the key htp-port in FILE is not known; did you mean http-port?",
                "colour: red             | the key colour in FILE is not known",
                "http-port: 70000        | http-port in FILE: '70000' is out of range; expected 0 to 65535",
                "http-port: many         | http-port in FILE: 'many' is not a whole number; expected 0 to 65535",
                "http-port: 7.5          | http-port in FILE: '7.5' is not a whole number; expected 0 to 65535",
                "http-port: [1]          | http-port in FILE has no single value",
                "http-port:              | http-port in FILE: '' is not a whole number; expected 0 to 65535",
                "- http-port             | the file FILE is not made of 'key: value' lines",
                "idempotency-window: 5   | idempotency-window in FILE: '5' is not a duration; expected something like"
                        + " 500ms, 60s, 5m, 1h or 7d",
                "idempotency-window: 60d | idempotency-window in FILE: '60d' is out of range; expected 1s to 30d",
                "allow-flushall: maybe   | allow-flushall in FILE: 'maybe' is neither true nor false",
                "node-name: 'a b'        | node-name in FILE: 'a b' is not a name; expected 1 to 64 letters,"
                        + " digits, '.', '-' or '_'",
                "shards: 0               | shards in FILE: '0' is out of range; expected 1 to 4096",
                "log-level: loud         | log-level in FILE: 'loud' is not known; expected one of error, warn,"
                        + " info, debug, trace",
                "redis-password: ''      | redis-password in FILE: has 0 characters; expected 1 to 512",
            })
    void whatIsWrongInAFileIsRefusedWithTheRemedy(String text, String problem) throws IOException {
        Path file = file(text);

        assertThat(problems(Map.of(), file, Map.of())).containsExactly(problem.replace("FILE", file.toString()));
    }

    @Test
    void aDuplicateKeyIsRefused() throws IOException {
        assertThat(problems(Map.of(), file("shards: 1\nshards: 2\n"), Map.of()))
                .singleElement()
                .asString()
                .contains("not valid YAML at line 2", "Duplicate");
    }

    @Test
    void brokenYamlIsRefused() throws IOException {
        assertThat(problems(Map.of(), file("shards: [\n"), Map.of()))
                .anyMatch(problem -> problem.contains("is not valid YAML at line 1"));
    }

    @Test
    void aFileThatIsNotThereIsRefused() {
        Path missing = dir.resolve("missing.yaml");

        assertThat(problems(Map.of(), missing, Map.of()))
                .containsExactly("the file " + missing + " cannot be read: it does not exist");
    }

    @Test
    void anEmptyFileChangesNothing() throws IOException {
        assertThat(load(Map.of(), file("# nothing\n"), Map.of()).integer(Setting.SHARDS))
                .isEqualTo(16);
    }

    @Test
    void anUnknownVariableIsRefusedAndThoseOfOthersAreNot() {
        Map<String, String> environment = Map.of(
                "ODOMETER_HTTP_PROT", "1",
                "ODOMETER_URL", "http://x",
                "ODOMETER_JAVA_OPTS", "-Xmx1g",
                "ODOMETER_REDIS_TESTS", "/x",
                "PATH", "/bin");

        assertThat(problems(Map.of(), null, environment))
                .containsExactly("the variable ODOMETER_HTTP_PROT is not known; did you mean ODOMETER_HTTP_PORT?");
    }

    @Test
    void allProblemsAreReportedTogether() throws IOException {
        Path file = file("shard: 4\nlog-level: loud\n");
        List<String> problems =
                problems(Map.of(Setting.HTTP_PORT, "-1"), file, Map.of("ODOMETER_SHARDS", "x", "ODOMETER_X", ""));

        assertThat(problems).hasSize(5);
        assertThat(new ConfigException(problems))
                .hasMessageContaining("5 problems")
                .hasMessageContaining("--http-port");
    }

    @Test
    void bothProtocolsOnOnePortAreRefused() {
        assertThat(problems(Map.of(Setting.REDIS_PORT, "7600"), null, Map.of()))
                .containsExactly("http-port (default) and redis-port (--redis-port) are both 7600; each needs its own");
        assertThat(load(Map.of(Setting.HTTP_PORT, "0", Setting.REDIS_PORT, "0"), null, Map.of())
                        .integer(Setting.REDIS_PORT))
                .isZero();
    }

    @Test
    void aSecretAppearsInNoMessageAndInNoPrint() {
        String secret = "swordfish\n";
        List<String> problems = problems(Map.of(), null, Map.of("ODOMETER_REDIS_PASSWORD", secret));
        String printed = load(Map.of(), null, Map.of("ODOMETER_REDIS_PASSWORD", "swordfish"))
                .print();

        assertThat(problems).singleElement().asString().doesNotContain("swordfish");
        assertThat(printed).doesNotContain("swordfish").contains("ODOMETER_REDIS_PASSWORD");
    }

    @Test
    void thePrintedConfigurationIsAFileThatMeansTheSame() throws IOException {
        Settings first = load(
                Map.of(Setting.DATA, "/tmp/it's here", Setting.BIND, "::1", Setting.IDEMPOTENCY_WINDOW, "2h"),
                null,
                Map.of("ODOMETER_HTTP_PORT", "0"));
        Settings second = load(Map.of(), file(first.print()), Map.of());

        assertThat(first.print()).contains("# --data", "# ODOMETER_HTTP_PORT", "# default");
        assertThat(second.text(Setting.DATA)).isEqualTo("/tmp/it's here");
        assertThat(second.text(Setting.BIND)).isEqualTo("::1");
        assertThat(second.integer(Setting.HTTP_PORT)).isZero();
        assertThat(second.millis(Setting.IDEMPOTENCY_WINDOW)).isEqualTo(7_200_000);
    }
}

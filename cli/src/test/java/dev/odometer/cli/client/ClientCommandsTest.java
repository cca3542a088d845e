package dev.odometer.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.cli.Harness;
import dev.odometer.cli.Harness.Result;
import dev.odometer.cli.config.Setting;
import dev.odometer.cli.console.ExitCode;
import dev.odometer.cli.serve.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands against a real server with a real store. */
class ClientCommandsTest {
    private static final List<String> WEIRD_KEYS = List.of(
            "plain",
            "a/b/c",
            "with space",
            "quote\"back\\slash",
            "percent%2F",
            "plus+and?query=1&x#y",
            "ünïcödé/日本語/🚗",
            "<script>alert(1)</script>",
            "...dots",
            "{\"key\":1}",
            "-5",
            "x".repeat(256));

    @TempDir
    private static Path data;

    private static TestServer server;

    @TempDir
    private Path dir;

    private final Harness harness = new Harness();

    @BeforeAll
    static void start() {
        server = TestServer.start(data, Map.of(Setting.ALLOW_FLUSHALL, "true"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void empty() throws IOException {
        server.flushAll();
        harness.variable("ODOMETER_URL", server.url());
    }

    private Result ok(String... args) {
        Result result = harness.run(args);
        assertThat(result.err()).isEmpty();
        assertThat(result.exitCode()).isZero();
        return result;
    }

    @Test
    void addsAreSummedUp() {
        assertThat(ok("add", "orders").lines()).containsExactly("1");
        assertThat(ok("add", "orders", "5").lines()).containsExactly("6");
        assertThat(ok("add", "orders", "-10").lines()).containsExactly("-4");
        assertThat(ok("add", "orders", "4", "--json").lines()).containsExactly("{\"key\":\"orders\",\"value\":0}");
    }

    @Test
    void anAddThatIsNamedCountsOnce() {
        ok("add", "mails", "3", "--idempotency-key", "mail-1");

        assertThat(ok("add", "mails", "3", "--idempotency-key", "mail-1").lines())
                .containsExactly("3");
        Result other = harness.run("add", "mails", "4", "--idempotency-key", "mail-1");
        assertThat(other.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(other.err()).contains("422");
        assertThat(ok("get", "mails").lines()).containsExactly("3");
    }

    @Test
    void aNodeThatIsAloneOwnsEveryShard() {
        ok("add", "orders");
        List<String> lines = ok("cluster", "status").lines();

        assertThat(lines.get(0)).contains("membership: standalone");
        assertThat(lines).anyMatch(line -> line.matches("SHARD +OWNER +EPOCH +SEQUENCE +COUNTERS"));
        assertThat(lines.stream().filter(line -> line.matches("\\d+ +\\S+ +\\d+ +\\d+ +\\d+")))
                .isNotEmpty();
        assertThat(ok("cluster", "status", "--json").out()).contains("\"membership\":\"standalone\"");
        assertThat(harness.run("cluster", "stats").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void anOverflowIsRefusedAndChangesNothing() {
        ok("set", "big", String.valueOf(Long.MAX_VALUE));

        assertThat(harness.run("add", "big").exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(ok("get", "big").lines()).containsExactly(String.valueOf(Long.MAX_VALUE));
        assertThat(ok("set", "big", String.valueOf(Long.MIN_VALUE)).lines())
                .containsExactly(String.valueOf(Long.MIN_VALUE));
    }

    @Test
    void absentCountersAreToldApart() {
        ok("add", "there", "7");
        Result get = harness.run("get", "there", "gone");
        Result json = harness.run("get", "there", "gone", "--json");

        assertThat(get.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(get.lines()).containsExactly("there  7");
        assertThat(get.err()).contains("'gone' does not exist");
        assertThat(json.lines())
                .containsExactly("{\"key\":\"there\",\"value\":7}", "{\"key\":\"gone\",\"value\":null}");
    }

    @Test
    void countersAreDeleted() {
        ok("add", "a");
        Result result = harness.run("delete", "a", "b");

        assertThat(result.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(result.lines()).containsExactly("deleted a", "absent  b");
        assertThat(harness.run("get", "a").exitCode()).isEqualTo(ExitCode.REFUSED);
        ok("add", "a");
        assertThat(ok("delete", "a", "--json").lines()).containsExactly("{\"key\":\"a\",\"deleted\":true}");
    }

    @Test
    void aListIsAnAlignedTableOfAllPages() throws IOException {
        Path file = many(2_500);
        ok("import", file.toString(), "--unsealed");
        List<String> lines = ok("list").lines();

        assertThat(lines).hasSize(2_501);
        assertThat(lines.get(0)).isEqualTo("KEY         VALUE");
        assertThat(lines.get(1)).isEqualTo("many/00000      0");
        assertThat(lines.get(2_500)).isEqualTo("many/02499   2499");
        assertThat(ok("list", "many/0240").lines()).hasSize(11);
        assertThat(ok("list", "--limit", "1001", "--json").lines())
                .hasSize(1_001)
                .first()
                .asString()
                .startsWith("{\"key\":\"many/00000\",\"value\":0,");
        assertThat(ok("list", "none").lines()).containsExactly("KEY  VALUE");
    }

    @Test
    void terminalsAreNotTrickedByKeys() {
        ok("add", "clear\u009b2J\u202eflip");

        assertThat(ok("list").out()).contains("clear\\u009b2J\\u202eflip").doesNotContain("\u009b", "\u202e");
    }

    @Test
    void whatIsExportedCanBeImportedWhateverItsKeys() {
        List<String> expected = new ArrayList<>();
        for (String key : WEIRD_KEYS) {
            ok("set", "--", key, String.valueOf(Long.MIN_VALUE + expected.size()));
            expected.add(key);
        }
        Path file = dir.resolve("dump.jsonl");
        assertThat(ok("export", "--output", file.toString()).out()).contains("exported " + WEIRD_KEYS.size());
        String exported = ok("export").out();
        WEIRD_KEYS.forEach(key -> ok("delete", "--", key));
        assertThat(ok("list", "--json").lines()).isEmpty();

        assertThat(ok("import", file.toString()).lines())
                .containsExactly("imported " + WEIRD_KEYS.size() + " counters (set)");
        assertThat(ok("export").out()).isEqualTo(exported);
        assertThat(file).hasContent(exported);
    }

    @Test
    void anImportThatIsRepeatedCountsOnce() throws IOException {
        Path file = many(1_500);
        ok("add", "many/00001", "100");
        ok("import", file.toString(), "--unsealed", "--mode", "add");
        Result again = ok("import", file.toString(), "--unsealed", "--mode", "add", "--json");

        assertThat(again.lines())
                .containsExactly("{\"counters\":0,\"replayed\":1500,\"refused\":0,\"batches\":2,\"mode\":\"add\"}");
        assertThat(ok("import", file.toString(), "--unsealed", "--mode", "add").lines())
                .containsExactly(
                        "imported 0 counters (add)",
                        "1,500 counters had been imported before and were not added again");
        assertThat(ok("get", "many/00001").lines()).containsExactly("101");
        assertThat(ok("get", "many/01499").lines()).containsExactly("1499");
    }

    @Test
    void anImportThatSetsDoesSoEachTime() {
        ok("set", "x", "5");
        Path file = dir.resolve("dump.jsonl");
        ok("export", "--output", file.toString());
        ok("import", file.toString());
        ok("set", "x", "999");

        assertThat(ok("import", file.toString(), "--json").lines())
                .containsExactly("{\"counters\":1,\"replayed\":0,\"refused\":0,\"batches\":1,\"mode\":\"set\"}");
        assertThat(ok("get", "x").lines()).containsExactly("5");
    }

    @Test
    void aDamagedFileChangesNothing() throws IOException {
        Path file = many(1_500);
        Files.writeString(file, Files.readString(file) + "{\"key\":\"last\",\"value\":");
        Result result = harness.run("import", file.toString(), "--unsealed");

        assertThat(result.exitCode()).isEqualTo(ExitCode.DATA);
        assertThat(result.err()).contains("line 1501");
        assertThat(ok("list", "--json").lines()).isEmpty();
    }

    @Test
    void anImportComesFromStandardInputToo() {
        harness.input("{\"key\":\"a\",\"value\":1}\n{\"counters\":1}\n");

        ok("import", "-");
        assertThat(ok("get", "a").lines()).containsExactly("1");
    }

    @Test
    void whatAnImportCannotAddIsNamed() {
        ok("set", "full", String.valueOf(Long.MAX_VALUE));
        harness.input("{\"key\":\"full\",\"value\":1}\n{\"key\":\"other\",\"value\":1}\n");
        Result result = harness.run("import", "--unsealed", "--mode", "add");

        assertThat(result.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(result.err()).contains("not imported: full");
        assertThat(result.out()).contains("imported 1 counter (add); refused: 1");
        assertThat(ok("get", "other").lines()).containsExactly("1");
    }

    @Test
    void anExportToWhereNothingCanBeWrittenKeepsTheOldFile() {
        Result result =
                harness.run("export", "--output", dir.resolve("none/file").toString());

        assertThat(result.exitCode()).isEqualTo(ExitCode.IO);
        assertThat(result.err()).contains("cannot be written: it does not exist");
    }

    @Test
    void aWatchPrintsPlainLinesIntoAPipe() {
        ok("add", "http/a", "5");
        ok("add", "mail", "7");
        List<String> lines =
                ok("watch", "http/", "--count", "2", "--interval", "100ms").lines();

        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).matches("TIME +KEY +VALUE +DELTA +RATE/S");
        assertThat(lines.get(1)).matches("\\S+Z +http/a +5 +- +-");
        assertThat(lines.get(2)).matches("\\S+Z +http/a +5 +0 +0.0");
        assertThat(harness.pauses()).containsExactly(100L);
    }

    @Test
    void aWatchSpeaksJson() {
        ok("add", "a", "5");

        assertThat(ok("watch", "--count", "2", "--json").lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("{\"time\":\"") && line.contains("\"key\":\"a\",\"value\":5,"));
    }

    @Test
    void versionsAreTold() {
        assertThat(ok("version").out()).contains("client  ", "server  ", server.url());
        assertThat(ok("version", "--json").out()).contains("\"client\":", "\"url\":\"" + server.url() + "\"");
        assertThat(harness.run("version", "--url", "http://127.0.0.1:1").out()).contains("none answers");
    }

    @Test
    void theLaunchersWarmUpEndsByItself() {
        Result result = ok("warm-up");

        assertThat(result.out()).isEmpty();
    }

    private Path many(int counters) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < counters; i++) {
            text.append(String.format("{\"key\":\"many/%05d\",\"value\":%d}%n", i, i));
        }
        return Files.writeString(dir.resolve("many.jsonl"), text);
    }
}

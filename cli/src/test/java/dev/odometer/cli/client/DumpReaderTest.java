package dev.odometer.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.odometer.cli.console.CommandException;
import dev.odometer.cli.console.ExitCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DumpReaderTest {
    private static final String BODY = "{\"key\":\"a\",\"value\":1}\n{\"key\":\"é\",\"value\":-2}\n";
    private static final String SEALED = BODY + "{\"counters\":2,\"sha256\":\"" + sha256(BODY) + "\"}\n";

    private static String sha256(String text) {
        Digest digest = new Digest();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(bytes, bytes.length);
        return HexFormat.of().formatHex(digest.current());
    }

    private static List<String> read(String text, boolean unsealed) throws IOException {
        List<String> counters = new ArrayList<>();
        try (DumpReader reader =
                new DumpReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), unsealed)) {
            DumpLine.Counter counter = reader.next();
            while (counter != null) {
                counters.add(counter.key() + "=" + counter.value());
                counter = reader.next();
            }
        }
        return counters;
    }

    @Test
    void aWholeFileIsRead() throws IOException {
        assertThat(read(SEALED, false)).containsExactly("a=1", "é=-2");
    }

    @Test
    void aTrailerWithoutAChecksumWillDo() throws IOException {
        assertThat(read(BODY + "{\"counters\":2}\n", false)).hasSize(2);
    }

    @Test
    void aFileWithoutItsLastLineIsReadOnlyWhereThatIsSaid() throws IOException {
        assertThat(read(BODY, true)).hasSize(2);
        assertThatThrownBy(() -> read(BODY, false)).hasMessageContaining("truncated");
    }

    @Test
    void aFileThatIsTruncatedAnywhereIsRefused() {
        for (int length = 0; length < SEALED.length() - 1; length++) {
            String part = SEALED.substring(0, length);
            assertThatThrownBy(() -> read(part, false))
                    .as("the first %d characters", length)
                    .asInstanceOf(InstanceOfAssertFactories.type(CommandException.class))
                    .extracting(CommandException::exitCode)
                    .isEqualTo(ExitCode.DATA);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"key\":\"a\"}                      | line 1 of the file is damaged: it must have 'key' and 'value'",
                "{\"value\":1}                        | line 1 of the file is damaged: it must have 'key' and 'value'",
                "{\"key\":\"a\",\"value\":1.5}        | line 1 of the file is damaged: 'value' is not a whole number",
                "{\"key\":\"a\",\"value\":\"1\"}      | line 1 of the file is damaged: 'value' is not a whole number",
                "{\"key\":\"a\",\"value\":9223372036854775808}|"
                        + "line 1 of the file is damaged: 'value' does not fit in 64 bits",
                "{\"key\":1,\"value\":1}              | line 1 of the file is damaged: 'key' is not a text",
                "{\"key\":\"\",\"value\":1}           | line 1 of the file is damaged: the key is empty",
                "{\"key\":\"a\",\"value\":1,\"x\":1}  | line 1 of the file is damaged: it has an unknown field 'x'",
                "{\"key\":\"a\",\"key\":\"b\",\"value\":1} | line 1 of the file is damaged: it is not valid JSON",
                "{\"key\":\"a\",\"value\":1} {}|line 1 of the file is damaged: it has something after the object",
                "[]                                   | line 1 of the file is damaged: it is not a JSON object",
                "{\"counters\":1}                     | the file has 0 counters, but its last line says 1",
            })
    void whatIsNoCounterIsRefused(String line, String message) {
        assertThatThrownBy(() -> read(line + "\n", false)).hasMessage(message);
    }

    @Test
    void anEditedFileIsRefusedUnlessItsChecksumIsTakenOut() throws IOException {
        String edited = SEALED.replace("\"value\":1", "\"value\":7");

        assertThatThrownBy(() -> read(edited, false)).hasMessageContaining("checksum");
        assertThat(read(edited.replaceAll(",\"sha256\":\"[0-9a-f]+\"", ""), false))
                .contains("a=7");
    }

    @Test
    void whatFollowsTheLastLineIsRefused() {
        assertThatThrownBy(() -> read(SEALED + BODY, false)).hasMessageContaining("follows the file's last line");
    }

    @Test
    void anEndlessLineIsRefused() {
        assertThatThrownBy(() -> read("{\"key\":\"" + "a".repeat(10_000), false))
                .hasMessageContaining("more than 8192 bytes");
    }
}

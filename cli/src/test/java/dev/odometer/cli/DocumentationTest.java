package dev.odometer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.cli.config.Setting;
import dev.odometer.cli.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds docs/operations.md to what the program does. */
class DocumentationTest {
    private static String operations() throws IOException {
        return Files.readString(Path.of("..", "docs", "operations.md"));
    }

    @ParameterizedTest
    @EnumSource
    void everySettingIsDocumentedAsItIs(Setting setting) throws IOException {
        String standard = setting.standard().isEmpty() ? "none" : "`" + setting.standard() + "`";

        assertThat(operations())
                .contains("| `" + setting.flag() + "` | `" + setting.variable() + "` | " + standard + " | ")
                .contains(" | " + setting.meaning() + " |");
    }

    @Test
    void everyExitCodeIsDocumented() throws Exception {
        for (var field : ExitCode.class.getFields()) {
            assertThat(operations()).contains("| " + field.getInt(null) + " | ");
        }
    }
}

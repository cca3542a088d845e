package dev.odometer.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
    private static Duration duration(String text) {
        return Values.duration(text, Duration.ZERO, Duration.ofDays(400));
    }

    @ParameterizedTest
    @CsvSource({"500ms,500", "60s,60000", "5m,300000", "1h,3600000", "7d,604800000", "1H,3600000", "0s,0"})
    void durationsHaveUnits(String text, long millis) {
        assertThat(duration(text).toMillis()).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "h", "-1h", "1.5h", "1 h", "1w", "1h30m", "99999999999999h"})
    void whatIsNoDurationIsRefused(String text) {
        assertThatThrownBy(() -> duration(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"500ms", "1500ms", "61s", "5m", "1h", "36h", "7d"})
    void aDurationIsShownAsItIsWritten(String text) {
        assertThat(Values.show(duration(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost:9042", "10.0.0.1:9042,10.0.0.2:9042", "[::1]:9042", "a.example:1, b.example:65535"})
    void addressesHaveHostAndPort(String text) {
        assertThat(Values.addresses(text, 2)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "localhost", ":9042", "a:0", "a:65536", "a:x", "a:1,", "::1:9042", "a:1,b:1,c:1", "a b:1"})
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> Values.addresses(text, 2)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyDefaultIsAllowed() {
        for (Setting setting : Setting.values()) {
            if (!setting.standard().isEmpty()) {
                assertThat(setting.read(setting.standard())).as(setting.key()).isNotNull();
            }
        }
    }
}

package dev.odometer.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.cli.client.Watch.Row;
import dev.odometer.cli.client.Watch.Sample;
import dev.odometer.cli.client.Watch.Sort;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WatchTest {
    private static final long SECOND = 1_000_000_000L;

    private static List<String> keys(List<Row> rows) {
        return rows.stream().map(Row::key).toList();
    }

    @Test
    void theFirstLookHasNoRates() {
        Row row = Watch.rows(null, new Sample(0, Map.of("a", 5L), true), Sort.rate)
                .get(0);

        assertThat(row.value()).isEqualTo(5);
        assertThat(row.deltaText()).isEqualTo("-");
        assertThat(row.rateText()).isEqualTo("-");
    }

    @Test
    void ratesAreChangesDividedByTheTimeBetweenLooks() {
        Sample before = new Sample(SECOND, Map.of("up", 10L, "down", 10L, "same", 10L), true);
        Sample now = new Sample(3 * SECOND, Map.of("up", 20L, "down", 7L, "same", 10L, "new", 4L), true);
        List<Row> rows = Watch.rows(before, now, Sort.rate);

        assertThat(rows)
                .containsExactly(
                        new Row("up", 20, 10, 5.0),
                        new Row("new", 4, 4, 2.0),
                        new Row("down", 7, -3, -1.5),
                        new Row("same", 10, 0, 0.0));
        assertThat(rows.get(0).deltaText()).isEqualTo("+10");
        assertThat(rows.get(3).deltaText()).isEqualTo("0");
    }

    @Test
    void aCounterThatWasNotLookedAtBeforeHasNoRate() {
        Sample before = new Sample(0, Map.of("a", 1L), false);
        Sample now = new Sample(SECOND, Map.of("a", 1L, "b", 1_000L), false);

        assertThat(Watch.rows(before, now, Sort.key).get(1).rateText()).isEqualTo("-");
    }

    @Test
    void rowsAreSortedAsAsked() {
        Sample before = new Sample(0, Map.of("a", 1L, "b", 3L, "c", 2L), true);
        Sample now = new Sample(SECOND, Map.of("a", 1L, "b", 3L, "c", 2L), true);

        assertThat(keys(Watch.rows(before, now, Sort.key))).containsExactly("a", "b", "c");
        assertThat(keys(Watch.rows(before, now, Sort.value))).containsExactly("b", "c", "a");
        assertThat(keys(Watch.rows(before, now, Sort.rate))).containsExactly("a", "b", "c");
    }
}

package dev.odometer.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How runs are summed up and written: a wrong figure here would be believed. */
class FiguresTest {

    @Test
    void the_median_is_in_the_middle() {
        assertThat(Figures.median(3, 1, 2)).isEqualTo(2);
        assertThat(Figures.median(4, 1, 2, 3)).isEqualTo(2.5);
        assertThat(Figures.median(7)).isEqualTo(7);
    }

    @Test
    void rates_have_three_digits_and_a_unit() {
        assertThat(Figures.rate(912)).isEqualTo("912");
        assertThat(Figures.rate(999.7)).isEqualTo("1.00 k");
        assertThat(Figures.rate(9_412)).isEqualTo("9.41 k");
        assertThat(Figures.rate(71_349)).isEqualTo("71.3 k");
        assertThat(Figures.rate(540_499)).isEqualTo("540 k");
        assertThat(Figures.rate(999_600)).isEqualTo("1.00 M");
        assertThat(Figures.rate(1_020_000)).isEqualTo("1.02 M");
    }

    @Test
    void what_redis_benchmark_prints_is_read_by_column() {
        String printed = """
                "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max"
                "INCR key:__rand_int__","200000.00","0.490","0.096","0.463","0.799","1.215","1.551"
                """;
        RedisLoad.Result result = RedisLoad.parse(printed, 100_000, 0.25, 0.4);
        assertThat(result.perSecond()).isEqualTo(200_000);
        assertThat(result.p50Millis()).isEqualTo(0.463);
        assertThat(result.p99Millis()).isEqualTo(1.215);
        assertThat(result.serverMicros()).isCloseTo(4, within(1e-9));
        assertThat(result.clientCores()).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void no_figures_are_no_result() {
        assertThatThrownBy(() -> RedisLoad.parse("Could not connect to Redis", 1, 0, 0))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("Could not connect");
    }

    @Test
    void what_wrk_prints_is_read_by_field() {
        WrkLoad.Result result = WrkLoad.parse("Running 5s test\nRESULT 100000 5000000 1500 7250 0 0\n", 2, 4);
        assertThat(result.perSecond()).isEqualTo(20_000);
        assertThat(result.p50Millis()).isEqualTo(1.5);
        assertThat(result.p99Millis()).isEqualTo(7.25);
        assertThat(result.serverMicros()).isCloseTo(40, within(1e-9));
        assertThat(result.clientCores()).isCloseTo(0.4, within(1e-9));
    }

    @Test
    void refused_requests_are_no_result() {
        assertThatThrownBy(() -> WrkLoad.parse("RESULT 10 5000000 1500 7250 3 0\n", 2, 4))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("3 of 10 requests were refused");
    }

    @Test
    void requests_fill_whole_pipelines() {
        assertThat(new RedisLoad(0, 16).wholePipelines(1_000_000) % (50 * 16)).isZero();
        assertThat(new RedisLoad(0, 64).wholePipelines(1)).isEqualTo(2 * 50 * 64);
    }

    @Test
    void a_table_is_markdown() {
        MarkdownTable table = new MarkdownTable("keys", "/s");
        table.row("1", "71.3 k");
        assertThat(table).hasToString("| keys | /s |\n|---|---:|\n| 1 | 71.3 k |\n");
    }

    @Test
    void a_missing_program_is_named_with_its_package() {
        assertThatThrownBy(() -> Tools.require(List.of("sh", "no-such-program")))
                .isInstanceOf(BenchException.class)
                .hasMessage("not found: no-such-program. Debian: apt-get install no-such-program");
    }
}

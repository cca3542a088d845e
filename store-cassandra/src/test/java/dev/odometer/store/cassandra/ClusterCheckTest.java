package dev.odometer.store.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.Version;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterCheckTest {
    @Test
    void versions_before_4_1_6_are_too_old() {
        assertThat(List.of("3.11.19", "4.0.13", "4.1.0", "4.1.5", "4.1-rc1"))
                .allMatch(version -> ClusterCheck.isTooOld(Version.parse(version)));
        assertThat(List.of("4.1.6", "4.1.10", "5.0.0", "5.0.9", "5.1.0"))
                .noneMatch(version -> ClusterCheck.isTooOld(Version.parse(version)));
    }

    @Test
    void replicas_are_counted_by_data_centre() {
        assertThat(ClusterCheck.factors(Map.of("class", "NetworkTopologyStrategy", "dc1", "3", "dc2", "2")))
                .isEqualTo(Map.of("dc1", 3, "dc2", 2));
        assertThat(ClusterCheck.factors(Map.of("class", "SimpleStrategy", "replication_factor", "1")))
                .isEqualTo(Map.of("", 1));
        assertThat(ClusterCheck.factors(Map.of("class", "SimpleStrategy", "replication_factor", "3/1")))
                .isEqualTo(Map.of("", 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3", "dc1", "dc1:0", "dc1:10", "dc1:3,", "dc1:3,dc1:3", "dc'1:3"})
    void what_is_no_replication_is_refused(String text) {
        assertThatThrownBy(() -> Replication.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_configuration_says_all_that_is_wrong_with_it() {
        assertThatThrownBy(() -> new CassandraStoreConfig(
                        List.of(), "", "Öd", 0, false, Duration.ZERO, Duration.ofDays(1), "me", null, null, null))
                .hasMessageContaining("contactPoints")
                .hasMessageContaining("localDatacenter")
                .hasMessageContaining("keyspace")
                .hasMessageContaining("shards")
                .hasMessageContaining("requestTimeout")
                .hasMessageContaining("connectTimeout")
                .hasMessageContaining("user and password");
    }

    @Test
    void a_configuration_does_not_show_its_password() {
        CassandraStoreConfig config = new CassandraStoreConfig(
                List.of(new InetSocketAddress("127.0.0.1", 9042)),
                "dc1",
                "odometer",
                16,
                false,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                "me",
                "secret",
                null,
                null);
        assertThat(config.toString()).contains("me").doesNotContain("secret");
    }
}

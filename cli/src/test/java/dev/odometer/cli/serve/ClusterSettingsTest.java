package dev.odometer.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.odometer.cli.config.ConfigLoader;
import dev.odometer.cli.config.Setting;
import dev.odometer.cli.config.Settings;
import dev.odometer.cli.console.CommandException;
import dev.odometer.cli.console.ExitCode;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterSettingsTest {
    private static final Map<Setting, String> NODE =
            Map.of(Setting.STORE, "cassandra", Setting.MEMBERSHIP, "etcd", Setting.NODE_NAME, "n1");

    private static Settings settings(Map<Setting, String> more) {
        Map<Setting, String> flags = new EnumMap<>(NODE);
        flags.putAll(more);
        return ConfigLoader.load(flags, null, Map.of());
    }

    private static CommandException refusal(Map<Setting, String> more) {
        Settings settings = settings(more);
        return catchThrowableOfType(CommandException.class, () -> ClusterSettings.check(settings));
    }

    @ParameterizedTest
    @ValueSource(strings = {"etcd", "zookeeper"})
    void a_node_with_a_name_on_a_shared_store_is_accepted(String kind) {
        Settings settings = settings(Map.of(Setting.MEMBERSHIP, kind));

        assertThatCode(() -> ClusterSettings.check(settings)).doesNotThrowAnyException();
        assertThat(ClusterSettings.isClustered(settings)).isTrue();
    }

    @Test
    void a_server_that_is_alone_is_in_no_cluster() {
        assertThat(ClusterSettings.isClustered(ConfigLoader.load(Map.of(), null, Map.of())))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    STORE               | embedded            | --store cassandra
                    SESSION_TIMEOUT     | 1500ms              | whole seconds
                    BIND                | 0.0.0.0             | --advertise
                    ETCD                | 127.0.0.1:2379      | http://host:port
                    ETCD_KEY            | key.pem             | certificates are of no use
                    ETCD_USER           | root                | password
                    CLUSTER_KEY         | key.pem             | together
                    """)
    void what_does_not_fit_together_is_refused_with_what_to_do(Setting setting, String value, String said) {
        CommandException refusal = refusal(Map.of(setting, value));

        assertThat(refusal.text()).contains(said);
        assertThat(refusal.exitCode()).isEqualTo(ExitCode.CONFIG);
    }

    @Test
    void a_node_without_a_name_of_its_own_is_refused() {
        Settings settings =
                ConfigLoader.load(Map.of(Setting.STORE, "cassandra", Setting.MEMBERSHIP, "zookeeper"), null, Map.of());

        CommandException refusal = catchThrowableOfType(CommandException.class, () -> ClusterSettings.check(settings));

        assertThat(refusal.text()).contains("--node-name");
    }

    @Test
    void half_a_login_at_zookeeper_is_refused() {
        CommandException refusal = refusal(Map.of(Setting.MEMBERSHIP, "zookeeper", Setting.ZOOKEEPER_USER, "odometer"));

        assertThat(refusal.text()).contains("--zookeeper-password");
    }
}

package dev.odometer.membership.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class EtcdConfigTest {
    @Test
    void the_defaults_are_valid() {
        EtcdConfig config = EtcdConfig.defaults(List.of("https://h1:2379", "https://h2:2379"));
        assertThat(config.ttlSeconds()).isEqualTo(4);
        assertThat(config.tls()).isTrue();
    }

    @Test
    void all_that_is_wrong_is_told_together() {
        List<String> mixed = List.of("http://h:1", "https://h:1", "h:1");
        assertThatThrownBy(() -> new EtcdConfig(mixed, "members", 0, "me", null, null, Path.of("c"), null))
                .hasMessageContaining("endpoint \"h:1\"")
                .hasMessageContaining("all http or all https")
                .hasMessageContaining("prefix")
                .hasMessageContaining("ttlSeconds")
                .hasMessageContaining("user and password")
                .hasMessageContaining("certificate and privateKey");
        assertThatThrownBy(() -> new EtcdConfig(List.of("http://h:1"), "/m/", 4, null, null, Path.of("c"), null, null))
                .hasMessageContaining("of no use");
    }

    @Test
    void the_password_is_not_printed() {
        assertThat(new EtcdConfig(List.of("http://h:1"), "/m/", 4, "me", "secret", null, null, null).toString())
                .doesNotContain("secret");
    }
}

package dev.odometer.membership.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ZooKeeperConfigTest {
    @Test
    void the_defaults_are_valid() {
        assertThat(ZooKeeperConfig.defaults("h1:2181,h2:2181/chroot").sessionTimeoutMillis())
                .isEqualTo(4_000);
    }

    @Test
    void all_that_is_wrong_is_told_together() {
        assertThatThrownBy(() -> new ZooKeeperConfig(" ", "members/", 1, "nobody"))
                .hasMessageContaining("connectString")
                .hasMessageContaining("root")
                .hasMessageContaining("sessionTimeoutMillis")
                .hasMessageContaining("digest");
    }

    @Test
    void the_password_is_not_printed() {
        assertThat(new ZooKeeperConfig("h:1", "/m", 4_000, "me:secret").toString())
                .doesNotContain("secret");
    }
}

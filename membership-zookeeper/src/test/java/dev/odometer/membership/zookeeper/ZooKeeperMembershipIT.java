package dev.odometer.membership.zookeeper;

import static dev.odometer.testkit.Stages.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.odometer.engine.membership.Member;
import dev.odometer.engine.membership.Membership;
import dev.odometer.engine.membership.MembershipView.State;
import dev.odometer.testkit.membership.CoordinatorServer;
import dev.odometer.testkit.membership.MembershipCompatibilityKit;
import dev.odometer.testkit.membership.MembershipDriver;
import dev.odometer.testkit.membership.ZooKeeperServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;

/** The kit against a real ZooKeeper, and what is ZooKeeper's own. */
class ZooKeeperMembershipIT extends MembershipCompatibilityKit {
    @Override
    protected CoordinatorServer server(Path home) {
        return new ZooKeeperServer(home);
    }

    @Override
    protected MembershipDriver driver() {
        return new ZooKeeperDriver();
    }

    @Override
    protected void removeEntry(String address, String name) {
        try (ZooKeeper client = client(address)) {
            client.delete("/test/members/" + name, -1);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static ZooKeeper client(String address) throws IOException {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper client = new ZooKeeper(address, 10_000, event -> connected.countDown());
        await().until(() -> connected.getCount() == 0);
        return client;
    }

    @Test
    void with_a_digest_others_cannot_take_an_entry_away() throws Exception {
        ZooKeeperConfig config = new ZooKeeperConfig(coordinator.address(), "/safe/members", 3_000, "me:secret");
        Member self = new Member("a", "i", "h:1", "", "", "v", 1);
        try (Membership membership = ZooKeeperMembership.open(config, ZooKeeperDriver::daemon, System::nanoTime);
                ZooKeeper stranger = client(coordinator.address())) {
            join(membership.join(self));
            assertThatThrownBy(() -> stranger.delete("/safe/members/a", -1))
                    .isInstanceOf(KeeperException.NoAuthException.class);
            assertThat(membership.view().state()).isEqualTo(State.JOINED);
        }
    }
}

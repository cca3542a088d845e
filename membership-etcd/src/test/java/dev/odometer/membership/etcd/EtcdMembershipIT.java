package dev.odometer.membership.etcd;

import static dev.odometer.membership.etcd.EtcdConnection.bytes;
import static dev.odometer.testkit.Stages.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.odometer.engine.membership.Member;
import dev.odometer.engine.membership.Membership;
import dev.odometer.engine.membership.MembershipView.State;
import dev.odometer.testkit.membership.CoordinatorServer;
import dev.odometer.testkit.membership.EtcdServer;
import dev.odometer.testkit.membership.MembershipCompatibilityKit;
import dev.odometer.testkit.membership.MembershipDriver;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.options.CompactOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The kit against a real etcd, and what is etcd's own. */
class EtcdMembershipIT extends MembershipCompatibilityKit {
    private static final Member SELF = new Member("a", "i", "h:1", "", "", "v", 1);

    @Override
    protected CoordinatorServer server(Path home) {
        return new EtcdServer(home);
    }

    @Override
    protected MembershipDriver driver() {
        return new EtcdDriver();
    }

    @Override
    protected void removeEntry(String address, String name) {
        try (Client client = Client.builder().endpoints(address).build()) {
            long lease = join(client.getKVClient().get(bytes("/test/members/" + name)))
                    .getKvs()
                    .get(0)
                    .getLease();
            join(client.getLeaseClient().revoke(lease));
        }
    }

    @Test
    void changes_are_seen_after_the_history_was_compacted() {
        try (Membership a = driver().open(coordinator.address());
                Membership b = driver().open(coordinator.address());
                Client client =
                        Client.builder().endpoints(coordinator.address()).build()) {
            join(a.join(SELF));
            coordinator.kill();
            coordinator.start();
            long revision = join(client.getKVClient().put(bytes("/other"), bytes("1")))
                    .getHeader()
                    .getRevision();
            join(client.getKVClient().compact(revision, CompactOption.DEFAULT));
            join(b.join(new Member("b", "i", "h:2", "", "", "v", 1)));
            await().until(() -> a.view().members().size() == 2);
        }
    }

    @Test
    void it_authenticates() {
        try (Client root = Client.builder().endpoints(coordinator.address()).build()) {
            join(root.getAuthClient().userAdd(bytes("root"), bytes("secret")));
            join(root.getAuthClient().roleAdd(bytes("root")));
            join(root.getAuthClient().userGrantRole(bytes("root"), bytes("root")));
            join(root.getAuthClient().authEnable());
        }
        EtcdConfig config =
                new EtcdConfig(List.of(coordinator.address()), "/safe/members/", 3, "root", "secret", null, null, null);
        try (Membership membership = EtcdMembership.open(config, EtcdDriver::daemon, System::nanoTime)) {
            join(membership.join(SELF));
            assertThat(membership.view().state()).isEqualTo(State.JOINED);
        }
    }

    @Test
    void it_encrypts_and_trusts_a_given_certificate() throws IOException {
        Path home = Files.createDirectory(directory.resolve("tls"));
        try (EtcdServer server = new EtcdServer(home, true)) {
            server.start();
            Path certificate = home.resolve("data/fixtures/client/cert.pem");
            EtcdConfig config =
                    new EtcdConfig(List.of(server.address()), "/safe/members/", 3, null, null, certificate, null, null);
            try (Membership membership = EtcdMembership.open(config, EtcdDriver::daemon, System::nanoTime)) {
                join(membership.join(SELF));
                assertThat(membership.view().state()).isEqualTo(State.JOINED);
            }
        }
    }
}

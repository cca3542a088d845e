package dev.odometer.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.odometer.cluster.grpc.GrpcPeers;
import dev.odometer.cluster.grpc.PeerLoops;
import dev.odometer.cluster.grpc.PeerTls;
import dev.odometer.engine.Answer;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Operation;
import dev.odometer.testkit.MemoryCoordinator;
import dev.odometer.testkit.SharedMemoryStore;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that talk over mutual TLS. */
@Timeout(120)
class PeerTlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    Path directory;

    @Test
    void nodes_with_certificates_talk_and_others_are_refused() throws Exception {
        PeerTls ours = certificate("ours");
        PeerTls foreign = certificate("foreign");
        EventLoopGroup workers = PeerLoops.make(2);
        SharedMemoryStore store = new SharedMemoryStore(8, Runnable::run);
        MemoryCoordinator coordinator = new MemoryCoordinator(System::nanoTime);
        GrpcNode one = new GrpcNode("a", store, coordinator, ours, workers);
        GrpcNode two = new GrpcNode("b", store, coordinator, ours, workers);
        try {
            await().atMost(Duration.ofSeconds(30)).until(() -> one.served() > 0 && one.served() + two.served() == 8);
            for (int i = 0; i < 20; i++) {
                Operation add = new Operation.Add(Key.of("k" + i), 1);
                assertThat(one.submit(add, null).join()).isEqualTo(new Answer(Outcome.VALUE, 1, false));
                assertThat(two.submit(add, null).join()).isEqualTo(new Answer(Outcome.VALUE, 2, false));
            }
            assertThat(probe(two, one, ours, workers)).isNull();
            assertThat(probe(two, one, null, workers)).as("without TLS").isInstanceOf(PeerException.class);
            PeerTls stranger = new PeerTls(foreign.certificate(), foreign.key(), ours.trusted());
            assertThat(probe(two, one, stranger, workers))
                    .as("a certificate of nobody that is trusted")
                    .isInstanceOf(PeerException.class);
        } finally {
            one.stop();
            two.stop();
            workers.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
        }
    }

    private static Throwable probe(GrpcNode from, GrpcNode to, PeerTls tls, EventLoopGroup workers) {
        try (LoopEnvironment loop = new LoopEnvironment(1);
                GrpcPeers peers = new GrpcPeers(from.member, tls, ClusterConfig.defaults(), loop, workers)) {
            CompletableFuture<Throwable> end = new CompletableFuture<>();
            loop.execute(() ->
                    peers.handoff(to.member, HandoffCall.PROBE).whenComplete((done, error) -> end.complete(error)));
            return end.join();
        }
    }

    private PeerTls certificate(String name) throws IOException, InterruptedException, GeneralSecurityException {
        Path store = directory.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "node",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".log").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        Path certificate =
                pem(name + ".crt", "CERTIFICATE", keys.getCertificate("node").getEncoded());
        Path key =
                pem(name + ".key", "PRIVATE KEY", keys.getKey("node", PASSWORD).getEncoded());
        return new PeerTls(certificate, key, certificate);
    }

    private Path pem(String file, String kind, byte[] der) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return Files.writeString(
                directory.resolve(file), "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    }
}

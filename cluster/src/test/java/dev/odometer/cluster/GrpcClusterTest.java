package dev.odometer.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.odometer.cluster.grpc.GrpcPeers;
import dev.odometer.cluster.grpc.PeerLoops;
import dev.odometer.engine.Answer;
import dev.odometer.engine.BatchAnswer;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.membership.Member;
import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.model.Operation;
import dev.odometer.testkit.MemoryCoordinator;
import dev.odometer.testkit.SharedMemoryStore;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three nodes that talk over real connections. */
@Timeout(120)
class GrpcClusterTest {
    private static final int SHARDS = 16;
    private static EventLoopGroup workers;

    private final SharedMemoryStore store = new SharedMemoryStore(SHARDS, Runnable::run);
    private final MemoryCoordinator coordinator = new MemoryCoordinator(System::nanoTime);
    private final List<GrpcNode> nodes = new ArrayList<>();

    @BeforeAll
    static void threads() {
        workers = PeerLoops.make(2);
    }

    @AfterAll
    static void noThreads() {
        var unused = workers.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @BeforeEach
    void start() throws IOException {
        for (String name : List.of("a", "b", "c")) {
            nodes.add(new GrpcNode(name, store, coordinator, null, workers));
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> nodes.stream().mapToInt(GrpcNode::served).sum() == SHARDS
                        && nodes.stream().allMatch(node -> node.served() > 0));
    }

    @AfterEach
    void stop() {
        nodes.forEach(GrpcNode::stop);
    }

    @Test
    void any_node_takes_any_operation() {
        for (int i = 0; i < 60; i++) {
            Key key = Key.of("k" + i);
            for (int n = 0; n < 3; n++) {
                assertThat(nodes.get(n).submit(new Operation.Add(key, 2), null).join())
                        .isEqualTo(new Answer(Outcome.VALUE, 2 * n + 2, false));
            }
            assertThat(nodes.get(i % 3)
                            .submit(new Operation.Get(key), null)
                            .join()
                            .value())
                    .isEqualTo(6);
            assertThat(nodes.get(i % 3)
                            .submit(new Operation.Delete(key), null)
                            .join()
                            .outcome())
                    .isEqualTo(Outcome.DELETED);
        }
    }

    @Test
    void identities_count_once_through_whichever_node() {
        for (int i = 0; i < 20; i++) {
            Operation add = new Operation.Add(Key.of("k" + i), 1);
            Identity key = new Identity.IdempotencyKey("key-" + i);
            assertThat(nodes.get(0).submit(add, key).join()).isEqualTo(new Answer(Outcome.VALUE, 1, false));
            assertThat(nodes.get(1).submit(add, key).join()).isEqualTo(new Answer(Outcome.VALUE, 1, true));
            assertThat(nodes.get(2).submit(add, key).join()).isEqualTo(new Answer(Outcome.VALUE, 1, true));
            Identity session = new Identity.SessionBatch("session-" + i, 1);
            List<Operation> batch = new ArrayList<>();
            for (int k = 0; k < 30; k++) {
                batch.add(new Operation.Add(Key.of("s" + i + "-" + k), 1));
            }
            for (int n = 0; n < 3; n++) {
                BatchAnswer answer = nodes.get(n).batch(batch, session).join();
                assertThat(answer.refusal()).isEqualTo(Outcome.VALUE);
                assertThat(answer.replayed()).isEqualTo(n > 0);
                assertThat(answer.answers()).allMatch(one -> one.value() == 1);
            }
        }
    }

    @Test
    void operations_on_one_key_keep_the_order_of_one_connection() {
        for (int round = 0; round < 20; round++) {
            Key key = Key.of("order-" + round);
            List<CompletableFuture<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                answers.add(nodes.get(0).submit(new Operation.Get(key), null));
                answers.add(nodes.get(0).submit(new Operation.Add(key, 1), null));
            }
            for (int i = 0; i < 30; i++) {
                assertThat(answers.get(2 * i).join().value()).isEqualTo(i);
                assertThat(answers.get(2 * i + 1).join().value()).isEqualTo(i + 1);
            }
        }
    }

    @Test
    void an_owner_that_is_killed_under_load_fails_nothing_at_the_others() {
        int each = 3_000;
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < each; i++) {
            for (int n = 0; n < 2; n++) {
                Operation add = new Operation.Add(Key.of("k" + i % 50), 1);
                answers.add(nodes.get(n).submit(add, null));
            }
            if (i == each / 2) {
                nodes.get(2).kill();
            }
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
        assertThat(answers).allMatch(answer -> answer.join().outcome() == Outcome.VALUE);
        for (int k = 0; k < 50; k++) {
            assertThat(store.value(Key.of("k" + k))).isEqualTo(2 * each / 50);
        }
        assertThat(nodes.get(0).served() + nodes.get(1).served())
                .as("taken over although its session is still there")
                .isEqualTo(SHARDS);
    }

    @Test
    void a_stranger_is_refused_and_so_is_a_call_for_another_process() {
        GrpcNode called = nodes.get(0);
        Key key = keyOf(called);
        Member caller = nodes.get(1).member;
        Member forged = member(caller, "00000000000000000000000000000000");
        assertThat(refusal(forged, called.member, key)).isEqualTo(PeerException.Kind.REFUSED);
        assertThat(refusal(caller, member(called.member, "11111111111111111111111111111111"), key))
                .isEqualTo(PeerException.Kind.REFUSED);
        assertThat(refusal(caller, called.member, key)).isNull();
        Member nobody = new Member("nobody", "x", "127.0.0.1:1", "", "", "test", 0);
        assertThat(refusal(caller, nobody, key)).isEqualTo(PeerException.Kind.NOBODY_THERE);
    }

    @Test
    void what_has_passed_too_many_nodes_is_refused() {
        GrpcNode called = nodes.get(0);
        List<Key> keys = List.of(keyOf(called));
        int shard = keys.get(0).shard(SHARDS);
        assertThat(ended(nodes.get(1).member, called.member, 3, new ApplyCall.Reads(shard, false, keys)))
                .isEqualTo(PeerException.Kind.REFUSED);
        assertThat(ended(nodes.get(1).member, called.member, 2, new ApplyCall.Reads(shard, false, keys)))
                .isNull();
        assertThat(ended(nodes.get(1).member, called.member, 1, new ApplyCall.Reads(shard + 1, false, keys)))
                .as("a key of another shard")
                .isEqualTo(PeerException.Kind.REFUSED);
    }

    @Test
    void a_node_that_leaves_gives_its_shards_up_in_peace() {
        GrpcNode leaves = nodes.get(1);
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        Consumer<Integer> count = rounds -> {
            for (int i = 0; i < rounds; i++) {
                for (GrpcNode node : nodes) {
                    answers.add(node.submit(new Operation.Add(Key.of("k" + i % 20), 1), null));
                }
            }
        };
        count.accept(200);
        CompletableFuture<Void> left = new CompletableFuture<>();
        leaves.environment.execute(() -> leaves.cluster.giveUpAll().thenAccept(left::complete));
        count.accept(400);
        left.join();
        assertThat(leaves.served()).isZero();
        count.accept(200);
        assertThat(answers).allMatch(answer -> answer.join().outcome() == Outcome.VALUE);
        long sum = 0;
        for (int k = 0; k < 20; k++) {
            sum += store.value(Key.of("k" + k));
        }
        assertThat(sum).isEqualTo(answers.size());
    }

    private static Member member(Member like, String incarnation) {
        return new Member(like.name(), incarnation, like.address(), "", "", "test", 0);
    }

    private Key keyOf(GrpcNode node) {
        for (int i = 0; ; i++) {
            Key key = Key.of("own" + i);
            if (store.headNow(key.shard(SHARDS)).owner().equals(node.member.name())) {
                return key;
            }
        }
    }

    private static PeerException.Kind refusal(Member caller, Member called, Key key) {
        return ended(caller, called, 1, new ApplyCall.Reads(key.shard(SHARDS), true, List.of(key)));
    }

    private static PeerException.Kind ended(Member caller, Member called, int hops, ApplyCall.Reads reads) {
        CompletableFuture<PeerException.Kind> end = new CompletableFuture<>();
        try (LoopEnvironment loop = new LoopEnvironment(1);
                GrpcPeers peers = new GrpcPeers(caller, null, ClusterConfig.defaults(), loop, workers)) {
            loop.execute(() -> peers.apply(called, new ApplyCall(hops, List.of(), List.of(reads)), new ApplySink() {
                @Override
                public void answered(int unit, List<Answer> answers) {
                    assertThat(answers).hasSize(1);
                }

                @Override
                public void ended(PeerException failure) {
                    end.complete(failure == null ? null : failure.kind());
                }
            }));
            return end.join();
        } catch (CompletionException e) {
            throw new AssertionError(e);
        }
    }
}

package dev.odometer.testkit;

import static dev.odometer.testkit.ShardWriter.delete;
import static dev.odometer.testkit.ShardWriter.identity;
import static dev.odometer.testkit.ShardWriter.many;
import static dev.odometer.testkit.ShardWriter.set;
import static dev.odometer.testkit.Stages.join;
import static dev.odometer.testkit.Stages.joinAll;
import static org.assertj.core.api.Assertions.assertThat;

import dev.odometer.engine.model.IdentityId;
import dev.odometer.engine.model.Key;
import dev.odometer.engine.store.BatchId;
import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import dev.odometer.engine.store.CommitOutcome.Committed;
import dev.odometer.engine.store.CommitOutcome.Refused;
import dev.odometer.engine.store.CounterChange;
import dev.odometer.engine.store.CounterRow;
import dev.odometer.engine.store.Head;
import dev.odometer.engine.store.IdentityRow;
import dev.odometer.engine.store.Store.CommitLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What a store promises of heads, conditions and rows while nothing goes wrong. */
abstract class StoreKitCommits extends StoreKitFixture {
    // Heads and acquisition.

    @Test
    void aNewShardHasNoOwner() {
        assertThat(join(store.head(0))).isEqualTo(Head.unowned(0));
        assertThat(join(store.head(store.shards() - 1))).isEqualTo(Head.unowned(store.shards() - 1));
    }

    @Test
    void acquiringRaisesTheEpochAndNamesTheOwner() {
        Head first = join(store.acquire(1, "first"));
        Head second = join(store.acquire(1, "second"));
        assertThat(first.epoch()).isPositive();
        assertThat(first.owner()).isEqualTo("first");
        assertThat(second.epoch()).isGreaterThan(first.epoch());
        assertThat(second.owner()).isEqualTo("second");
        assertThat(join(store.head(1))).isEqualTo(second);
        assertThat(join(store.head(0))).isEqualTo(Head.unowned(0));
    }

    @Test
    void acquirersAtTheSameTimeGetDifferentEpochs() {
        List<CompletionStage<Head>> stages = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            stages.add(store.acquire(0, "node-" + i));
        }
        List<Long> epochs = joinAll(stages).stream().map(Head::epoch).toList();
        assertThat(epochs).doesNotHaveDuplicates();
        assertThat(join(store.head(0)).epoch())
                .isEqualTo(epochs.stream().max(Long::compare).orElseThrow());
    }

    @Test
    void anAcquisitionKeepsTheSequenceTheBatchIdAndTheCount() {
        ShardWriter writer = writer(0);
        writer.write(set("a", 1), set("b", 2));
        Head before = join(store.head(0));
        Head after = join(store.acquire(0, "other"));
        assertThat(after)
                .isEqualTo(new Head(0, after.epoch(), "other", before.sequence(), before.batchId(), before.counters()));
    }

    @Test
    void anAcquisitionSurvivesReopening() throws Exception {
        Head acquired = join(store.acquire(0, "näme with ünicode"));
        reopen();
        assertThat(join(store.head(0))).isEqualTo(acquired);
        assertThat(join(store.acquire(0, "other")).epoch()).isGreaterThan(acquired.epoch());
    }

    // Commits and their condition.

    @Test
    void aCommitMovesTheHeadOn() {
        ShardWriter writer = writer(0);
        Commit commit = writer.write(set("a", 1), set("b", 2));
        Head head = join(store.head(0));
        assertThat(head).isEqualTo(writer.head());
        assertThat(head.isAt(commit)).isTrue();
        assertThat(head.counters()).isEqualTo(2);
    }

    @Test
    void aCommitShowsAllItsRows() {
        ShardWriter writer = writer(0);
        writer.write(writer.commit(
                List.of(set("a", 1), set("b", Long.MIN_VALUE), set("c", Long.MAX_VALUE)),
                List.of(),
                List.of(identity(1, 0), identity(2, 3_000))));
        assertThat(read(0, "a")).isEqualTo(row("a", 1));
        assertThat(scan(0, "")).containsExactly(row("a", 1), row("b", Long.MIN_VALUE), row("c", Long.MAX_VALUE));
        assertThat(identities(0)).containsExactly(identity(1, 0), identity(2, 3_000));
        assertThat(read(1, "a")).isNull();
        assertThat(scan(1, "")).isEmpty();
        assertThat(identities(1)).isEmpty();
    }

    @Test
    void aStaleEpochIsRefusedWithTheCurrentHeadAndChangesNothing() {
        ShardWriter old = writer(0);
        old.write(set("a", 1));
        ShardWriter current = ShardWriter.acquire(store, 0, "other");
        Commit stale = old.commit(List.of(set("a", 99), set("z", 99)), List.of(), List.of(identity(9, 9)));
        assertThat(old.submit(stale)).isEqualTo(new Refused(current.head()));
        assertThat(current.head().isAt(stale)).isFalse();
        assertThat(scan(0, "")).containsExactly(row("a", 1));
        assertThat(identities(0)).isEmpty();
        assertThat(join(store.head(0))).isEqualTo(current.head());
    }

    @Test
    void anEpochThatWasNeverGivenOutIsRefused() {
        ShardWriter writer = writer(0);
        Commit good = writer.commit(set("a", 1));
        Commit early = new Commit(0, good.epoch() + 1, 1, good.batchId(), 1, good.changes(), List.of(), List.of());
        assertThat(writer.submit(early)).isEqualTo(new Refused(writer.head()));
        assertThat(scan(0, "")).isEmpty();
    }

    @Test
    void aShardWithoutAnOwnerTakesNoCommitOfAnEpoch() {
        Commit commit = new Commit(0, 1, 1, new BatchId(1, 1), 1, List.of(set("a", 1)), List.of(), List.of());
        assertThat(join(store.commit(List.of(commit)).get(0))).isEqualTo(new Refused(Head.unowned(0)));
        assertThat(scan(0, "")).isEmpty();
    }

    @Test
    void anOldSequenceAndOneTooNewAreRefusedWithTheCurrentHead() {
        ShardWriter writer = writer(0);
        writer.write(set("a", 1));
        writer.write(set("a", 2));
        Commit next = writer.commit(set("a", 3));
        for (long sequence : new long[] {0, 1, 2, 4, 5, Long.MAX_VALUE}) {
            Commit wrong =
                    new Commit(0, next.epoch(), sequence, next.batchId(), 1, next.changes(), List.of(), List.of());
            assertThat(writer.submit(wrong)).as("sequence " + sequence).isEqualTo(new Refused(writer.head()));
        }
        assertThat(read(0, "a")).isEqualTo(row("a", 2));
        writer.write(next);
        assertThat(read(0, "a")).isEqualTo(row("a", 3));
    }

    @Test
    void anIdenticalResubmissionIsRefusedByItsOwnHeadAndAppliedOnce() {
        ShardWriter writer = writer(0);
        writer.write(writer.commit(List.of(set("a", 1)), List.of(), List.of(identity(1, 10))));
        Commit last = writer.write(writer.commit(List.of(set("a", 2)), List.of(), List.of(identity(2, 10))));
        for (int i = 0; i < 3; i++) {
            CommitOutcome again = writer.submit(last);
            assertThat(again).isEqualTo(new Refused(writer.head()));
            assertThat(((Refused) again).current().isAt(last)).isTrue();
        }
        assertThat(read(0, "a")).isEqualTo(row("a", 2));
        assertThat(identities(0)).containsExactly(identity(1, 10), identity(2, 10));
    }

    @Test
    void anOtherCommitOfTheSameSequenceIsNotTakenForTheOneThatWon() {
        ShardWriter writer = writer(0);
        Commit loser = writer.commit(set("a", 1));
        writer.write(writer.commit(set("a", 2)));
        CommitOutcome outcome = writer.submit(loser);
        assertThat(outcome).isInstanceOf(Refused.class);
        assertThat(((Refused) outcome).current().isAt(loser)).isFalse();
        assertThat(read(0, "a")).isEqualTo(row("a", 2));
    }

    @Test
    void anEmptyCommitMovesTheSequenceOn() throws Exception {
        ShardWriter writer = writer(0);
        Commit empty = writer.write();
        assertThat(join(store.head(0)).isAt(empty)).isTrue();
        reopen();
        assertThat(join(store.head(0)).isAt(empty)).isTrue();
    }

    @Test
    void commitsOfSeveralShardsInOneCallAreDecidedEachByItself() {
        ShardWriter first = writer(0);
        ShardWriter second = writer(1);
        ShardWriter replaced = first;
        ShardWriter owner = ShardWriter.acquire(store, 0, "other");
        List<CommitOutcome> outcomes =
                joinAll(store.commit(List.of(replaced.commit(set("a", 1)), second.commit(set("b", 2)))));
        assertThat(outcomes).containsExactly(new Refused(owner.head()), Committed.INSTANCE);
        assertThat(scan(0, "")).isEmpty();
        assertThat(scan(1, "")).containsExactly(row("b", 2));
    }

    @Test
    void acquiringFencesTheOwnerBeforeWithoutLosingItsCommits() throws Exception {
        ShardWriter old = writer(0);
        old.write(set("a", 1));
        ShardWriter owner = ShardWriter.acquire(store, 0, "other");
        assertThat(owner.head().sequence()).isEqualTo(1);
        assertThat(old.submit(old.commit(set("a", 5)))).isInstanceOf(Refused.class);
        assertThat(read(0, "a")).isEqualTo(row("a", 1));
        reopen();
        assertThat(old.on(store).submit(old.commit(set("a", 6)))).isInstanceOf(Refused.class);
        assertThat(read(0, "a")).isEqualTo(row("a", 1));
    }

    // Rows.

    @Test
    void aCounterThatIsDeletedIsGone() throws Exception {
        ShardWriter writer = writer(0);
        writer.write(set("a", 1), set("b", 2), set("c", 3));
        writer.write(delete("b"), delete("never there"));
        assertThat(read(0, "b")).isNull();
        assertThat(scan(0, "")).containsExactly(row("a", 1), row("c", 3));
        assertThat(join(store.head(0)).counters()).isEqualTo(2);
        reopen();
        assertThat(scan(0, "")).containsExactly(row("a", 1), row("c", 3));
        writer = writer.on(store);
        writer.write(set("b", 4));
        assertThat(scan(0, "")).containsExactly(row("a", 1), row("b", 4), row("c", 3));
        assertThat(join(store.head(0)).counters()).isEqualTo(3);
    }

    @Test
    void forgottenIdentitiesAreRemovedBeforeNewOnesAreWritten() throws Exception {
        ShardWriter writer = writer(0);
        writer.write(writer.commit(List.of(), List.of(), List.of(identity(1, 5), identity(2, 5), identity(3, 5))));
        IdentityRow again = new IdentityRow(new IdentityId(0, 2), 77, 7, 8, 9, new byte[] {1, 2, 3});
        writer.write(writer.commit(
                List.of(), List.of(new IdentityId(0, 1), new IdentityId(0, 2), new IdentityId(9, 9)), List.of(again)));
        assertThat(identities(0)).containsExactly(again, identity(3, 5));
        reopen();
        assertThat(identities(0)).containsExactly(again, identity(3, 5));
    }

    @Test
    void anIdentityRowReplacesTheOneOfItsId() {
        ShardWriter writer = writer(0);
        writer.write(writer.commit(List.of(), List.of(), List.of(identity(1, 5))));
        IdentityRow newer = new IdentityRow(new IdentityId(0, 1), 2, 3, 4, 5, new byte[300]);
        writer.write(writer.commit(List.of(), List.of(), List.of(newer)));
        assertThat(identities(0)).containsExactly(newer);
    }

    @Test
    void scansAreInTheOrderOfTheKeysBytesUnsigned() throws Exception {
        ShardWriter writer = writer(0);
        List<String> keys =
                List.of("b", "a", "aa", "ab", "a/b", "é", "z", "€", "~", "A", "\uD83D\uDE00", "x".repeat(256));
        writer.write(keys.stream().map(key -> set(key, 1)).toArray(CounterChange[]::new));
        List<Key> sorted = keys.stream().map(Key::of).sorted().toList();
        assertThat(scan(0, "")).extracting(CounterRow::key).containsExactlyElementsOf(sorted);
        reopen();
        assertThat(scan(0, "")).extracting(CounterRow::key).containsExactlyElementsOf(sorted);
    }

    @Test
    void scansKeepToPrefixAfterAndLimit() throws Exception {
        ShardWriter writer = writer(0);
        writer.write(set("a", 1), set("b", 2), set("b/1", 3), set("b/2", 4));
        writer.write(set("b/3", 5), set("bb", 6), set("c", 7), delete("b/2"));
        for (int round = 0; round < 2; round++) {
            assertThat(scan(0, "b/")).containsExactly(row("b/1", 3), row("b/3", 5));
            assertThat(scan(0, "b")).extracting(CounterRow::value).containsExactly(2L, 3L, 5L, 6L);
            assertThat(scan(0, "nothing")).isEmpty();
            assertThat(scan(0, "", "b/1", 2)).containsExactly(row("b/3", 5), row("bb", 6));
            assertThat(scan(0, "b/", "b/1", 9)).containsExactly(row("b/3", 5));
            assertThat(scan(0, "b/", "a", 9)).containsExactly(row("b/1", 3), row("b/3", 5));
            assertThat(scan(0, "b/", "c", 9)).isEmpty();
            assertThat(scan(0, "", "b/11", 1)).containsExactly(row("b/3", 5));
            assertThat(scan(0, "", null, 1)).containsExactly(row("a", 1));
            assertThat(scan(0, "", "c", 1)).isEmpty();
            reopen();
        }
    }

    @Test
    void pagesOfAScanMakeUpTheWhole() {
        ShardWriter writer = writer(0);
        writer.write(writer.commit(many("k/", 500), List.of(), List.of()));
        writer.write(delete("k/7"), set("k/8", -8));
        List<CounterRow> pages = new ArrayList<>();
        List<CounterRow> page;
        do {
            Key after = pages.isEmpty() ? null : pages.get(pages.size() - 1).key();
            page = join(store.scan(0, new byte[0], after, 33));
            pages.addAll(page);
        } while (page.size() == 33);
        assertThat(pages).hasSize(499).isEqualTo(scan(0, ""));
    }

    @Test
    void identitiesAreInTheUnsignedOrderOfTheirIdsAndInPages() throws Exception {
        ShardWriter writer = writer(0);
        List<IdentityRow> rows = new ArrayList<>();
        for (long high : new long[] {-1, 1, 0, Long.MIN_VALUE, Long.MAX_VALUE}) {
            for (long low : new long[] {-5, 3, 0}) {
                rows.add(new IdentityRow(new IdentityId(high, low), high, low, 1, 2, new byte[] {(byte) low}));
            }
        }
        writer.write(writer.commit(List.of(), List.of(), rows));
        rows.sort((a, b) -> a.id().compareTo(b.id()));
        for (int round = 0; round < 2; round++) {
            assertThat(identities(0)).isEqualTo(rows);
            assertThat(join(store.identities(0, rows.get(3).id(), 4))).isEqualTo(rows.subList(4, 8));
            assertThat(join(store.identities(0, rows.get(14).id(), 4))).isEmpty();
            reopen();
        }
    }

    @Test
    void aCommitOfTheLargestSizeIsTaken() throws Exception {
        CommitLimits limits = store.commitLimits();
        ShardWriter writer = writer(0);
        writer.write(writer.commit(many("m/", limits.maxRows()), List.of(), List.of()));
        List<IdentityRow> identities = new ArrayList<>();
        for (int bytes = 0; ; ) {
            bytes += CommitLimits.ROW_OVERHEAD + IdentityRow.MAX_ANSWER_BYTES;
            if (bytes > limits.maxBytes()) {
                break;
            }
            identities.add(identity(identities.size() + 1, IdentityRow.MAX_ANSWER_BYTES));
        }
        writer.write(writer.commit(List.of(), List.of(), identities));
        reopen();
        assertThat(scan(0, "")).hasSize(limits.maxRows());
        assertThat(identities(0)).isEqualTo(identities);
    }

    @Test
    void thousandsOfCommitsAreAllThereAfterReopening() throws Exception {
        ShardWriter writer = writer(0);
        int commits = steps(3_000);
        for (int i = 1; i <= commits; i++) {
            writer.write(set("n" + i % 7, i), set("k" + i, i));
        }
        reopen();
        assertThat(join(store.head(0))).isEqualTo(writer.head());
        assertThat(read(0, "n3")).isEqualTo(row("n3", commits - (commits - 3) % 7));
        assertThat(scan(0, "k")).hasSize(commits);
    }
}

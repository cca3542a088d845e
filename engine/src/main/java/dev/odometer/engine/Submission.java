package dev.odometer.engine;

import dev.odometer.engine.store.Commit;
import dev.odometer.engine.store.CommitOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A group's commit on its way to the store, and where the outcome goes. */
record Submission(CommitPipeline pipeline, int generation, Group group) {

    /** Hands commits of different shards to the store together, and brings each outcome back on the engine's thread. */
    static void submit(EngineContext context, List<Submission> submissions) {
        List<Commit> commits = new ArrayList<>(submissions.size());
        for (int i = 0; i < submissions.size(); i++) {
            commits.add(Objects.requireNonNull(submissions.get(i).group.commit));
        }
        List<CompletionStage<CommitOutcome>> stages = context.store.commit(commits);
        int from = 0;
        while (from < stages.size()) {
            CompletionStage<CommitOutcome> stage = stages.get(from);
            int to = from + 1;
            while (to < stages.size() && stages.get(to) == stage) {
                to++; // a store may answer several commits with one stage: one hop between threads, then
            }
            await(context, stage, from == 0 && to == stages.size() ? submissions : submissions.subList(from, to));
            from = to;
        }
    }

    private static void await(
            EngineContext context, CompletionStage<CommitOutcome> stage, List<Submission> submissions) {
        if (stage instanceof CompletableFuture<CommitOutcome> future
                && future.isDone()
                && !future.isCompletedExceptionally()) {
            deliver(submissions, future.join());
            return;
        }
        stage.whenComplete((outcome, error) -> context.environment.execute(
                () -> deliver(submissions, error == null ? outcome : new CommitOutcome.Unknown(error))));
    }

    private static void deliver(List<Submission> submissions, CommitOutcome outcome) {
        for (int i = 0; i < submissions.size(); i++) {
            Submission submission = submissions.get(i);
            submission.pipeline.outcome(submission.generation, submission.group, outcome);
        }
    }
}

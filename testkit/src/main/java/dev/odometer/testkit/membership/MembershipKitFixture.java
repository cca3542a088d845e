package dev.odometer.testkit.membership;

import static dev.odometer.testkit.Stages.join;
import static org.awaitility.Awaitility.await;

import dev.odometer.engine.membership.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator and the members of one test. */
abstract class MembershipKitFixture {
    private static final Duration LONG = Duration.ofSeconds(60);

    /** The directory of the coordinator, and of what processes say. */
    @TempDir
    protected Path directory;

    /** The coordinator of this test; it runs. */
    protected CoordinatorServer coordinator;

    private final List<Watched> watched = new ArrayList<>();
    private final List<MemberProcess> processes = new ArrayList<>();
    private int incarnations;

    /** A coordinator, not yet started, in an empty directory. */
    protected abstract CoordinatorServer server(Path home);

    /** How memberships are opened. */
    protected abstract MembershipDriver driver();

    /** Takes the entry of a member away, behind its back. */
    protected abstract void removeEntry(String address, String name);

    @BeforeEach
    void startTheCoordinator() {
        coordinator = server(directory);
        coordinator.start();
    }

    @AfterEach
    void stopEverything() {
        processes.forEach(MemberProcess::close);
        watched.forEach(w -> w.membership.close());
        coordinator.close();
    }

    Member member(String name) {
        int number = ++incarnations;
        return new Member(name, "i" + number, "127.0.0.1:" + (7_000 + number), "127.0.0.1:80", "", "1.0", number);
    }

    Watched open(String name) {
        Watched opened = new Watched(driver().open(coordinator.address()), member(name));
        watched.add(opened);
        return opened;
    }

    Watched joined(String name) {
        Watched opened = open(name);
        join(opened.membership.join(opened.self));
        return opened;
    }

    MemberProcess process(Member self) {
        MemberProcess process =
                new MemberProcess(driver(), coordinator.address(), self, directory.resolve("process-output.txt"));
        processes.add(process);
        return process;
    }

    static String tag(Member member) {
        return member.name() + "/" + member.incarnation();
    }

    static <T> T last(List<T> list) {
        return list.get(list.size() - 1);
    }

    static void until(Callable<Boolean> condition) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(10)).until(condition);
    }
}

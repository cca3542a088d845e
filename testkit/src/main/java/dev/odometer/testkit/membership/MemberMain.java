package dev.odometer.testkit.membership;

import dev.odometer.engine.membership.Member;
import dev.odometer.engine.membership.Membership;
import dev.odometer.engine.membership.MembershipView;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A member that is a process of its own, so that it can be killed and paused. It prints what it believes, every few
 * milliseconds, and ends with its standard input; a line on that makes it leave first.
 */
public final class MemberMain {
    private static final int EVERY_MILLIS = 5;

    private MemberMain() {}

    /** Takes the class of the driver, the coordinator's address, and the member as text. */
    public static void main(String[] args) throws ReflectiveOperationException, IOException {
        MembershipDriver driver = Class.forName(args[0])
                .asSubclass(MembershipDriver.class)
                .getConstructor()
                .newInstance();
        Membership membership = driver.open(args[1]);
        Member self = Member.decode(args[2].replace('|', '\n'));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "sampler");
            thread.setDaemon(true);
            return thread;
        });
        var sampling =
                sampler.scheduleWithFixedDelay(() -> sample(membership, out), 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
        membership.join(self).whenComplete((done, failure) -> {
            if (failure != null) {
                out.println("failed " + failure.getMessage());
            }
        });
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        if (in.readLine() != null) {
            membership.close();
            sampling.cancel(false);
        }
        Runtime.getRuntime().halt(0);
    }

    private static void sample(Membership membership, PrintStream out) {
        long confirmed = membership.confirmedNanos();
        long now = System.nanoTime();
        MembershipView view = membership.view();
        if (membership.confirmedNanos() == confirmed) {
            String members = view.members().stream()
                    .map(m -> m.name() + "/" + m.incarnation())
                    .collect(Collectors.joining(","));
            out.println("sample " + now + " " + confirmed + " " + view.state() + " " + members);
        }
    }
}

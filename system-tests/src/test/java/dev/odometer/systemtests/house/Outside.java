package dev.odometer.systemtests.house;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The ways in which code can reach the world by itself: clocks, randomness, threads. Calls and method references count
 * alike, so {@code System::nanoTime} is found too.
 */
final class Outside {

    private static final Set<String> RANDOM_TYPES = Set.of(
            "java.util.Random",
            "java.util.SplittableRandom",
            "java.util.concurrent.ThreadLocalRandom",
            "java.util.random.RandomGeneratorFactory",
            "java.security.SecureRandom");

    private static final Set<String> THREAD_TYPES = Set.of(
            "java.util.Timer",
            "java.util.concurrent.Executors",
            "java.util.concurrent.ForkJoinPool",
            "java.util.concurrent.ForkJoinTask",
            "java.util.concurrent.RecursiveAction",
            "java.util.concurrent.RecursiveTask",
            "java.util.concurrent.ScheduledThreadPoolExecutor",
            "java.util.concurrent.ThreadPoolExecutor",
            "java.lang.Process",
            "java.lang.ProcessBuilder");

    /** {@code CompletableFuture}'s own timer, which is a thread and a clock at once. */
    private static final Set<String> FUTURE_TIMERS = Set.of("orTimeout", "completeOnTimeout", "delayedExecutor");

    private Outside() {}

    static ArchCondition<JavaClass> readNoClock() {
        return access("read no clock: it is a parameter", target -> {
            String owner = target.getOwner().getName();
            String name = target.getName();
            return switch (owner) {
                case "java.lang.System" -> name.equals("currentTimeMillis") || name.equals("nanoTime");
                case "java.time.Clock" -> name.startsWith("system") || name.startsWith("tick");
                case "java.util.Date" -> hasNoParameters(target);
                case "java.util.Calendar" -> name.equals("getInstance");
                default -> owner.startsWith("java.time.") && name.equals("now");
            };
        });
    }

    static ArchCondition<JavaClass> drawNoRandomness() {
        return access("draw no randomness: its source is a parameter", target -> {
            String owner = target.getOwner().getName();
            String name = target.getName();
            return RANDOM_TYPES.contains(owner)
                    || (owner.equals("java.util.UUID") && name.equals("randomUUID"))
                    || (owner.endsWith("Math") && owner.startsWith("java.lang.") && name.equals("random"))
                    || (owner.equals("java.util.random.RandomGenerator")
                            && (name.equals("getDefault") || name.equals("of")))
                    || (owner.equals("java.util.Collections") && name.equals("shuffle") && parameters(target) == 1);
        });
    }

    static ArchCondition<JavaClass> startNoThread() {
        return access("start no thread and never wait: the executor is a parameter", target -> {
            String owner = target.getOwner().getName();
            String name = target.getName();
            return THREAD_TYPES.contains(owner)
                    || (owner.equals("java.lang.Thread")
                            && Set.of("<init>", "sleep", "start").contains(name))
                    || (owner.equals("java.util.concurrent.CompletableFuture") && leavesTheCallersThread(target))
                    || (owner.equals("java.lang.Object") && name.equals("wait"))
                    || (owner.equals("java.util.concurrent.locks.LockSupport") && name.startsWith("park"))
                    || name.equals("parallelStream");
        });
    }

    private static boolean leavesTheCallersThread(AccessTarget target) {
        if (FUTURE_TIMERS.contains(target.getName())) {
            return true;
        }
        return target.getName().endsWith("Async")
                && target instanceof AccessTarget.CodeUnitAccessTarget codeUnit
                && codeUnit.getRawParameterTypes().stream()
                        .noneMatch(type -> type.getName().equals("java.util.concurrent.Executor"));
    }

    private static boolean hasNoParameters(AccessTarget target) {
        return target.getName().equals("<init>") && parameters(target) == 0;
    }

    private static int parameters(AccessTarget target) {
        return target instanceof AccessTarget.CodeUnitAccessTarget codeUnit
                ? codeUnit.getRawParameterTypes().size()
                : -1;
    }

    private static ArchCondition<JavaClass> access(String description, Predicate<AccessTarget> forbidden) {
        return new ArchCondition<>(description) {
            @Override
            public void check(JavaClass c, ConditionEvents events) {
                for (JavaAccess<?> access : c.getAccessesFromSelf()) {
                    if (forbidden.test(access.getTarget())) {
                        events.add(SimpleConditionEvent.violated(access, access.getDescription()));
                    }
                }
            }
        };
    }
}

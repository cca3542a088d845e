package dev.odometer.systemtests.house;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** Which module a class belongs to, by its package. */
final class Modules {

    private static final String ROOT = "dev.odometer.";

    private Modules() {}

    /** The module as the packages name it: {@code engine}, {@code store.rocksdb}. */
    static String of(JavaClass c) {
        String[] words = (c.getPackageName() + ".").substring(ROOT.length()).split("\\.", 3);
        boolean driver = words.length > 1 && (words[0].equals("store") || words[0].equals("membership"));
        return driver ? words[0] + "." + words[1] : words[0];
    }

    static ArchCondition<JavaClass> keepToTheirOwnInternals() {
        return new ArchCondition<>("use no internal package of another module") {
            @Override
            public void check(JavaClass c, ConditionEvents events) {
                for (Dependency dependency : c.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    if (isInternal(target) && !of(target).equals(of(c))) {
                        events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
                    }
                }
            }
        };
    }

    private static boolean isInternal(JavaClass c) {
        return c.getPackageName().startsWith(ROOT) && (c.getPackageName() + ".").contains(".internal.");
    }
}

package dev.odometer.systemtests.house;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which modules and packages may depend on which. */
class ArchitectureTest {

    private static final String ENGINE = "dev.odometer.engine..";
    private static final String STORES = "dev.odometer.store..";

    /** What the engine may use of the platform besides {@code java.lang}: values and collections, nothing that acts. */
    private static final String[] ENGINE_MAY_USE = {
        ENGINE,
        "org.jspecify..",
        "java.lang..",
        "java.math..",
        "java.nio",
        "java.nio.charset..",
        "java.security",
        "java.text..",
        "java.time..",
        "java.util..",
        "javax.annotation.."
    };

    /** Exceptions and markers that carry no I/O themselves. */
    private static final Set<String> HARMLESS_IO_TYPES =
            Set.of("java.io.IOException", "java.io.UncheckedIOException", "java.io.Serializable");

    private static JavaClasses production;

    @BeforeAll
    static void read_the_classes_of_all_modules() {
        production = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("/jmh_generated/"))
                .importPackages("dev.odometer");
    }

    @Test
    void every_module_is_seen_by_these_rules() {
        Set<String> seen = new TreeSet<>();
        production.forEach(c -> seen.add(Modules.of(c)));
        assertThat(seen)
                .contains(
                        "engine",
                        "testkit",
                        "store.rocksdb",
                        "store.cassandra",
                        "server",
                        "cli",
                        "simulation",
                        "benchmarks",
                        "cluster");
    }

    @Test
    void a_store_driver_depends_on_the_engine_alone() {
        hold(noClasses()
                .that()
                .resideInAPackage(STORES)
                .should()
                .dependOnClassesThat(ours().and(describe(
                        "are neither the engine's nor a store's", c -> !in(c, ENGINE) && !in(c, STORES)))));
    }

    @Test
    void store_drivers_do_not_know_each_other() {
        hold(slices().matching("dev.odometer.store.(*)..").should().notDependOnEachOther());
    }

    @Test
    void the_engine_depends_on_no_other_module() {
        hold(noClasses()
                .that()
                .resideInAPackage(ENGINE)
                .should()
                .dependOnClassesThat(ours().and(describe("are not the engine's", c -> !in(c, ENGINE)))));
    }

    @Test
    void the_engine_uses_no_library_and_no_input_or_output() {
        hold(classes()
                .that()
                .resideInAPackage(ENGINE)
                .should()
                .onlyDependOnClassesThat(describe(
                        "are values and collections of the platform",
                        c -> in(c.getBaseComponentType(), ENGINE_MAY_USE)
                                || c.getBaseComponentType().isPrimitive()
                                || HARMLESS_IO_TYPES.contains(
                                        c.getBaseComponentType().getName()))));
    }

    @Test
    void the_engine_reads_no_clock() {
        hold(classes().that().resideInAPackage(ENGINE).should(Outside.readNoClock()));
    }

    @Test
    void the_engine_draws_no_randomness() {
        hold(classes().that().resideInAPackage(ENGINE).should(Outside.drawNoRandomness()));
    }

    @Test
    void the_engine_starts_no_thread_and_never_waits() {
        hold(classes().that().resideInAPackage(ENGINE).should(Outside.startNoThread()));
    }

    @Test
    void a_cluster_knows_neither_the_doors_nor_what_its_store_and_coordinator_are() {
        hold(noClasses()
                .that()
                .resideInAPackage("dev.odometer.cluster..")
                .should()
                .dependOnClassesThat(ours().and(describe(
                        "are neither the engine's nor the cluster's",
                        c -> !in(c, ENGINE) && !in(c, "dev.odometer.cluster..")))));
    }

    @Test
    void the_server_does_not_know_which_store_it_runs_on() {
        hold(noClasses()
                .that()
                .resideInAPackage("dev.odometer.server..")
                .should()
                .dependOnClassesThat(resideInAPackage(STORES)));
    }

    @Test
    void production_code_does_not_use_what_is_for_tests() {
        hold(noClasses()
                .that()
                .resideInAnyPackage(
                        ENGINE, STORES, "dev.odometer.cluster..", "dev.odometer.server..", "dev.odometer.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.odometer.testkit..",
                        "dev.odometer.simulation..",
                        "dev.odometer.benchmarks..",
                        "org.junit..",
                        "org.assertj.."));
    }

    @Test
    void no_packages_depend_on_each_other_in_a_circle() {
        hold(slices().assignedFrom(eachPackage()).should().beFreeOfCycles());
    }

    @Test
    void internal_packages_are_used_by_their_own_module_only() {
        hold(classes()
                .that(ours().and(describe(
                        "are not exempt", c -> !in(c, "dev.odometer.testkit..", "dev.odometer.simulation.."))))
                .should(Modules.keepToTheirOwnInternals()));
    }

    private static void hold(ArchRule rule) {
        rule.allowEmptyShould(true).check(production);
    }

    private static DescribedPredicate<JavaClass> ours() {
        return resideInAPackage("dev.odometer..");
    }

    private static boolean in(JavaClass c, String... packages) {
        return JavaClass.Predicates.resideInAnyPackage(packages).test(c);
    }

    private static SliceAssignment eachPackage() {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass c) {
                return in(c, "dev.odometer..") ? SliceIdentifier.of(c.getPackageName()) : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "packages of Odometer";
            }
        };
    }
}

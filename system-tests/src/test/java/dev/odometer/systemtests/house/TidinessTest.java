package dev.odometer.systemtests.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** How the files of the repository have to look. Each failure names the file and, where it can, the line. */
class TidinessTest {

    private static final int MAX_FILE_LINES = 500;
    private static final int MAX_METHOD_LINES = 70;
    private static final int MAX_COLUMNS = 120;

    // Written so that they do not find themselves.
    private static final Pattern LEFT_FOR_LATER = Pattern.compile("\\b(?:TO[D]O|FIX[M]E|XX[X]|HAC[K])\\b");
    private static final Pattern SLEEP =
            Pattern.compile("\\b(?:Thread|TimeUnit\\s*\\.\\s*\\w+)\\s*\\.\\s*sleep\\s*\\(");
    private static final Pattern SOMEBODYS_MACHINE = Pattern.compile("(?<![\\w.}/-])/(?:root|work|home/[a-z]\\w*)/"
            + "|\\brepo1?\\.maven\\b|\\bregistry\\.npmjs\\b|\\bdeb\\.debian\\b");

    private final Checkout checkout = Checkout.here();

    @Test
    void the_checkout_is_found() {
        assertThat(checkout.files(".java")).hasSizeGreaterThan(5);
        assertThat(checkout.files().stream().map(checkout::relative)).contains("pom.xml", "engine/pom.xml");
    }

    @Test
    void no_java_file_is_longer_than_500_lines() {
        assertThat(checkout.files(".java"))
                .filteredOn(file -> lines(file) > MAX_FILE_LINES)
                .extracting(file -> checkout.relative(file) + ": " + lines(file) + " lines")
                .isEmpty();
    }

    @Test
    void no_method_is_longer_than_70_lines() {
        assertThat(MethodLengths.of(checkout.files(".java")))
                .filteredOn(length -> length.lines() > MAX_METHOD_LINES)
                .extracting(l -> checkout.relative(l.file()) + ": " + l.method() + " has " + l.lines() + " lines")
                .isEmpty();
    }

    @Test
    void no_java_line_is_wider_than_120_columns() {
        assertThat(found(".java", f -> true, line -> line.length() > MAX_COLUMNS && !line.contains("://")))
                .isEmpty();
    }

    @Test
    void tests_do_not_sleep() {
        Predicate<String> test =
                file -> file.contains("/src/test/") || file.startsWith("testkit/") || file.startsWith("simulation/");
        assertThat(found(".java", test.and(file -> !file.startsWith("system-tests/")), matches(SLEEP)))
                .as("A test waits for what it waits for, or drives the clock")
                .isEmpty();
    }

    @Test
    void nothing_is_left_for_later() {
        assertThat(found("", f -> true, matches(LEFT_FOR_LATER))).isEmpty();
    }

    @Test
    void nothing_names_a_path_or_host_of_somebodys_machine() {
        assertThat(found("", f -> true, matches(SOMEBODYS_MACHINE))).isEmpty();
    }

    @Test
    void links_between_documents_lead_somewhere() {
        List<String> dead = new ArrayList<>();
        for (Path file : checkout.files(".md")) {
            MarkdownLinks.dead(file).forEach(link -> dead.add(checkout.relative(file) + ": " + link));
        }
        assertThat(dead).isEmpty();
    }

    @Test
    void every_package_says_what_it_is() {
        assertThat(checkout.files(".java"))
                .filteredOn(file -> checkout.relative(file).contains("/src/main/java/"))
                .filteredOn(file -> !Files.exists(file.resolveSibling("package-info.java")))
                .extracting(file -> checkout.relative(file.getParent()) + " has no package-info.java")
                .isEmpty();
        assertThat(checkout.files("package-info.java"))
                .filteredOn(file -> !Checkout.text(file).contains("@NullMarked"))
                .extracting(file -> checkout.relative(file) + " is not @NullMarked")
                .isEmpty();
    }

    private List<String> found(String ending, Predicate<String> files, Predicate<String> wrong) {
        List<String> found = new ArrayList<>();
        for (Path file : checkout.files(ending)) {
            if (files.test(checkout.relative(file))) {
                List<String> lines = Checkout.text(file).lines().toList();
                for (int i = 0; i < lines.size(); i++) {
                    if (wrong.test(lines.get(i))) {
                        found.add(checkout.relative(file) + ":" + (i + 1) + ": "
                                + lines.get(i).strip());
                    }
                }
            }
        }
        return found;
    }

    private static Predicate<String> matches(Pattern pattern) {
        return pattern.asPredicate();
    }

    private static long lines(Path file) {
        return Checkout.text(file).lines().count();
    }
}

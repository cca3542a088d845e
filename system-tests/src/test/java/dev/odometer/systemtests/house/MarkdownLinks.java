package dev.odometer.systemtests.house;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds links of a Markdown file to files or headings that are not there. Links to other hosts are not followed. */
final class MarkdownLinks {

    private static final Pattern CODE = Pattern.compile("(?ms)^\\s*```.*?^\\s*```|`[^`\\n]*`");
    private static final Pattern FENCED = Pattern.compile("(?ms)^\\s*```.*?^\\s*```");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)(?:\\s+\"[^\"]*\")?\\)");
    private static final Pattern SCHEME = Pattern.compile("^[a-z][a-z0-9+.-]*:");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6}\\s+(.+?)\\s*#*$");

    private MarkdownLinks() {}

    static List<String> dead(Path file) {
        List<String> dead = new ArrayList<>();
        Matcher link = LINK.matcher(CODE.matcher(Checkout.text(file)).replaceAll(""));
        while (link.find()) {
            if (!SCHEME.matcher(link.group(1)).find() && !leadsSomewhere(file, link.group(1))) {
                dead.add(link.group(1));
            }
        }
        return dead;
    }

    private static boolean leadsSomewhere(Path from, String link) {
        int hash = link.indexOf('#');
        String path = hash < 0 ? link : link.substring(0, hash);
        Path target = path.isEmpty() ? from : from.resolveSibling(path);
        if (!Files.exists(target)) {
            return false;
        }
        return hash < 0 || !target.toString().endsWith(".md") || anchors(target).contains(link.substring(hash + 1));
    }

    /** The anchors that GitHub gives to headings: lower case, no punctuation, a hyphen for each space. */
    private static Set<String> anchors(Path file) {
        Set<String> anchors = new HashSet<>();
        Matcher heading = HEADING.matcher(FENCED.matcher(Checkout.text(file)).replaceAll(""));
        while (heading.find()) {
            String text = heading.group(1).toLowerCase(Locale.ROOT);
            anchors.add(text.replaceAll("[^\\p{L}\\p{N}\\s_-]", "").replace(' ', '-'));
        }
        return anchors;
    }
}

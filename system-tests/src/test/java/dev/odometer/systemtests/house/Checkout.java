package dev.odometer.systemtests.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The files of this checkout that people write, as opposed to what builds and editors leave behind. */
final class Checkout {

    private static final Set<String> HIDDEN_BUT_OURS =
            Set.of(".ci", ".mvn", ".editorconfig", ".gitattributes", ".gitignore");
    private static final Set<String> NOT_OURS = Set.of("target", "odometer-data", "node_modules");

    private final Path root;

    private Checkout(Path root) {
        this.root = root;
    }

    /** Finds the checkout from the directory that the test runs in, whichever module's that is. */
    static Checkout here() {
        Path dir = Path.of("").toAbsolutePath();
        while (dir != null && !Files.isDirectory(dir.resolve(".mvn"))) {
            dir = dir.getParent();
        }
        if (dir == null) {
            throw new IllegalStateException("Not inside a checkout: no parent directory has a .mvn folder");
        }
        return new Checkout(dir);
    }

    String relative(Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }

    List<Path> files(String ending) {
        return files().stream().filter(f -> f.toString().endsWith(ending)).toList();
    }

    List<Path> files() {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
                    return dir.equals(root) || isOurs(dir) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile() && isOurs(file)) {
                        found.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        found.sort(null);
        return found;
    }

    /** The text, or an empty one for a file that is not text. */
    static String text(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            String text = new String(bytes, StandardCharsets.UTF_8);
            return text.indexOf('\0') >= 0 ? "" : text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOurs(Path path) {
        String name = path.getFileName().toString();
        return !NOT_OURS.contains(name) && (!name.startsWith(".") || HIDDEN_BUT_OURS.contains(name));
    }
}

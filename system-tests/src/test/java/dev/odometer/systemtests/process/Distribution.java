package dev.odometer.systemtests.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The program as this build made it, started through the launcher that users start it with. */
public final class Distribution {
    private Distribution() {}

    /** The checkout's root. */
    public static Path checkout() {
        Path dir = Path.of("").toAbsolutePath();
        while (dir != null && !Files.isDirectory(dir.resolve(".mvn"))) {
            dir = dir.getParent();
        }
        if (dir == null) {
            throw new IllegalStateException("not inside a checkout: no parent directory has a .mvn folder");
        }
        return dir;
    }

    /** A process of {@code ./odometer ARGUMENTS} that builds nothing and knows no setting of the environment. */
    public static ProcessBuilder command(List<String> arguments) {
        Path root = checkout();
        if (!Files.isDirectory(root.resolve("cli/target/odometer/lib"))) {
            throw new IllegalStateException("the program is not built: run 'mvn -P program -pl cli -am package' first");
        }
        List<String> command = new ArrayList<>();
        command.add(root.resolve("odometer").toString());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("ODOMETER_"));
        environment.put("ODOMETER_BUILD", "never");
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        return builder;
    }
}

package dev.odometer.cli.console;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Everything that a command takes from outside, so that tests can give it something else.
 *
 * @param in standard input
 * @param out standard output, always UTF-8; flushed by the command
 * @param err standard error, always UTF-8
 * @param environment the process's variables
 * @param wallMillis milliseconds since 1970
 * @param nanos a clock that never goes back
 * @param random for identities and for spreading retries
 * @param pause waits
 * @param terminal whether a person watches standard output
 */
public record Surroundings(
        InputStream in,
        PrintWriter out,
        PrintWriter err,
        Map<String, String> environment,
        LongSupplier wallMillis,
        LongSupplier nanos,
        RandomGenerator random,
        Pause pause,
        boolean terminal) {

    /** Waits. */
    @FunctionalInterface
    public interface Pause {
        /** Returns after this many milliseconds. */
        void millis(long millis) throws InterruptedException;
    }

    /** Those of this process. */
    public static Surroundings ofProcess() {
        return new Surroundings(
                System.in,
                writer(FileDescriptor.out),
                writer(FileDescriptor.err),
                System.getenv(),
                System::currentTimeMillis,
                System::nanoTime,
                new SecureRandom(),
                Thread::sleep,
                isTerminal());
    }

    /**
     * Whether standard output is a terminal. Up to Java 21 there is a console only where it is; later ones have to
     * be asked.
     */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            return true;
        }
    }

    private static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8), false);
    }
}

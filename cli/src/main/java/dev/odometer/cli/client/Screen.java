package dev.odometer.cli.client;

import dev.odometer.cli.client.Watch.Row;
import dev.odometer.cli.console.Display;
import dev.odometer.cli.console.Surroundings;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;

/** Where {@code watch} draws: a terminal, drawn again in place, or plain lines. Thread-confined. */
class Screen implements AutoCloseable {
    private final PrintWriter out;
    private final PrintWriter err;
    private boolean begun;

    private Screen(Surroundings surroundings) {
        this.out = surroundings.out();
        this.err = surroundings.err();
    }

    static Screen of(Surroundings surroundings, boolean terminal) {
        return terminal ? new Terminal(surroundings) : new Screen(surroundings);
    }

    /** Shows a look at the counters. */
    void show(String title, Instant time, List<Row> rows) {
        int width = keyWidth(rows);
        String format = "%-20s  %-" + width + "s  %20s  %15s  %15s%n";
        if (!begun) {
            begun = true;
            out.printf(format, "TIME", "KEY", "VALUE", "DELTA", "RATE/S");
        }
        for (Row row : rows) {
            out.printf(format, time, Display.key(row.key()), row.value(), row.deltaText(), row.rateText());
        }
        out.flush();
    }

    /** Shows a message between two looks. */
    void note(String message) {
        err.println("odometer: " + message);
        err.flush();
    }

    @Override
    public void close() {
        out.flush();
    }

    private static int keyWidth(List<Row> rows) {
        return Math.max(
                20,
                rows.stream()
                        .mapToInt(row -> Display.key(row.key()).length())
                        .max()
                        .orElse(0));
    }

    /** A terminal: hides the cursor and reads single keys while it is open, and puts both back, also on Ctrl-C. */
    private static final class Terminal extends Screen {
        private static final String ESC = "\u001b[";

        private final PrintWriter out;
        private final Thread restore = new Thread(this::restore, "restore-terminal");

        Terminal(Surroundings surroundings) {
            super(surroundings);
            this.out = surroundings.out();
            Runtime.getRuntime().addShutdownHook(restore);
            stty("-icanon -echo min 1");
            out.print(ESC + "?25l" + ESC + "2J");
            Thread caller = Thread.currentThread();
            Thread keys = new Thread(() -> awaitQ(surroundings, caller), "keys");
            keys.setDaemon(true);
            keys.start();
        }

        @Override
        void show(String title, Instant time, List<Row> rows) {
            String format = "%-" + keyWidth(rows) + "s  %20s  %15s  %15s" + ESC + "K%n";
            out.print(ESC + "H" + title + ESC + "K\r\n" + ESC + "K\r\n" + ESC + "1m");
            out.printf(format, "KEY", "VALUE", "DELTA", "RATE/S");
            out.print(ESC + "0m");
            for (Row row : rows) {
                out.printf(
                        format, Display.key(row.key()), Display.number(row.value()), row.deltaText(), row.rateText());
            }
            out.print(ESC + "J\r\nq ends");
            out.flush();
        }

        @Override
        void note(String message) {
            out.print("\r" + message + ESC + "K");
            out.flush();
        }

        @Override
        public void close() {
            Runtime.getRuntime().removeShutdownHook(restore);
            restore();
        }

        private void restore() {
            out.print(ESC + "?25h\r\n");
            out.flush();
            stty("sane");
        }

        private static void awaitQ(Surroundings surroundings, Thread caller) {
            try {
                int c;
                do {
                    c = surroundings.in().read();
                } while (c != 'q' && c != 'Q' && c >= 0);
                if (c >= 0) {
                    caller.interrupt();
                }
            } catch (IOException e) {
                // No keys then; Ctrl-C still ends it.
            }
        }

        /** Without stty, q wants Enter after it. */
        private static void stty(String arguments) {
            try {
                new ProcessBuilder("sh", "-c", "stty " + arguments + " < /dev/tty")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
            } catch (IOException e) {
                // A terminal without stty: nothing to change.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

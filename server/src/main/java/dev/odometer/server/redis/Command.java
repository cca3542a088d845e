package dev.odometer.server.redis;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One command: how it is called, what COMMAND says of it, and what runs it.
 *
 * @param name in lower case; of a subcommand without its container
 * @param container the command whose subcommand it is; empty for a command
 * @param arity the number of arguments with the name, or with a minus the least number
 * @param flags as COMMAND lists them
 * @param keys where its keys are; null where it has none
 * @param docs what COMMAND DOCS says
 * @param waits whether it runs only when all earlier commands of its connection are answered, as it looks at many
 *     counters
 * @param subcommands empty where it has none
 * @param handler runs it; called with the right number of arguments and rights only
 */
record Command(
        String name,
        String container,
        int arity,
        List<String> flags,
        @Nullable Keys keys,
        Docs docs,
        boolean waits,
        List<Command> subcommands,
        Handler handler) {

    /**
     * Runs a command: takes one slot of the connection's replies, or throws an InvalidKeyException before it changed
     * anything.
     */
    @FunctionalInterface
    interface Handler {
        void run(RedisConnection connection, Arguments arguments);
    }

    /** The positions of keys among the arguments; a negative last counts from the end. */
    record Keys(int first, int last, int step, List<String> flags) {}

    /** For people and for completion in redis-cli. */
    record Docs(String group, String since, String complexity, String summary) {}

    /** As Redis writes it in errors and lists: {@code client|id}. */
    String fullName() {
        return container.isEmpty() ? name : container + "|" + name;
    }

    String upperName() {
        return name.toUpperCase(Locale.ROOT);
    }

    boolean takes(int arguments) {
        return arity >= 0 ? arguments == arity : arguments >= -arity;
    }

    /** Whether it may be sent before AUTH. */
    boolean withoutAuth() {
        return flags.contains("no_auth");
    }
}

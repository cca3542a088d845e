package dev.odometer.server.redis;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All commands, found by name without allocating. Immutable. */
final class CommandTable {
    /** The number of every command that does not exist. */
    static final int UNKNOWN = 0;

    private static final int SLOTS = 256;

    private final List<Command> all;
    private final Command[] byNumber;
    private final String[] upperNames;
    /**
     * Open addressing: the first letters, upper case, of the name in each slot, and its number; 0 where there is none.
     */
    private final long[] packed = new long[SLOTS];

    private final int[] numbers = new int[SLOTS];

    CommandTable(List<Command> commands) {
        all = List.copyOf(commands);
        byNumber = new Command[all.size() + 1];
        upperNames = new String[all.size() + 1];
        for (int i = 0; i < all.size(); i++) {
            int number = i + 1;
            byNumber[number] = all.get(i);
            upperNames[number] = all.get(i).upperName();
            byte[] name = Resp.ascii(upperNames[number]);
            long key = pack(name, 0, name.length);
            int slot = slot(key);
            while (numbers[slot] != 0) {
                slot = (slot + 1) & (SLOTS - 1);
            }
            packed[slot] = key;
            numbers[slot] = number;
        }
    }

    List<Command> all() {
        return all;
    }

    /** The names by number, for metrics. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        names.add("unknown");
        all.forEach(command -> names.add(command.name()));
        return names;
    }

    Command get(int number) {
        return byNumber[number];
    }

    /** The number of the command that argument 0 names, in any case; {@link #UNKNOWN} where there is none. */
    int find(Arguments arguments) {
        int length = arguments.lengths[0];
        if (length == 0) {
            return UNKNOWN;
        }
        long key = pack(arguments.bytes, arguments.offsets[0], length);
        int slot = slot(key);
        while (numbers[slot] != 0) {
            if (packed[slot] == key && arguments.is(0, upperNames[numbers[slot]])) {
                return numbers[slot];
            }
            slot = (slot + 1) & (SLOTS - 1);
        }
        return UNKNOWN;
    }

    /** The command with this name in lower or upper case; null where there is none. */
    @Nullable
    Command find(String name) {
        for (Command command : all) {
            if (command.name().equalsIgnoreCase(name)) {
                return command;
            }
        }
        return null;
    }

    /** The subcommand that argument 1 names; null where there is none. */
    static @Nullable Command subcommand(Command container, Arguments arguments) {
        for (Command subcommand : container.subcommands()) {
            if (arguments.is(1, subcommand.upperName())) {
                return subcommand;
            }
        }
        return null;
    }

    /** The first eight bytes; clearing one bit makes letters upper case. */
    private static long pack(byte[] bytes, int offset, int length) {
        long key = length;
        int end = offset + Math.min(length, 8);
        for (int i = offset; i < end; i++) {
            key = (key << 8) | (bytes[i] & 0xDF);
        }
        return key;
    }

    private static int slot(long key) {
        return (int) ((key * 0x9E3779B97F4A7C15L) >>> 56);
    }
}

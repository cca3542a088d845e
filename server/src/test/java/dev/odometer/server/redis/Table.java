package dev.odometer.server.redis;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** A table in a text block: a row a line, cells between {@code =>}, without the spaces around them. */
final class Table {
    private Table() {}

    static Stream<Arguments> of(String block) {
        return block.lines().map(line -> {
            String[] cells = line.split("=>", -1);
            for (int i = 0; i < cells.length; i++) {
                cells[i] = cells[i].strip();
            }
            return Arguments.of((Object[]) cells);
        });
    }
}

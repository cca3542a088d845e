package dev.odometer.systemtests.badinput;

import java.util.ArrayList;
import java.util.List;

/** Bad input over the Redis protocol. The counter {@code witness} is what each row would change if it were taken. */
final class RedisRows {
    private static final String NOT_AN_INTEGER = "ERR value is not an integer or out of range";

    private final List<Row> rows = new ArrayList<>();

    private RedisRows() {}

    static List<Row> all() {
        RedisRows table = new RedisRows();
        table.protocol();
        table.keys();
        table.numbers();
        table.commands();
        table.identities();
        return table.rows;
    }

    private void add(String name, String sent, String error) {
        rows.add(Row.redis(name, sent, error));
    }

    private void closed(String name, String sent, String error) {
        rows.add(Row.redis(name, sent, "ERR Protocol error: " + error).thenClosed());
    }

    private void protocol() {
        // Behind each comes a command that must not be run: the connection cannot be trusted any more.
        String next = command("INCR", "witness");
        closed("*2147483648", "*2147483648\r\n" + next, "invalid multibulk length");
        closed("*99999999999999999999", "*99999999999999999999\r\n" + next, "invalid multibulk length");
        closed("*10001", "*10001\r\n" + next, "invalid multibulk length");
        closed("*x", "*x\r\n" + next, "invalid multibulk length");
        closed("$-5", "*2\r\n$4\r\nINCR\r\n$-5\r\n" + next, "invalid bulk length");
        closed("$99999999999", "*2\r\n$4\r\nINCR\r\n$99999999999\r\n" + next, "invalid bulk length");
        closed("$2147483648", "*1\r\n$2147483648\r\n" + next, "invalid bulk length");
        closed("$600000", "*1\r\n$600000\r\n" + next, "invalid bulk length");
        closed("$x", "*1\r\n$x\r\n" + next, "invalid bulk length");
        closed("no $", "*2\r\n$4\r\nINCR\r\n:7\r\n" + next, "expected '$', got ':'");
        closed("an endless inline line", "a".repeat(200_000), "too big inline request");
        closed("an endless count", "*" + "1".repeat(200_000), "too big mbulk count string");
        closed("unbalanced quotes", "INCR \"witness\r\n" + next, "unbalanced quotes in request");
        rows.add(Row.redis(
                        "an HTTP request with a command as its body",
                        "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 14\r\n\r\nINCR witness\r\n",
                        "ERR ")
                .thenClosed());
    }

    private void keys() {
        String[] bad = {
            "",
            "k".repeat(257),
            "a\u0000b",
            "a\r\nb",
            "a\u00ffb",
            "a\u00c0\u00afb",
            "..",
            "../witness",
            "a/./b",
            "\u001b[2J"
        };
        for (String key : bad) {
            add("INCR " + HttpRows.shown(key), command("INCR", key), "ERR invalid key");
            add("SET " + HttpRows.shown(key), command("SET", key, "1"), "ERR invalid key");
        }
    }

    private void numbers() {
        String[] bad = {
            "",
            " ",
            "1.5",
            "5 ",
            " 5",
            "+5",
            "05",
            "-0",
            "0x10",
            "1e5",
            "NaN",
            "inf",
            "five",
            "--5",
            "-",
            "9223372036854775808",
            "-9223372036854775809",
            "18446744073709551617",
            "9".repeat(5_000),
            "5\u0000"
        };
        for (String number : bad) {
            add("INCRBY witness " + HttpRows.shown(number), command("INCRBY", "witness", number), NOT_AN_INTEGER);
            add("DECRBY witness " + HttpRows.shown(number), command("DECRBY", "witness", number), NOT_AN_INTEGER);
            add("SET witness " + HttpRows.shown(number), command("SET", "witness", number), NOT_AN_INTEGER);
            add(
                    "ODOMETER.ADD witness " + HttpRows.shown(number),
                    command("ODOMETER.ADD", "witness", number, "ID", "bad-number"),
                    NOT_AN_INTEGER);
        }
        add("INCR beyond 64 bits", command("INCR", "full"), "ERR increment or decrement would overflow");
        add("DECRBY -2^63", command("DECRBY", "witness", "-9223372036854775808"), "ERR decrement would overflow");
    }

    private void commands() {
        add("an unknown command", command("FROBNICATE", "witness"), "ERR unknown command 'FROBNICATE'");
        add("an unknown command of 500 letters", command("F".repeat(500)), "ERR unknown command 'FFFF");
        add("line ends in an unknown command", command("A\r\n+OK\r\n"), "ERR unknown command");
        add("an empty command", command(""), "ERR unknown command ''");
        add("EVAL", command("EVAL", "return redis.call('INCR','witness')", "0"), "ERR unknown command 'EVAL'");
        add("LPUSH", command("LPUSH", "witness", "1"), "ERR unknown command 'LPUSH'");
        String arity = "ERR wrong number of arguments for '";
        add("INCR", command("INCR"), arity + "incr' command");
        add("INCR with two keys", command("INCR", "witness", "witness"), arity + "incr' command");
        add("INCRBY without a number", command("INCRBY", "witness"), arity + "incrby' command");
        add("SET without a value", command("SET", "witness"), arity + "set' command");
        add("MGET without a key", command("MGET"), arity + "mget' command");
        add("ODOMETER.ADD without an ID", command("ODOMETER.ADD", "witness", "1"), arity + "odometer.add' command");
        add("SET with an expiry", command("SET", "witness", "1", "EX", "10"), "ERR ");
        add("SET NX XX", command("SET", "witness", "1", "NX", "XX"), "ERR syntax error");
        add("SET with nonsense", command("SET", "witness", "1", "FOO"), "ERR syntax error");
        add("SELECT 1", command("SELECT", "1"), "ERR DB index is out of range");
        add("SELECT x", command("SELECT", "x"), "ERR ");
        add("SCAN x", command("SCAN", "x"), "ERR invalid cursor");
        add("HELLO 9", command("HELLO", "9"), "NOPROTO");
        add("AUTH without a password set", command("AUTH", "guess"), "ERR ");
        add("FLUSHALL", command("FLUSHALL"), "ERR ");
        add("FLUSHDB", command("FLUSHDB"), "ERR ");
        add("CLIENT NONSENSE", command("CLIENT", "NONSENSE"), "ERR unknown subcommand");
    }

    private void identities() {
        add("no ID", command("ODOMETER.ADD", "witness", "1", "NO", "x"), "ERR syntax error");
        for (String id : new String[] {"", "a b", "caf\u00e9", "k".repeat(257), "a\u0000"}) {
            add("ID " + HttpRows.shown(id), command("ODOMETER.ADD", "witness", "1", "ID", id), "ERR invalid ID");
        }
        add(
                "a UUIDv7 older than the window",
                command("ODOMETER.ADD", "witness", "1", "ID", "01890a5d-ac96-774b-bcce-b302099a8057"),
                "IDEMPOTENCYEXPIRED");
    }

    private static String command(String... words) {
        StringBuilder command = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            command.append('$')
                    .append(word.length())
                    .append("\r\n")
                    .append(word)
                    .append("\r\n");
        }
        return command.toString();
    }
}

package dev.odometer.server.redis;

import dev.odometer.engine.AnswerSink;
import dev.odometer.engine.Outcome;
import dev.odometer.engine.model.Identity;
import dev.odometer.engine.model.InvalidKeyException;
import dev.odometer.engine.model.Operation;
import dev.odometer.server.redis.RedisMetrics.Result;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client: parses what it sends, runs its commands, and answers them in order.
 *
 * <p>A command takes a slot of the {@link ReplyRing} when it is run; the engine answers the slot, in the same call or
 * after a commit, and ready replies leave together once a turn of the loop. The connection stops running commands, and
 * reading, while one of its bounds is reached; what it has received by then is held, and run when there is room again.
 *
 * <p>Used by the loop's thread only.
 */
final class RedisConnection extends ChannelInboundHandlerAdapter implements AnswerSink {
    private static final Logger LOG = LoggerFactory.getLogger(RedisConnection.class);

    final RedisState state;
    final ClientInfo info;

    private final ReplyRing ring = new ReplyRing();
    private final HeldInput held;
    private final ReplyOutput output;

    /** The number of the command being run, for metrics. */
    private int command;
    /** A command such as SCAN is on its way; the next one must not overtake it. */
    private boolean blocked;

    private boolean waitsForRoom;
    private boolean markedForFlush;
    /** Runs no more commands; ends when all replies are sent. */
    private boolean ending;

    private boolean gone;

    RedisConnection(RedisState state, ClientInfo info) {
        this.state = state;
        this.info = info;
        this.held = new HeldInput(state);
        this.output = new ReplyOutput(state, ring);
    }

    // ---- input

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        output.start(ctx);
        state.connections.put(info.id(), this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            info.lastReadNanos(state.environment.nanos());
            if (!ending) {
                read(in);
            }
        } finally {
            in.release();
        }
    }

    private void read(ByteBuf in) {
        int fresh = in.readableBytes();
        int before = held.length();
        if (before + fresh < held.needed() || !mayRun()) {
            hold(in);
        } else {
            byte[] bytes = state.scratch(before + fresh);
            held.copyTo(bytes);
            in.readBytes(bytes, before, fresh);
            int used = run(bytes, 0, before + fresh);
            if (!ending && !held.replace(bytes, used, before + fresh)) {
                fail(Errors.HELD_INPUT_FULL);
            }
        }
        output.readOn(mayRun());
    }

    private void hold(ByteBuf in) {
        if (!held.append(in)) {
            fail(Errors.HELD_INPUT_FULL);
        }
    }

    /** Runs commands from the bytes until they or the room for them end; returns how far it came. */
    private int run(byte[] bytes, int from, int to) {
        RespParser parser = state.parser;
        Arguments arguments = state.arguments;
        int at = from;
        held.needs(0);
        while (at < to && mayRun()) {
            switch (parser.parse(bytes, at, to, arguments, info.isAuthenticated())) {
                case COMMAND -> {
                    if (!dispatch(arguments)) {
                        return at;
                    }
                    at = parser.end();
                }
                case NOTHING -> at = parser.end();
                case MORE -> {
                    held.needs(parser.end() - at);
                    return at;
                }
                case ERROR -> {
                    fail(Resp.error("ERR " + parser.error()));
                    return to;
                }
            }
        }
        return at;
    }

    /** Whether another command may be run now. */
    private boolean mayRun() {
        if (blocked || ending || gone || !output.hasRoom()) {
            return false;
        }
        if (!state.hasRoom()) {
            if (!waitsForRoom) {
                waitsForRoom = true;
                state.waitForRoom(this);
            }
            return false;
        }
        return true;
    }

    // ---- commands

    /** Runs a command; false where it must wait until the earlier ones are answered. */
    private boolean dispatch(Arguments arguments) {
        int number = state.commands.find(arguments);
        command = number;
        if (number == CommandTable.UNKNOWN) {
            unknown(arguments);
            return true;
        }
        Command found = state.commands.get(number);
        if (!found.subcommands().isEmpty() && arguments.count > 1) {
            Command subcommand = CommandTable.subcommand(found, arguments);
            if (subcommand == null) {
                error(Errors.unknownSubcommand(arguments.text(1), found.upperName()));
                return true;
            }
            found = subcommand;
        }
        if (!found.takes(arguments.count)) {
            error(Errors.wrongArity(found.fullName()));
        } else if (!info.isAuthenticated() && !found.withoutAuth()) {
            error(Errors.NO_AUTH);
        } else if (found.waits() && ring.unanswered() > 0) {
            return false;
        } else {
            info.lastCommand(found);
            runOne(found, arguments);
        }
        return true;
    }

    private void runOne(Command found, Arguments arguments) {
        long token = ring.next();
        try {
            found.handler().run(this, arguments);
        } catch (InvalidKeyException e) {
            if (token == ring.next()) {
                open();
            }
            answer(token, Errors.invalidKey(e), Result.ERROR);
        }
        assert ring.next() == token + 1 : "a command takes one slot";
    }

    private void unknown(Arguments arguments) {
        if (arguments.is(0, "POST") || arguments.is(0, "HOST:")) {
            // A browser was made to talk to us. What follows could be commands that its user never meant.
            LOG.warn("Closed a connection from {} that speaks HTTP to the Redis port", info.address());
            fail(Errors.unknownCommand(arguments));
        } else {
            error(Errors.unknownCommand(arguments));
        }
    }

    /** Adds to the counter that argument 1 names. */
    void add(Arguments arguments, long delta) {
        long token = openAwaiting(ReplyRing.AWAITS_SUM);
        state.engine.add(arguments.bytes, arguments.offsets[1], arguments.lengths[1], delta, this, token);
        state.submitted();
    }

    /** Reads the counter that argument 1 names. */
    void get(Arguments arguments) {
        long token = openAwaiting(ReplyRing.AWAITS_VALUE);
        state.engine.get(arguments.bytes, arguments.offsets[1], arguments.lengths[1], this, token);
        state.submitted();
    }

    /** Hands any operation to the engine; {@code form} says how its answer is written. */
    void submit(int form, Operation operation, @Nullable Identity identity) {
        long token = openAwaiting(form);
        state.engine.submit(operation, identity, this, token);
        state.submitted();
    }

    private long openAwaiting(int form) {
        return ring.open(info.protocol() == 3 ? form | ReplyRing.RESP3 : form, command);
    }

    /** Takes the slot of a command that {@link #answer} will answer. */
    long open() {
        return openAwaiting(ReplyRing.AWAITS_BYTES);
    }

    /** Runs no later command before {@link #unblock}. */
    void block() {
        blocked = true;
    }

    void unblock() {
        blocked = false;
        state.wantsFlush(this);
    }

    /** Ends the connection after the replies to what it has sent so far. */
    void endAfterReplies() {
        ending = true;
        held.clear();
        state.wantsFlush(this);
    }

    private void fail(byte[] error) {
        state.metrics.protocolError();
        ring.bytes(open(), error);
        endAfterReplies();
    }

    // ---- answers

    void reply(byte[] reply) {
        answer(open(), reply, Result.OK);
    }

    void error(byte[] reply) {
        answer(open(), reply, Result.ERROR);
    }

    void integer(long value) {
        long token = open();
        ring.integer(token, value);
        answered(token, Result.OK);
    }

    /** Replies with bytes that exist once for all connections. */
    void constant(byte[] reply) {
        long token = open();
        ring.constant(token, reply);
        answered(token, Result.OK);
    }

    void answer(long token, byte[] reply, Result result) {
        int number = ring.command(token);
        ring.bytes(token, reply);
        state.metrics.command(number, result);
        wantsFlush(token);
    }

    private void answered(long token, Result result) {
        state.metrics.command(ring.command(token), result);
        wantsFlush(token);
    }

    private void wantsFlush(long token) {
        if (ring.isHead(token)) {
            state.wantsFlush(this);
        }
    }

    @Override
    public void answered(long token, Outcome outcome, long value, boolean replayed) {
        state.answered();
        int form = ring.form(token);
        if (outcome == Outcome.VALUE) {
            switch (form & ~ReplyRing.RESP3) {
                case ReplyRing.AWAITS_SUM, ReplyRing.AWAITS_KEYED_SUM -> ring.integer(token, value);
                case ReplyRing.AWAITS_OK -> ring.constant(token, Resp.OK);
                default -> ring.bulkInteger(token, value);
            }
            answered(token, Result.OK);
        } else {
            answeredOtherwise(token, form, outcome);
        }
    }

    private void answeredOtherwise(long token, int form, Outcome outcome) {
        int awaited = form & ~ReplyRing.RESP3;
        boolean sum = awaited == ReplyRing.AWAITS_SUM || awaited == ReplyRing.AWAITS_KEYED_SUM;
        if (!sum && (outcome == Outcome.ABSENT || outcome == Outcome.NOT_APPLIED)) {
            ring.constant(token, Resp.nil(form == awaited ? 2 : 3));
            answered(token, Result.OK);
        } else {
            ring.constant(token, Errors.of(outcome, awaited == ReplyRing.AWAITS_KEYED_SUM));
            answered(token, result(outcome));
        }
    }

    static Result result(Outcome outcome) {
        return switch (outcome) {
            case VALUE, DELETED, ABSENT, NOT_APPLIED -> Result.OK;
            case OVERFLOW, CONFLICT, EXPIRED, OUT_OF_SEQUENCE -> Result.ERROR;
            case WINDOW_FULL, BUSY, UNAVAILABLE, STOPPING, UNKNOWN -> Result.REFUSED;
        };
    }

    // ---- output

    /** Notes that a flush is on its way; false where it was noted already. */
    boolean markForFlush() {
        boolean first = !markedForFlush;
        markedForFlush = true;
        return first;
    }

    /** The engine takes operations again. */
    void roomAgain() {
        waitsForRoom = false;
        state.wantsFlush(this);
    }

    /** Sends what is ready, then goes on with what was held. */
    void flush() {
        markedForFlush = false;
        if (gone) {
            return;
        }
        output.send();
        if (held.length() > 0 && held.length() >= held.needed() && mayRun()) {
            int used = run(held.bytes(), 0, held.length());
            if (!ending) {
                held.drop(used);
            }
        }
        output.readOn(mayRun());
        boolean nothingToCome = ending || (output.inputEnded() && !waitsForRoom);
        if (nothingToCome && ring.size() == 0) {
            output.finish();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (output.writabilityChanged()) {
            state.wantsFlush(this);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            output.inputHasEnded();
            state.wantsFlush(this);
        }
    }

    // ---- end

    /** Takes no more input, answers what was run, and closes. */
    void close() {
        if (!ending) {
            endAfterReplies();
        }
    }

    /** Closes now; replies that are not sent are lost. */
    void cut() {
        output.cut();
    }

    void sweep(long nowNanos) {
        ring.trim();
        RedisLimits limits = state.limits();
        if (output.hasStalled(nowNanos, limits.stalledOutputMillis() * 1_000_000)) {
            LOG.warn(
                    "Closed the connection from {}: it does not read its replies (bound: {} ms)",
                    info.address(),
                    limits.stalledOutputMillis());
            state.metrics.stalled();
            cut();
        } else if (output.hasLingered(nowNanos)) {
            cut();
        } else if (limits.idleMillis() > 0
                && ring.size() == 0
                && nowNanos - info.lastReadNanos() > limits.idleMillis() * 1_000_000) {
            cut();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!gone) {
            gone = true;
            output.ended();
            held.clear();
            state.remove(this);
            state.metrics.closed();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("Connection from {} ended", info.address(), cause);
        } else {
            LOG.error("Closed the connection from {} on an unexpected error", info.address(), cause);
        }
        var unused = ctx.close();
    }

    /** How many bytes are held, for CLIENT LIST. */
    int heldBytes() {
        return held.length();
    }

    /** How many replies are owed, for CLIENT LIST. */
    int owedReplies() {
        return ring.size();
    }
}

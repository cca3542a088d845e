package dev.odometer.cli.serve;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;

/** Sends logs to standard error. In code rather than in XML: parsing XML costs a start a tenth of a second. */
public final class Logs extends ContextAwareBase implements Configurator {
    /** Libraries whose everyday messages are of no interest to an operator. */
    private static final String[] QUIET = {
        "com.linecorp.armeria",
        "io.netty",
        "io.micrometer",
        "com.datastax",
        "org.apache.zookeeper",
        "org.apache.curator",
        "io.etcd",
        "io.grpc",
        "io.vertx"
    };

    /** Called by logback. */
    public Logs() {}

    /** Sets how much is logged, by a level's name. */
    public static void level(String name) {
        Level level = Level.toLevel(name);
        Level quiet =
                level.isGreaterOrEqual(Level.INFO) ? level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN : level;
        logger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(level);
        for (String library : QUIET) {
            logger(library).setLevel(quiet);
        }
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0}: %msg%n");
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName("stderr");
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}

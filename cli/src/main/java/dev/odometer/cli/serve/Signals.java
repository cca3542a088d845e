package dev.odometer.cli.serve;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/**
 * Tells of SIGTERM and SIGINT. The JVM's own shutdown hooks cannot tell a second signal from the first, so this uses
 * {@code sun.misc.Signal}, by reflection because it is no standard API; where it is missing, {@link #install} says so.
 */
final class Signals {
    private Signals() {}

    /**
     * Calls {@code handler} with the name of each signal that arrives, on a thread of the JVM. Returns whether that
     * is possible here.
     */
    static boolean install(Consumer<String> handler) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handlers = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handlers}, (self, method, arguments) -> {
                        return switch (method.getName()) {
                            case "handle" -> {
                                handler.accept(arguments[0].toString());
                                yield null;
                            }
                            case "equals" -> self == arguments[0];
                            case "hashCode" -> System.identityHashCode(self);
                            default -> "signal handler";
                        };
                    });
            for (String name : new String[] {"TERM", "INT"}) {
                Object instance = signal.getConstructor(String.class).newInstance(name);
                signal.getMethod("handle", signal, handlers).invoke(null, instance, proxy);
            }
            return true;
        } catch (ClassNotFoundException
                | NoSuchMethodException
                | InstantiationException
                | IllegalAccessException
                | InvocationTargetException e) {
            return false;
        }
    }
}

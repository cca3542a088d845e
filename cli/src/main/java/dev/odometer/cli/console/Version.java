package dev.odometer.cli.console;

import picocli.CommandLine.IVersionProvider;

/** The version that this build was given, from the jar's own manifest. */
public final class Version implements IVersionProvider {
    /** Such as {@code 0.1.0}; {@code development} where the classes are in no jar. */
    public static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"odometer " + text()};
    }
}

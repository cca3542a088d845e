package dev.odometer.benchmarks;

import java.util.List;
import java.util.Locale;

/** Latency over time as a picture (SVG): the slowest request of each tenth of a second, on a logarithmic scale. */
final class LatencyPlot {
    private static final int WIDTH = 860;
    private static final int HEIGHT = 360;
    private static final int LEFT = 70;
    private static final int TOP = 40;
    private static final int RIGHT = 20;
    private static final int BOTTOM = 50;
    private static final double BIN_SECONDS = 0.1;
    private static final double LEAST_MILLIS = 1;
    private static final double MOST_MILLIS = 10_000;

    private final StringBuilder svg = new StringBuilder();
    private final double seconds;
    private int legend;

    /** An empty plot of so many seconds. */
    LatencyPlot(String title, double seconds) {
        this.seconds = seconds;
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                .formatted(WIDTH, HEIGHT));
        svg.append(" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        text(LEFT, 20, "start", title);
        for (double millis = LEAST_MILLIS; millis <= MOST_MILLIS; millis *= 10) {
            line(x(0), y(millis), x(seconds), y(millis), "#dddddd", "");
            text(LEFT - 8, y(millis) + 4, "end", String.format(Locale.ROOT, "%,.0f ms", millis));
        }
        for (int second = 0; second <= seconds; second += 5) {
            line(x(second), y(LEAST_MILLIS), x(second), y(LEAST_MILLIS) + 5, "#888888", "");
            text(x(second), HEIGHT - BOTTOM + 20, "middle", second + " s");
        }
    }

    /** Adds a line of some requests' latency. */
    LatencyPlot series(String name, String colour, List<OpenLoop.Sample> samples) {
        double[] slowest = new double[(int) Math.ceil(seconds / BIN_SECONDS)];
        for (OpenLoop.Sample sample : samples) {
            int bin = Math.min(slowest.length - 1, (int) (sample.atSeconds() / BIN_SECONDS));
            slowest[bin] = Math.max(slowest[bin], sample.millis());
        }
        StringBuilder points = new StringBuilder();
        for (int bin = 0; bin < slowest.length; bin++) {
            if (slowest[bin] > 0) {
                points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(bin * BIN_SECONDS), y(slowest[bin])));
            }
        }
        svg.append("<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.2\" points=\"%s\"/>\n"
                .formatted(colour, points.toString().trim()));
        double row = HEIGHT - 8;
        double column = LEFT + legend++ * 330.0;
        line(column, row - 4, column + 20, row - 4, colour, "");
        text(column + 26, row, "start", name);
        return this;
    }

    /** Marks a moment. */
    LatencyPlot mark(String what, double atSeconds) {
        line(x(atSeconds), TOP, x(atSeconds), y(LEAST_MILLIS), "#000000", " stroke-dasharray=\"4 3\"");
        text(x(atSeconds) + 4, TOP + 10, "start", what);
        return this;
    }

    /** The whole file. */
    String text() {
        return svg + "</svg>\n";
    }

    private double x(double atSeconds) {
        return LEFT + (WIDTH - LEFT - RIGHT) * atSeconds / seconds;
    }

    private static double y(double millis) {
        double share = Math.log10(Math.min(MOST_MILLIS, Math.max(LEAST_MILLIS, millis)) / LEAST_MILLIS)
                / Math.log10(MOST_MILLIS / LEAST_MILLIS);
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share;
    }

    private void line(double x1, double y1, double x2, double y2, String colour, String more) {
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"%s/>\n",
                x1,
                y1,
                x2,
                y2,
                colour,
                more));
    }

    private void text(double x, double y, String anchor, String text) {
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y, anchor, text));
    }
}

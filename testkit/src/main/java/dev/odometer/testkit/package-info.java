/** What tests of drivers and of the engine share: the compatibility kits of the SPIs and the checkers of histories. */
@NullMarked
package dev.odometer.testkit;

import org.jspecify.annotations.NullMarked;

/** The rules of the house as ordinary tests: which code may use which, and how a file has to look. */
@NullMarked
package dev.odometer.systemtests.house;

import org.jspecify.annotations.NullMarked;

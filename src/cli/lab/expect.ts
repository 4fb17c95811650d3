import { type Expectation, judge } from '../../../regtest/index.js';
import type { Terminal } from './terminal.js';

/**
 * Holds expectations against figures and tells how each has turned out; the process will end with 1 when one has not been
 * met.
 */
export function checkExpectations(
  expectations: readonly Expectation[],
  figures: Readonly<Record<string, number | undefined>>,
  terminal: Terminal,
): void {
  for (const expectation of expectations) {
    const { text, measured, holds } = judge(expectation, figures[expectation.metric]);
    const seen =
      measured === undefined ? 'not measured' : `${expectation.metric} is ${Number(measured.toPrecision(6))}`;
    terminal.say(`expected ${text}: ${holds ? 'yes' : 'NO'}, ${seen}`);
    if (!holds) process.exitCode = 1;
  }
}

#!/usr/bin/env node
import { constants } from 'node:os';
import { errorMessage } from '../runtime/errors.js';
import { Interrupted } from './lab/interrupt.js';
import { labProgram } from './lab/program.js';

try {
  await labProgram().parseAsync();
} catch (thrown) {
  if (thrown instanceof Interrupted) {
    process.exitCode = 128 + constants.signals[thrown.signal];
  } else {
    process.stderr.write(`Error: ${errorMessage(thrown)}\n`);
    process.exitCode = 1;
  }
}

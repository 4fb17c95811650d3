import { constants } from 'node:os';
import { LabError } from '../../regtest/control/lab-error.js';
import { errorMessage } from '../runtime/errors.js';
import { Interrupted } from './lab/interrupt.js';
import { labProgram, USAGE_EXIT_CODE } from './lab/program.js';

run().catch((thrown: unknown) => {
  if (thrown instanceof Interrupted) {
    process.exitCode = 128 + constants.signals[thrown.signal];
  } else {
    process.stderr.write(`Error: ${errorMessage(thrown)}\n`);
    process.exitCode = thrown instanceof LabError && thrown.code === 'invalid' ? USAGE_EXIT_CODE : 1;
  }
});

async function run(): Promise<void> {
  const program = await labProgram(process.argv[2]);
  await program.parseAsync();
}

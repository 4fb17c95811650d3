import { Command } from 'commander';
import { runClient } from './client/main.js';
import { lineReader } from './client/standard-input.js';

// Options are Core's, with a single dash: they are read from the option table, so commander hands everything on.
const program = new Command('blocksmith-cli')
  .helpOption(false)
  .allowUnknownOption()
  .passThroughOptions()
  .argument('[words...]')
  .action(async (words: string[]) => {
    process.exitCode = await runClient(words, {
      out: text => process.stdout.write(`${text}\n`),
      err: text => process.stderr.write(`${text}\n`),
      readLine: lineReader(0),
      isInteractive: process.stdout.isTTY === true,
    });
  });

program.parseAsync();

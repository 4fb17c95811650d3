import { Command } from 'commander';
import { runDaemon } from '../node/daemon.js';
import { EventPipe } from '../node/event-pipe.js';
import { collectWhenIdle } from '../runtime/collect-when-idle.js';
import { stepHelpersBack } from '../runtime/helper-threads.js';
import {
  collectAlone,
  limitHeapGrowth,
  optimizeSooner,
  releaseYoungGeneration,
  saveMemory,
} from '../runtime/v8-flags.js';

/** Set by whoever starts a node that must not outlive it: the node stops when its standard input ends. */
const PARENT_PIPE = 'BLOCKSMITH_PARENT_PIPE';

/** Set by whoever watches the node: number of the pipe that events are written to, one line of JSON for each. */
const EVENT_PIPE = 'BLOCKSMITH_EVENT_PIPE';

/** Any time will do. */
const KEEP_ALIVE_MS = 60 * 60 * 1000;

// Whatever the node writes is for its user alone.
process.umask(0o077);

limitHeapGrowth();
collectAlone();
optimizeSooner();
stepHelpersBack();

const stopAsked = new Promise<void>(resolve => {
  process.on('SIGINT', () => resolve());
  process.on('SIGTERM', () => resolve());
  if (process.env[PARENT_PIPE] === '1') {
    process.stdin.on('end', () => resolve()).on('error', () => resolve());
    process.stdin.resume();
  }
});

// Options are Core's, with a single dash: they are read from the option table, so commander hands everything on.
const program = new Command('blocksmithd')
  .helpOption(false)
  .allowUnknownOption()
  .passThroughOptions()
  .argument('[options...]')
  .action(async (words: string[]) => {
    // Without RPC and peers a node has no handle of its own, and Node.js would end the process in the middle of its life.
    setInterval(() => {}, KEEP_ALIVE_MS);
    const events = openEventPipe(process.env[EVENT_PIPE]);
    const code = await runDaemon(words, {
      out: text => process.stdout.write(`${text}\n`),
      err: text => process.stderr.write(`${text}\n`),
      stopAsked,
      onUp: isFrugal => (isFrugal ? saveMemory() : releaseYoungGeneration()),
      onSettled: collectWhenIdle,
      ...(events === undefined ? {} : { onEvent: events.tell }),
    });
    await events?.close();
    // Handles that libraries keep open (a pipe from the parent among them) must not hold a stopped node.
    process.exit(code);
  });

program.parseAsync();

function openEventPipe(fd: string | undefined): EventPipe | undefined {
  return fd === undefined || !/^\d{1,4}$/.test(fd) ? undefined : EventPipe.open(Number(fd));
}

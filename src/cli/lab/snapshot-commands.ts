import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type AskOptions, ask, forRunningLab } from './ask.js';
import { parsePort, positiveNumber } from './parsers.js';
import { withProgress } from './progress.js';
import { count, type TerminalOptions, terminalFor } from './terminal.js';

/** Adds the commands that keep and bring back states of a running lab, and what happened in it. */
export function addSnapshotCommands(program: Command): void {
  addSnapshot(program);
  addRevert(program);
  addDump(program);
  addLoad(program);
  addRecord(program);
  addReplay(program);
}

function addSnapshot(program: Command): void {
  forRunningLab(
    program
      .command('snapshot')
      .description('keep the state of all nodes, to revert to as often as wanted')
      .argument('[name]', 'what to call it (default: the next number)')
      .option('--drop', 'forget the snapshot with this name'),
    ['snapshot', 'snapshot before-payment', 'snapshot before-payment --drop'],
  ).action(
    (name: string | undefined, options: AskOptions & { readonly drop?: boolean }, command: Command) => {
      const { drop } = options;
      if (drop === true && name === undefined) command.error('error: --drop needs the name of a snapshot');
      return ask(options, async ({ lab, terminal }) => {
        const result =
          drop === true && name !== undefined
            ? await lab.call('dropSnapshot', { name })
            : await lab.call('snapshot', name === undefined ? {} : { name });
        terminal.say(
          `Snapshot ${result.name}${drop === true ? ' is dropped' : `, at height ${result.heights[0]}`}.`,
        );
        return result;
      });
    },
  );
}

function addRevert(program: Command): void {
  forRunningLab(
    program
      .command('revert')
      .description('bring all nodes back to a snapshot')
      .argument('[name]', 'which one (default: the last one taken)'),
    ['revert', 'revert before-payment'],
  ).action((name: string | undefined, options: AskOptions) =>
    ask(options, async ({ lab, terminal }) => {
      const result = await lab.call('revert', name === undefined ? {} : { name });
      terminal.say(`All nodes are as they were in snapshot ${result.name}.`);
      return result;
    }),
  );
}

function addDump(program: Command): void {
  forRunningLab(
    program
      .command('dump')
      .description('write the state of all nodes to a file')
      .argument('<file>')
      .option('-s, --snapshot <name>', 'a snapshot instead of what is now'),
    ['dump lab.dump', 'dump lab.dump --snapshot before-payment'],
  ).action((file: string, { snapshot, ...options }: AskOptions & { readonly snapshot?: string }) =>
    ask(options, async ({ lab, terminal }) => {
      const which = snapshot === undefined ? {} : { snapshot };
      const result = await lab.call('dump', { file: resolve(file), ...which });
      terminal.say(`${file}: ${result.bytes} bytes.`);
      return { file: resolve(file), ...result };
    }),
  );
}

function addLoad(program: Command): void {
  forRunningLab(
    program
      .command('load')
      .description('bring all nodes to the state in a file, which is a snapshot from then on')
      .argument('<file>'),
    ['load lab.dump'],
  ).action((file: string, options: AskOptions) =>
    ask(options, async ({ lab, terminal }) => {
      const result = await lab.call('load', { file: resolve(file) });
      terminal.say(`All nodes are as in ${file}, at height ${result.heights[0]}: snapshot ${result.name}.`);
      return result;
    }),
  );
}

function addRecord(program: Command): void {
  forRunningLab(
    program
      .command('record')
      .description('write what happens in a running lab to a file, until --stop')
      .argument('[file]')
      .option('--stop', 'end the recording'),
    ['record run.jsonl', 'record --stop'],
  ).action(
    (file: string | undefined, options: AskOptions & { readonly stop?: boolean }, command: Command) => {
      if ((file === undefined) !== (options.stop === true)) command.error('error: give a file, or --stop');
      return ask(options, async ({ lab, terminal }) => {
        const result = await lab.call(
          'record',
          file === undefined ? { stop: true } : { file: resolve(file) },
        );
        terminal.say(
          file === undefined
            ? `${count(result.events, 'event')} in ${result.file}.`
            : `Recording to ${result.file}; "blocksmith record --stop" ends it.`,
        );
        return result;
      });
    },
  );
}

const REPLAY_HELP = `
A recording of a lab is shown on the page: its time line opens, and every view can be as it was at any moment. Open the
address that is told; Ctrl-C ends it. With --no-page, or --speed, it is told here instead, event by event, all at once or
in its own time. A recording of a simulation or of trials (--record) is run again, and compared byte by byte.

Examples:
  $ blocksmith replay run.jsonl
  $ blocksmith replay run.jsonl --json | jq -r .lab.page
  $ blocksmith replay run.jsonl --no-page | grep reverses
  $ blocksmith replay run.jsonl --speed 10`;

interface GivenReplayOptions extends TerminalOptions {
  readonly page: boolean;
  readonly port?: number;
  readonly speed?: number;
}

function addReplay(program: Command): void {
  const command = program
    .command('replay')
    .description('show what was recorded, or run it again')
    .argument('<file>')
    .option('--no-page', 'tell the events here instead of showing them on the page')
    .option(
      '--speed <factor>',
      'tell them here in their own time, so many times as fast',
      positiveNumber(1000),
    )
    .option('--port <number>', 'port of the page (default: a free one)', parsePort)
    .option('--json', 'one JSON line: when the page is ready, or at the end of what is told');
  withProgress(command)
    .addHelpText('after', REPLAY_HELP)
    .action(async (file: string, options: GivenReplayOptions) => {
      const page = options.page && options.speed === undefined;
      if (!page && options.port !== undefined) command.error('error: --port is that of the page');
      const { replay } = await import('./replay.js');
      await replay(file, { ...options, page }, terminalFor(options));
    });
}

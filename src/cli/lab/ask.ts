import type { Command } from 'commander';
import { LabClient } from '../../../regtest/control/client.js';
import { LabRegistry } from '../../../regtest/control/registry.js';
import type { LabEvent } from '../../../regtest/events/lab-event.js';
import { tellingProgress, withProgress } from './progress.js';
import { type Terminal, type TerminalOptions, terminalFor } from './terminal.js';

/** Options of every command that is given to a running lab. */
export interface AskOptions extends TerminalOptions {
  readonly lab?: string;
}

export interface Asking {
  readonly lab: LabClient;
  readonly terminal: Terminal;
}

/** Adds the options that every command for a running lab has, and its examples. */
export function forRunningLab(command: Command, examples: readonly string[]): Command {
  const lines = examples.map(example => `  $ blocksmith ${example}`);
  command
    .option('--lab <name>', 'which lab, when several are running')
    .option('--json', 'tell the result in one JSON line');
  return withProgress(command).addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

/** Talks with a running lab; what `action` returns is the JSON line. */
export async function withLab(
  options: AskOptions,
  action: (asking: Asking) => Promise<unknown>,
): Promise<void> {
  const terminal = terminalFor(options);
  const lab = LabClient.connect(await new LabRegistry().choose(options.lab));
  try {
    terminal.json(await action({ lab, terminal }));
  } finally {
    lab.close();
  }
}

/**
 * The same for an action that says nothing before its end: what takes longer than a second tells how it goes.
 *
 * @param progress words for what an event says about how far it is; undefined for events that say nothing
 */
export function ask(
  options: AskOptions,
  action: (asking: Asking) => Promise<unknown>,
  progress: (event: LabEvent) => string | undefined = () => undefined,
): Promise<void> {
  return withLab(options, async asking => {
    const listener = new Listener(asking, progress);
    try {
      return await tellingProgress(
        asking.terminal,
        () => action(asking),
        () => listener.words(),
      );
    } finally {
      listener.end();
    }
  });
}

/** Hears what a lab tells, from the first time on that somebody wants to know. */
class Listener {
  private readonly ended = new AbortController();
  private isListening = false;
  private last = '';

  constructor(
    private readonly asking: Asking,
    private readonly progress: (event: LabEvent) => string | undefined,
  ) {}

  /** What the last event says that says something. */
  words(): string {
    if (!this.isListening) void this.listen();
    return this.last;
  }

  end(): void {
    this.ended.abort();
  }

  private async listen(): Promise<void> {
    this.isListening = true;
    try {
      for await (const event of this.asking.lab.events({ signal: this.ended.signal }))
        this.last = this.progress(event) ?? this.last;
    } catch {
      // Words about progress are a courtesy: the command itself tells what is wrong.
    }
  }
}

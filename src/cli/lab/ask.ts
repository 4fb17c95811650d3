import type { Command } from 'commander';
import { LabClient } from '../../../regtest/control/client.js';
import { LabRegistry } from '../../../regtest/control/registry.js';
import type { LabEvent } from '../../../regtest/events/lab-event.js';
import { type Terminal, terminalFor } from './terminal.js';

/** Options of every command that is given to a running lab. */
export interface AskOptions {
  readonly lab?: string;
  readonly json?: boolean;
}

export interface Asking {
  readonly lab: LabClient;
  readonly terminal: Terminal;
}

/** Time until progress is told, and between two reports. */
const PROGRESS_MS = 1000;

/** Adds the options that every command for a running lab has, and its examples. */
export function forRunningLab(command: Command, examples: readonly string[]): Command {
  const lines = examples.map(example => `  $ blocksmith ${example}`);
  return command
    .option('--lab <name>', 'which lab, when several are running')
    .option('--json', 'tell the result in one JSON line')
    .addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
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
    const reports = new Reports(asking.lab, asking.terminal, progress);
    try {
      return await action(asking);
    } finally {
      reports.end();
    }
  });
}

/** Tells once a second how a command goes, from the first second on. */
class Reports {
  private readonly startedAt = performance.now();
  private readonly ended = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private words = '';

  constructor(
    private readonly lab: LabClient,
    private readonly terminal: Terminal,
    private readonly progress: (event: LabEvent) => string | undefined,
  ) {
    this.timer = setInterval(() => this.tell(), PROGRESS_MS);
    const listening = setTimeout(() => void this.listen(), PROGRESS_MS);
    this.ended.signal.addEventListener('abort', () => clearTimeout(listening));
  }

  end(): void {
    clearInterval(this.timer);
    this.ended.abort();
  }

  private tell(): void {
    const seconds = Math.round((performance.now() - this.startedAt) / 1000);
    this.terminal.progress(`… ${seconds} s${this.words === '' ? '' : `, ${this.words}`}`);
  }

  private async listen(): Promise<void> {
    try {
      for await (const event of this.lab.events({ signal: this.ended.signal }))
        this.words = this.progress(event) ?? this.words;
    } catch {
      // Words about progress are a courtesy: the command itself tells what is wrong.
    }
  }
}

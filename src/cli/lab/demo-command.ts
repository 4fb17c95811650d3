import type { Command } from 'commander';
import { demo } from './demo.js';
import { withProgress } from './progress.js';
import { type TerminalOptions, terminalFor } from './terminal.js';

/** Adds `demo` to the lab's commands. */
export function addDemo(program: Command): void {
  const command = program
    .command('demo')
    .description('start four nodes, send a coin, and undo a payment by a 51 % attack');
  withProgress(command).action((options: TerminalOptions) => demo(terminalFor(options)));
}

import type { Command } from 'commander';
import { demo } from './demo.js';
import { terminalFor } from './terminal.js';

/** Adds `demo` to the lab's commands. */
export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('start four nodes, send a coin, and undo a payment by a 51 % attack')
    .action(() => demo(terminalFor({})));
}

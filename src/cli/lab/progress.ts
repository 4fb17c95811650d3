import type { Command } from 'commander';
import type { Terminal } from './terminal.js';

/** Time between two reports of progress, and until the first. */
const PROGRESS_MS = 1000;

/** Adds the option to a command that may take long. */
export function withProgress(command: Command): Command {
  return command.option(
    '--progress',
    'tell once a second how far it is, on standard error (as is done in a terminal)',
  );
}

/** `120 of 500 blocks (24 %)`. */
export function shareDone(done: number, all: number, what: string): string {
  return `${done} of ${all} ${what} (${Math.floor((done / all) * 100)} %)`;
}

/**
 * Tells once a second how far an action is, from the first second on to its end, where somebody watches.
 *
 * @param words what to tell beside the seconds, asked for when it is told; nothing where it is empty
 */
export async function tellingProgress<T>(
  { progress }: Pick<Terminal, 'progress'>,
  action: () => Promise<T>,
  words: () => string = () => '',
): Promise<T> {
  if (progress === undefined) return action();
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const more = words();
    progress(`… ${seconds} s${more === '' ? '' : `, ${more}`}`);
  }, PROGRESS_MS);
  try {
    return await action();
  } finally {
    clearInterval(timer);
  }
}

import { spawn } from 'node:child_process';
import type { Logger } from '../runtime/logger.js';

/**
 * Runs a user's command (`-blocknotify` and its like) in a shell, in the background; `%s` becomes `value`. A command that
 * fails is named in the log and nothing else happens.
 */
export function runCommand(command: string, value: string, logger: Logger): Promise<void> {
  const line = command.replaceAll('%s', value);
  return new Promise(resolve => {
    const child = spawn('/bin/sh', ['-c', line], { stdio: 'ignore' });
    child.on('error', error => {
      logger.warn(`runCommand error: ${line}: ${error.message}`);
      resolve();
    });
    child.on('exit', code => {
      if (code !== 0) logger.warn(`runCommand error: system(${line}) returned ${code}`);
      resolve();
    });
  });
}

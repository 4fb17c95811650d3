import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { executablePath, type RegtestNode } from '../../../regtest/index.js';

const run = promisify(execFile);

/** Arguments of blocksmith-cli for a call to this node. */
function clientArgs(node: RegtestNode, words: readonly string[]): string[] {
  return [...node.clientArgs, ...words];
}

/** The same as a line to paste into a shell in the project's directory. */
export function clientLine(node: RegtestNode, ...words: readonly string[]): string {
  return ['npx blocksmith-cli', ...clientArgs(node, words).map(quote)].join(' ');
}

/** Runs blocksmith-cli in a process of its own and returns what it prints. @throws Error when it fails */
export async function runClientProcess(node: RegtestNode, ...words: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [
    executablePath('blocksmith-cli'),
    ...clientArgs(node, words),
  ]);
  return stdout.trim();
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

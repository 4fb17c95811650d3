import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defined } from '../../src/runtime/errors.js';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

/** What the compiler says of a line of a module that was made for it. */
export interface CompilerError {
  /** Index of the line. */
  readonly line: number;
  readonly message: string;
}

/** As strict as a project can be, with no libraries but the language's own and nothing that the file does not import. */
const CONFIG = {
  compilerOptions: {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    target: 'ES2023',
    module: 'NodeNext',
    types: [],
  },
  files: ['made.mts'],
};

/**
 * Has the compiler check lines of code that a test makes from what it sees at run time, so that types can be held against
 * it. Paths of imports start at the repository, after `#`: `import type { RpcResult } from '#regtest/rpc/call-types.js'`.
 *
 * @returns what is wrong, by line; nothing when all is well
 */
export async function typeErrors(lines: readonly string[]): Promise<CompilerError[]> {
  const folder = await mkdtemp(join(tmpdir(), 'blocksmith-types-'));
  try {
    const code = lines.map(line => line.replace("from '#", `from '${REPOSITORY}`)).join('\n');
    await writeFile(join(folder, 'made.mts'), code);
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(CONFIG));
    return parseOutput(await runCompiler(folder));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function runCompiler(folder: string): Promise<string> {
  const args = [join(REPOSITORY, 'node_modules/typescript/bin/tsc'), '--project', '.', '--pretty', 'false'];
  return new Promise(resolve => {
    execFile(process.execPath, args, { cwd: folder }, (_failed, stdout, stderr) => resolve(stdout + stderr));
  });
}

/** Each error begins a line; what belongs to it follows, indented. */
function parseOutput(output: string): CompilerError[] {
  const errors = output.split(/\n(?! )/).filter(text => text.trim() !== '');
  return errors.map(text => {
    const found = /^made\.mts\((\d+),\d+\): error \w+: (.*)$/s.exec(text.trim());
    if (found === null) throw new Error(`the compiler failed: ${text}`);
    return { line: Number(found[1]) - 1, message: defined(found[2], 'message of an error') };
  });
}

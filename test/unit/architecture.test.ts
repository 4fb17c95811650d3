import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Rooms by floor: a room imports from lower floors and from itself, nothing else. */
const FLOORS: readonly (readonly string[])[] = [
  ['src/runtime'],
  ['src/crypto'],
  ['src/primitives'],
  ['src/script'],
  ['src/consensus'],
  ['src/chain', 'src/library'],
  ['src/mempool', 'src/wallet'],
  ['src/miner', 'src/net'],
  ['src/rpc'],
  ['src/node'],
  ['src/cli'],
];

/** The lab uses the daemon, its RPC and these rooms' public parts; it may be imported by the lab's executable only. */
const LAB = 'regtest';

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => /\.tsx?$/.test(name))
    .map(name => join(folder, name));
}

function importsOf(file: string): string[] {
  return importsIn(file, readFileSync(join(root, file), 'utf8'));
}

function importsIn(file: string, text: string): string[] {
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(match => match[1] ?? '');
  return specifiers.map(specifier => sourceOf(relative(root, resolve(root, dirname(file), specifier))));
}

/** The file that an import means: built names end in .js, those of AssemblyScript have no ending. */
function sourceOf(imported: string): string {
  const bare = imported.replace(/\.js$/, '');
  const candidates = [`${bare}.ts`, `${bare}.tsx`, imported];
  return candidates.find(name => existsSync(join(root, name))) ?? imported;
}

const files = [...sourceFiles('src'), ...sourceFiles(LAB)];
const graph = new Map(files.map(file => [file, importsOf(file)]));

function roomOf(file: string): string {
  return file.startsWith(`${LAB}/`) ? LAB : file.split('/').slice(0, 2).join('/');
}

function floorOf(room: string): number {
  return room === LAB ? FLOORS.length : FLOORS.findIndex(rooms => rooms.includes(room));
}

describe('rooms', () => {
  it('are all on a floor', () => {
    expect([...new Set(files.map(roomOf))].filter(room => floorOf(room) < 0)).toEqual([]);
  });

  it('import only rooms below them', () => {
    const wrong = files.flatMap(file =>
      (graph.get(file) ?? [])
        .filter(target => {
          const from = roomOf(file);
          const to = roomOf(target);
          if (from === to) return false;
          if (to === LAB) return from !== 'src/cli';
          return floorOf(to) >= floorOf(from);
        })
        .map(target => `${file} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('have no import cycles between files', () => {
    expect(findCycle(graph)).toBeUndefined();
  });
});

/** What of Node.js the consensus library may load: hashes, the loader of the curve library, and tests of types. */
const LIBRARY_BUILTINS: readonly string[] = ['node:crypto', 'node:module', 'node:util/types'];

describe('the consensus library', () => {
  const reached = reachableFrom('src/library/index.ts');

  it('reaches the rooms of rules only, and of the runtime nothing but errors and work in steps', () => {
    const rooms = new Set(reached.map(roomOf));
    expect([...rooms].sort()).toEqual([
      'src/consensus',
      'src/crypto',
      'src/library',
      'src/primitives',
      'src/runtime',
      'src/script',
    ]);
    expect(reached.filter(file => roomOf(file) === 'src/runtime')).toEqual([
      'src/runtime/errors.ts',
      'src/runtime/steps.ts',
    ]);
  });

  it('has no input or output', () => {
    const builtins = reached.flatMap(file =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/^(?:import|}) .*'(node:[^']+)'/gm)].map(
        match => match[1] ?? '',
      ),
    );
    expect([...new Set(builtins)].sort()).toEqual(LIBRARY_BUILTINS);
  });
});

const PAGE = 'regtest/page/';

describe("the lab's page", () => {
  it('runs nothing that needs Node.js', () => {
    const reached = reachableFrom('regtest/page/main.tsx', importsOfValues).filter(file =>
      /\.tsx?$/.test(file),
    );
    expect(reached.length).toBeGreaterThan(20);
    expect(reached.filter(file => /from '(?:node:|ws')|\bBuffer\b/.test(withoutTypes(file)))).toEqual([]);
  });

  it('is imported by no part of the lab', () => {
    const importers = [...graph].filter(
      ([file, targets]) => !file.startsWith(PAGE) && targets.some(target => target.startsWith(PAGE)),
    );
    expect(importers).toEqual([]);
  });
});

/** Imports that are there when the program runs: those of types alone are not. */
function importsOfValues(file: string): readonly string[] {
  return importsIn(file, withoutTypes(file));
}

function withoutTypes(file: string): string {
  const text = readFileSync(join(root, file), 'utf8');
  return text
    .replace(/^import type [^;]*;/gm, '')
    .replace(/^import \{(?:\s*type \w+,?)+\s*\} from [^;]*;/gm, '')
    .replace(/^export type [^;]* from [^;]*;/gm, '');
}

/** A file and all that it imports, directly or not. */
function reachableFrom(
  file: string,
  importsFrom: (file: string) => readonly string[] = reached => graph.get(reached) ?? [],
): string[] {
  const found = new Set([file]);
  // Grows while it is walked.
  for (const reached of found) {
    if (/\.tsx?$/.test(reached)) for (const next of importsFrom(reached)) found.add(next);
  }
  return [...found];
}

/** Files of one cycle, undefined when there is none. */
function findCycle(edges: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: string[]): string[] | undefined => {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (done.has(file)) return undefined;
    for (const next of edges.get(file) ?? []) {
      const cycle = visit(next, [...path, file]);
      if (cycle !== undefined) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of edges.keys()) {
    const cycle = visit(file, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const EVENTS = fileURLToPath(new URL('../../../../regtest/events/', import.meta.url));

/** What the page needs of the room. */
const FOR_THE_PAGE = [
  'block-tree.ts',
  'describe.ts',
  'recording-start.ts',
  'recording.ts',
  'replay.ts',
  'run-event.ts',
  'transaction-story.ts',
];

/** What a file loads when it runs: types are gone by then. */
function loadedBy(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  const statements = text.matchAll(/^(?:import|export)(?! type)\s[^;]*?from '([^']+)';/gm);
  return Array.from(statements, ([, from = '']) =>
    from.startsWith('.') ? join(dirname(file), from.replace(/\.js$/, '.ts')) : from,
  );
}

describe('events in a browser', () => {
  it.each(FOR_THE_PAGE)('%s loads nothing of Node.js', name => {
    const loaded = new Set([join(EVENTS, name)]);
    // Grows while it is walked.
    for (const file of loaded) if (file.endsWith('.ts')) for (const next of loadedBy(file)) loaded.add(next);
    expect([...loaded].filter(file => !file.endsWith('.ts'))).toEqual([]);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STORAGE } from '../support/codecs/chain.js';
import { NODE_FILES } from '../support/codecs/node-files.js';
import { PRIMITIVES } from '../support/codecs/primitives.js';
import { comesBack, minds, refusesEveryTruncation, throwsNothingElse } from '../support/codecs/properties.js';
import { TEXTS } from '../support/codecs/texts.js';
import { WALLET } from '../support/codecs/wallet.js';

const CODECS = [...PRIMITIVES, ...STORAGE, ...NODE_FILES, ...WALLET];

describe.each(CODECS)('$name', ({ check }) => {
  it('comes back', () => check(comesBack));
  it('is refused when it is cut short, wherever', () => check(refusesEveryTruncation));
  it('refuses what comes after it, or leaves it alone', () => check(minds));
  it('throws nothing but DecodeError for any bytes', () => check(throwsNothingElse));
});

describe.each(TEXTS)('$name', ({ texts, again }) => {
  it('comes back', () => {
    fc.assert(
      fc.property(texts, text => {
        expect(again(text)).toBe(text);
      }),
    );
  });

  it('is refused when it is cut short, wherever', () => {
    const prefixes = (text: string) => Array.from({ length: text.length }, (_, end) => text.slice(0, end));
    fc.assert(
      fc.property(texts, text => {
        expect(prefixes(text).filter(cut => again(cut) !== undefined)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });
});

/** Functions that read bytes or texts and are in no list here, with the reason. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  decodeMessage: 'each message has the same properties in net/codecs.test.ts',
  readList: 'part of messages',
  readBlock: 'reads block files by the codecs above',
  readBlockBytes: 'reads block files by the codecs above',
  readUndo: 'reads undo files by the codecs above',
  decodeRecord: 'one record of a wallet, by the codecs above',
  readBackup: 'a file under a checksum: wallet/restart.test.ts',
  readHeightCode: 'begins coins, undo data and the coins of a snapshot',
  decodeSnapshotHeader: 'every truncation is tried in chain/snapshot/snapshot-codec.test.ts',
  readManifest: 'every byte is damaged in chain/store/level-files.test.ts',
  decodeCompact: 'any 32 bits are a target',
  decodeFlags: 'any number is a set of flags, or none',
  'Subnet.parse': 'a text without checksum, parts of which are others: net/addresses.test.ts',
};

const src = fileURLToPath(new URL('../../src/', import.meta.url));

/** Names of all functions in these rooms that read a form: `decodeX`, `readX`, and `X.read` or `X.parse`. */
function readers(): string[] {
  return ['primitives', 'script', 'chain', 'mempool', 'net', 'wallet'].flatMap(room =>
    readdirSync(join(src, room), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.ts'))
      .flatMap(name => readersIn(readFileSync(join(src, room, name), 'utf8'))),
  );
}

function readersIn(text: string): string[] {
  const functions = [...text.matchAll(/^export (?:async )?function ((?:decode|read)[A-Z]\w*)/gm)];
  const classes = text.split(/^export class /m).slice(1);
  const methods = classes.flatMap(body => {
    const name = /^\w+/.exec(body)?.[0] ?? '';
    const found = [...body.matchAll(/^ {2}static (?:async )?((?:decode|read|parse)\w*)\(/gm)];
    return found.map(([, method]) => `${name}.${method}`);
  });
  return [...functions.map(([, name]) => name ?? ''), ...methods];
}

describe('the lists above', () => {
  it('have every function that reads a form, or say why not', () => {
    const covered = new Set([...CODECS, ...TEXTS].flatMap(({ covers }) => covers));
    const left = readers().filter(name => !covered.has(name) && !Object.hasOwn(ELSEWHERE, name));
    expect(left).toEqual([]);
    expect(Object.keys(ELSEWHERE).filter(name => !readers().includes(name))).toEqual([]);
  });
});

import { closeSync, openSync } from 'node:fs';
import { expect, it } from 'vitest';
import { lineReader } from '../../../../src/cli/client/standard-input.js';
import { temporaryDir } from '../../../support/node-settings.js';

const dir = temporaryDir();

function linesOf(text: string): string[] {
  const descriptor = openSync(dir.write('input', text), 'r');
  try {
    const read = lineReader(descriptor);
    const lines: string[] = [];
    for (let line = read(); line !== undefined; line = read()) lines.push(line);
    expect(read('prompt')).toBeUndefined();
    return lines;
  } finally {
    closeSync(descriptor);
  }
}

it.each([
  ['', []],
  ['\n', ['']],
  ['pass', ['pass']],
  ['pass\n', ['pass']],
  ['pass\nfoo\nbar', ['pass', 'foo', 'bar']],
  ['a\n\nb\n', ['a', '', 'b']],
  ['ünïcode €\n', ['ünïcode €']],
])('%j has the lines %j', (text, lines) => {
  expect(linesOf(text)).toEqual(lines);
});

it('lines may be longer than what is read at once', () => {
  const long = '€'.repeat(50_000);
  expect(linesOf(`${long}\n${long}`)).toEqual([long, long]);
});

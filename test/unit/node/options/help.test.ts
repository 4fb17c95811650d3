import { describe, expect, it } from 'vitest';
import { helpText } from '../../../../src/node/options/help.js';
import { CLIENT_OPTIONS, DAEMON_OPTIONS } from '../../../../src/node/options/table.js';

describe.each([
  ['the daemon', DAEMON_OPTIONS],
  ['the client', CLIENT_OPTIONS],
])('help of %s', (_, options) => {
  const full = helpText(options, true);

  it('shows every option that is not hidden, once', () => {
    for (const { name, value, hidden } of options) {
      const usage = value === undefined ? `  -${name}\n` : `  -${name}=${value}\n`;
      expect(full.split(usage)).toHaveLength(hidden ? 1 : 2);
    }
  });

  it('leaves options for debugging out unless asked for', () => {
    const short = helpText(options, false);
    for (const { name, debugOnly } of options) {
      if (debugOnly) expect(short).not.toMatch(new RegExp(`^ {2}-${name}(=|$)`, 'm'));
    }
    expect(full.length).toBeGreaterThanOrEqual(short.length);
  });

  it('fits a terminal of 79 columns, but for placeholders', () => {
    for (const line of full.split('\n')) {
      if (!line.startsWith('  -')) expect(line.length).toBeLessThanOrEqual(79);
    }
  });
});

describe('the tables of options', () => {
  it.each([
    ['daemon', DAEMON_OPTIONS],
    ['client', CLIENT_OPTIONS],
  ])('of the %s name each option once, none of which looks negated', (_, options) => {
    const names = options.map(spec => spec.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter(name => name.startsWith('no') || name.includes('.'))).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../../regtest/lab/commands/index.js';

const reference = readFileSync(new URL('../../../../docs/CONTROL-API.md', import.meta.url), 'utf8');

describe('the reference of the control API', () => {
  const sections = new Map(
    reference
      .split(/^#### /m)
      .slice(1)
      .map(section => [/^`(\w+)`/.exec(section)?.[1] ?? '', section]),
  );

  it('has all commands, and no others', () => {
    expect([...sections.keys()].sort()).toEqual(Object.keys(COMMANDS).sort());
  });

  it.each([...sections])('%s has an example: parameters and result as JSON', (_name, section) => {
    const [, params = '', result = ''] = /```json\n(.*)\n(.*)\n```/.exec(section) ?? [];
    expect(JSON.parse(params)).toBeTypeOf('object');
    expect(JSON.parse(result)).toBeDefined();
  });
});

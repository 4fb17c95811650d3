import { describe, expect, it } from 'vitest';
import { methodsOf, parseLine } from '../../../../regtest/page/views/node/command-line.js';

describe('a line of the console', () => {
  it('is a method and its arguments', () => {
    expect(parseLine('getblockhash 12')).toEqual({ method: 'getblockhash', params: [12] });
    expect(parseLine('  getblockcount  ')).toEqual({ method: 'getblockcount', params: [] });
    expect(parseLine('   ')).toBeUndefined();
  });

  it('takes JSON as JSON and all else as text', () => {
    const { params } = parseLine('x true null -0.5 bcrt1qabc [1, 2] {"a": [" ]"]}') ?? {};
    expect(params).toEqual([true, null, -0.5, 'bcrt1qabc', [1, 2], { a: [' ]'] }]);
  });

  it('takes what stands in quotes as text', () => {
    expect(parseLine(`x "12" 'two words' ""`)?.params).toEqual(['12', 'two words', '']);
  });

  it('leaves a hash of digits alone as it is', () => {
    const digits = '1'.repeat(64);
    expect(parseLine(`getblock ${digits}`)?.params).toEqual([digits]);
  });

  it.each(['x "open', 'x [1, 2', 'x {a}'])('is refused when it is not closed or no JSON: %s', line => {
    expect(() => parseLine(line)).toThrow(SyntaxError);
  });

  it('is completed by the names in help', () => {
    expect(methodsOf('== Blockchain ==\ngetblock "hash"\ngetblockcount\n\n== Control ==\nhelp')).toEqual([
      'getblock',
      'getblockcount',
      'help',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import {
  convertedMethods,
  isConverted,
  namedParams,
  positionalParams,
} from '../../../../src/cli/client/conversions.js';

describe('arguments in order', () => {
  it.each([
    ['getblockhash', ['5'], '[5]'],
    ['getblock', ['00ff', '2'], '["00ff",2]'],
    ['getblock', ['00ff', 'true'], '["00ff",true]'],
    ['sendtoaddress', ['addr', '0.10000000', 'a "comment"'], '["addr",0.10000000,"a \\"comment\\""]'],
    ['createrawtransaction', ['[]', '{"data":"00"}'], '[[],{"data":"00"}]'],
    ['gettxout', ['5', '5'], '["5",5]'],
    ['echo', ['1', 'null'], '["1","null"]'],
    ['echojson', ['1', 'null', '"a"'], '[1,null,"a"]'],
    ['nosuchmethod', ['1'], '["1"]'],
    ['stop', [], '[]'],
  ])('%s %j are %s', (method, args, params) => {
    expect(positionalParams(method, args)).toBe(params);
  });

  it('keep numbers beyond what a double holds', () => {
    expect(positionalParams('setmocktime', ['18446744073709551616'])).toBe('[18446744073709551616]');
  });

  it.each(['foo', '', '{', '[1,]', '01', "'a'"])('cannot be %j where JSON is wanted', argument => {
    expect(() => positionalParams('getblockhash', [argument])).toThrow(`Error parsing JSON: ${argument}`);
  });
});

describe('arguments by name', () => {
  it.each([
    ['getblock', ['blockhash=00', 'verbosity=2'], '{"blockhash":"00","verbosity":2}'],
    ['echo', ['arg0=0', 'arg1=1', 'arg0=2'], '{"arg0":"2","arg1":"1"}'],
    ['echo', ['0', '1', 'arg3=3'], '{"arg3":"3","args":["0","1"]}'],
    ['echo', ['args=[0,1]', '4'], '{"args":"[0,1]","args":["4"]}'],
    ['getblock', ['00', '1'], '{"args":["00",1]}'],
    ['sendtoaddress', ['comment=a=b', 'fee_rate=1.10'], '{"comment":"a=b","fee_rate":1.10}'],
    ['stop', [], '{}'],
  ])('%s %j are %s', (method, args, params) => {
    expect(namedParams(method, args)).toBe(params);
  });

  it('cannot be anything but JSON where that is wanted', () => {
    expect(() => namedParams('getblock', ['verbosity=x'])).toThrow('Error parsing JSON: x');
  });
});

it('every method of the table converts something', () => {
  for (const method of convertedMethods()) {
    expect(Array.from({ length: 12 }, (_, at) => isConverted(method, at))).toContain(true);
  }
  expect(isConverted('getblock', 0)).toBe(false);
});

import { describe, expect, it } from 'vitest';
import { convertedMethods, isConverted, namedParams } from '../../../src/cli/client/conversions.js';
import { nodeMethods } from '../../../src/rpc/methods/index.js';
import { walletMethods } from '../../../src/rpc/methods/wallet/index.js';
import type { Param } from '../../../src/rpc/param.js';
import { isText } from '../../../src/rpc/server-info.js';

/** All but echojson, which is there to show what conversion does. */
const methods = [...nodeMethods, ...walletMethods].filter(method => method.name !== 'echojson');

/** JSON by name: `[1]` comes back as an array, or as the text of it. */
function isNameConverted(method: string, name: string): boolean {
  return namedParams(method, [`${name}=[1]`]) === `{${JSON.stringify(name)}:[1]}`;
}

function namesOf(param: Param): string[] {
  return [param.name, ...(param.aliases ?? [])];
}

describe.each(methods.map(method => [method.name, method] as const))(
  'arguments of %s on the command line',
  (name, { params }) => {
    it('are JSON where the method takes other than text, by position and by name', () => {
      for (const [position, param] of params.entries()) {
        expect([param.name, isConverted(name, position)]).toEqual([param.name, !isText(param)]);
        const members = param.type === 'named-options' ? (param.members ?? []) : [];
        for (const argument of namesOf(param)) {
          // A member of the same name may be of another type; then the name means the member.
          if (members.some(member => namesOf(member).includes(argument))) continue;
          expect([argument, isNameConverted(name, argument)]).toEqual([argument, !isText(param)]);
        }
        for (const member of members) {
          for (const argument of namesOf(member)) {
            expect([argument, isNameConverted(name, argument)]).toEqual([argument, !isText(member)]);
          }
        }
      }
    });
  },
);

describe('the table of conversions', () => {
  it('has positions of existing arguments only', () => {
    for (const { name, params } of methods) {
      for (let position = params.length; position < params.length + 5; position++) {
        expect([name, position, isConverted(name, position)]).toEqual([name, position, false]);
      }
    }
    expect(convertedMethods().length).toBeGreaterThan(0);
  });
});

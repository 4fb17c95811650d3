import { describe, expect, it } from 'vitest';
import { RPC_PARAMETERS } from '../../../../regtest/rpc/methods/index.js';
import type { RpcMethod } from '../../../../src/rpc/method.js';
import { nodeMethods } from '../../../../src/rpc/methods/index.js';
import { walletMethods } from '../../../../src/rpc/methods/wallet/index.js';
import { isOptional, type Param, type ParamType } from '../../../../src/rpc/param.js';
import { typeErrors } from '../../../support/type-check.js';

const methods = [...nodeMethods, ...walletMethods];

/** What callers may give for a parameter, as TypeScript says it. */
const TYPES: Readonly<Record<ParamType, string>> = {
  string: 'string',
  hex: 'string',
  number: 'number',
  bool: 'boolean',
  amount: 'number | string',
  range: 'number | readonly [number, number]',
  array: 'readonly unknown[]',
  object: 'object',
  'named-options': 'object',
  any: 'unknown',
  'text-or-json': 'unknown',
};

const HELPERS = [
  "import type { RpcMethod, RpcParams } from '#regtest/rpc/call-types.js';",
  'type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;',
  'type Fits<A, B> = [A] extends [B] ? true : false;',
  'type At<P, I> = P extends readonly unknown[] ? (I extends keyof P ? P[I] : never) : never;',
  'type Given<M extends RpcMethod, I> = Exclude<At<RpcParams<M>, I>, undefined>;',
  'type Members<T> = T extends unknown ? keyof T : never;',
];

/** Statements about the types, in TypeScript, that hold when these are as the node's tables say. */
function statementsAbout({ name, params }: RpcMethod): string[] {
  const required = params.findLastIndex(param => !isOptional(param)) + 1;
  const counts = Array.from({ length: params.length - required + 1 }, (_, more) => required + more);
  return [
    `Same<RpcParams<'${name}'>['length'], ${counts.join(' | ')}>`,
    ...params.flatMap((param, index) => statementsAboutParam(param, `Given<'${name}', '${index}'>`)),
  ];
}

function statementsAboutParam({ type, members }: Param, given: string): string[] {
  const fits = `Fits<${given}, ${TYPES[type]}>`;
  if (members === undefined) return [fits];
  return [fits, `Same<Members<${given}>, ${members.map(({ name }) => `'${name}'`).join(' | ')}>`];
}

describe('typed methods', () => {
  it('are those of the node, with the same parameters in the same order', () => {
    const tables = methods.map(({ name, params }) => [name, params.map(param => param.name)]);
    expect(RPC_PARAMETERS).toEqual(Object.fromEntries(tables));
  });

  it('take as many parameters as the node, of the same kinds and with the same options', async () => {
    const statements = methods.flatMap(statementsAbout);
    expect(statements.length).toBeGreaterThan(methods.length);
    const lines = statements.map((statement, index) => `export const s${index}: ${statement} = true;`);
    const wrong = await typeErrors([...HELPERS, ...lines]);
    expect(wrong.map(({ line, message }) => [statements[line - HELPERS.length], message])).toEqual([]);
  });
});

import { SigHash } from './hash-type.js';

const OUTPUT_NAMES = [
  ['ALL', SigHash.ALL],
  ['NONE', SigHash.NONE],
  ['SINGLE', SigHash.SINGLE],
] as const;

const NAMES = new Map<number, string>(
  OUTPUT_NAMES.flatMap(([name, value]) => [
    [value, name],
    [value | SigHash.ANYONECANPAY, `${name}|ANYONECANPAY`],
  ]),
);

const VALUES = new Map<string, number>([
  ['DEFAULT', SigHash.DEFAULT],
  ...[...NAMES].map(([value, name]) => [name, value] as const),
]);

/** Name of an ECDSA hash type as RPC shows it, such as `ALL|ANYONECANPAY`; undefined for one that is not defined. */
export function sigHashName(hashType: number): string | undefined {
  return NAMES.get(hashType);
}

/** Hash type of a name that RPC takes, `DEFAULT` included. */
export function parseSigHashName(name: string): number | undefined {
  return VALUES.get(name);
}

import { fromHex } from '../../primitives/bytes.js';
import { DecodeError, decoded } from '../../primitives/codec.js';
import { decodeAddress } from '../address.js';
import type { AddressParams } from '../address-params.js';
import { parseUint32 } from '../key-path.js';
import {
  MAX_PUBKEYS_PER_MULTI_A,
  MAX_PUBKEYS_PER_MULTISIG,
  MAX_SCRIPT_ELEMENT_SIZE,
  TAPROOT_CONTROL_MAX_NODE_COUNT,
} from '../limits.js';
import { FlatProvider } from '../signing-provider.js';
import { splitChecksum } from './checksum.js';
import type { Descriptor } from './descriptor.js';
import type { KeyExpression } from './key-expression.js';
import { ComboNode, MultiANode, MultiNode, PkhNode, PkNode, WpkhNode } from './key-nodes.js';
import type { DescriptorNode } from './node.js';
import { AddrNode, RawNode, RawTrNode, ShNode, TrNode, WshNode } from './output-nodes.js';
import { type ParseContext, type ParseState, parseKeyExpression } from './parse-key.js';
import { TextCursor } from './text-cursor.js';

/** Keys of a bare multisig output that nodes relay. */
const MAX_BARE_MULTISIG_KEYS = 3;

export interface ParsedDescriptor {
  readonly descriptor: Descriptor;
  /** Private keys that stood in the text; the descriptor itself keeps none. */
  readonly privateKeys: FlatProvider;
  /** True when the text held at least one private key. */
  readonly hasPrivateKeys: boolean;
}

export interface DescriptorError {
  /** Core's words; empty where Core says nothing, either. */
  readonly error: string;
}

export interface ParseOptions {
  /** Refuse a descriptor without checksum; a wrong one is always refused. */
  readonly requireChecksum?: boolean;
}

/** Reads a descriptor of the language of Core 28, or says in Core's words what is wrong with it. */
export function parseDescriptor(
  text: string,
  params: AddressParams,
  { requireChecksum = false }: ParseOptions = {},
): ParsedDescriptor | DescriptorError {
  const split = splitChecksum(text, requireChecksum);
  if ('error' in split) return split;
  const privateKeys = new FlatProvider();
  const cursor = new TextCursor(split.payload);
  const descriptor = decoded(() => parseScript(cursor, 'top', { params, privateKeys, keyCount: 0 }));
  if (descriptor instanceof DecodeError) return { error: descriptor.message };
  if (!cursor.isDone) return { error: '' };
  return { descriptor, privateKeys, hasPrivateKeys: privateKeys.privateKeys.size > 0 };
}

/** The right checksum of a descriptor with or without one; undefined when it has a wrong one or foreign characters. */
export function checksumOf(text: string): string | undefined {
  const split = splitChecksum(text, false);
  return 'error' in split ? undefined : split.checksum;
}

/** One function, given by its name, with the contexts it may stand in and the words for when it stands elsewhere. */
interface DescriptorFunction {
  readonly name: string;
  readonly contexts: readonly ParseContext[];
  /** Undefined: elsewhere it is no function at all. */
  readonly elsewhere: string | undefined;
  parse(cursor: TextCursor, context: ParseContext, state: ParseState): DescriptorNode;
}

const SCRIPT_CONTEXTS: readonly ParseContext[] = ['top', 'sh', 'wsh'];

const FUNCTIONS: readonly DescriptorFunction[] = [
  {
    name: 'pk',
    contexts: [...SCRIPT_CONTEXTS, 'tr'],
    elsewhere: undefined,
    parse: (cursor, context, state) =>
      new PkNode(parseKey('pk(): ', cursor.rest, context, state), context === 'tr'),
  },
  {
    name: 'pkh',
    contexts: SCRIPT_CONTEXTS,
    elsewhere: undefined,
    parse: (cursor, context, state) => new PkhNode(parseKey('pkh(): ', cursor.rest, context, state)),
  },
  {
    name: 'combo',
    contexts: ['top'],
    elsewhere: 'Can only have combo() at top level',
    parse: (cursor, context, state) => new ComboNode(parseKey('combo(): ', cursor.rest, context, state)),
  },
  ...(['multi', 'sortedmulti'] as const).map(name => ({
    name,
    contexts: SCRIPT_CONTEXTS,
    elsewhere: 'Can only have multi/sortedmulti at top level, in sh(), or in wsh()',
    parse: (cursor: TextCursor, context: ParseContext, state: ParseState) =>
      parseMulti(cursor, context, state, name === 'sortedmulti'),
  })),
  ...(['multi_a', 'sortedmulti_a'] as const).map(name => ({
    name,
    contexts: ['tr'] as const,
    elsewhere: 'Can only have multi_a/sortedmulti_a inside tr()',
    parse: (cursor: TextCursor, context: ParseContext, state: ParseState) =>
      parseMulti(cursor, context, state, name === 'sortedmulti_a'),
  })),
  {
    name: 'wpkh',
    contexts: ['top', 'sh'],
    elsewhere: 'Can only have wpkh() at top level or inside sh()',
    parse: (cursor, _context, state) => new WpkhNode(parseKey('wpkh(): ', cursor.rest, 'wpkh', state)),
  },
  {
    name: 'sh',
    contexts: ['top'],
    elsewhere: 'Can only have sh() at top level',
    parse: (cursor, _context, state) => new ShNode(parseOnlyScript(cursor, 'sh', state)),
  },
  {
    name: 'wsh',
    contexts: ['top', 'sh'],
    elsewhere: 'Can only have wsh() at top level or inside sh()',
    parse: (cursor, _context, state) => new WshNode(parseOnlyScript(cursor, 'wsh', state)),
  },
  {
    name: 'addr',
    contexts: ['top'],
    elsewhere: 'Can only have addr() at top level',
    parse: (cursor, _context, { params }) => parseAddr(cursor.rest, params),
  },
  {
    name: 'tr',
    contexts: ['top'],
    elsewhere: 'Can only have tr at top level',
    parse: (cursor, _context, state) => parseTr(cursor, state),
  },
  {
    name: 'rawtr',
    contexts: ['top'],
    elsewhere: 'Can only have rawtr at top level',
    parse: (cursor, _context, state) => parseRawTr(cursor, state),
  },
  {
    name: 'raw',
    contexts: ['top'],
    elsewhere: 'Can only have raw() at top level',
    parse: cursor => parseRaw(cursor.rest),
  },
];

/** Reads the next SCRIPT expression and leaves the cursor behind it. */
function parseScript(outer: TextCursor, context: ParseContext, state: ParseState): DescriptorNode {
  const expression = outer.takeExpression();
  const cursor = new TextCursor(expression);
  for (const candidate of FUNCTIONS) {
    if (!cursor.enterFunction(candidate.name)) continue;
    if (candidate.contexts.includes(context)) return candidate.parse(cursor, context, state);
    if (candidate.elsewhere !== undefined) throw new DecodeError(candidate.elsewhere);
    break;
  }
  return parseOther(expression, context);
}

/** Expressions outside the table: in wsh() and tr() these would be miniscript. */
function parseOther(expression: string, context: ParseContext): never {
  if (context === 'sh') throw new DecodeError('A function is needed within P2SH');
  if (context === 'wsh') throw new DecodeError('A function is needed within P2WSH');
  throw new DecodeError(`'${expression}' is not a valid descriptor function`);
}

/** A key whose errors name the function it stands in. */
function parseKey(prefix: string, text: string, context: ParseContext, state: ParseState): KeyExpression {
  const key = decoded(() => parseKeyExpression(text, context, state));
  if (key instanceof DecodeError) throw new DecodeError(prefix + key.message);
  return key;
}

/** The one SCRIPT argument of sh() and wsh(). Core finds no words for what may follow it. */
function parseOnlyScript(cursor: TextCursor, context: ParseContext, state: ParseState): DescriptorNode {
  const script = parseScript(cursor, context, state);
  if (!cursor.isDone) throw new DecodeError('');
  return script;
}

function parseMulti(
  cursor: TextCursor,
  context: ParseContext,
  state: ParseState,
  sorted: boolean,
): DescriptorNode {
  const thresholdText = cursor.takeExpression();
  const threshold = parseUint32(thresholdText);
  if (threshold === undefined) throw new DecodeError(`Multi threshold '${thresholdText}' is not valid`);
  const keys: KeyExpression[] = [];
  while (!cursor.isDone) {
    if (!cursor.takeConstant(','))
      throw new DecodeError(`Multi: expected ',', got '${cursor.rest.charAt(0)}'`);
    keys.push(parseKey('Multi: ', cursor.takeExpression(), context, state));
  }
  checkMulti(threshold, keys, context);
  return context === 'tr' ? new MultiANode(threshold, keys, sorted) : new MultiNode(threshold, keys, sorted);
}

function checkMulti(threshold: number, keys: readonly KeyExpression[], context: ParseContext): void {
  const count = keys.length;
  const [kind, most] =
    context === 'tr' ? ['multi_a', MAX_PUBKEYS_PER_MULTI_A] : ['multisig', MAX_PUBKEYS_PER_MULTISIG];
  if (count < 1 || count > most)
    throw new DecodeError(
      `Cannot have ${count} keys in ${kind}; must have between 1 and ${most} keys, inclusive`,
    );
  if (threshold < 1) throw new DecodeError(`Multisig threshold cannot be ${threshold}, must be at least 1`);
  if (threshold > count) {
    throw new DecodeError(
      `Multisig threshold cannot be larger than the number of keys; threshold is ${threshold} but only ${count} keys specified`,
    );
  }
  if (context === 'top' && count > MAX_BARE_MULTISIG_KEYS)
    throw new DecodeError(`Cannot have ${count} pubkeys in bare multisig; only at most 3 pubkeys`);
  if (context !== 'sh') return;
  const size = 3 + keys.reduce((sum, key) => sum + key.size + 1, 0);
  if (size > MAX_SCRIPT_ELEMENT_SIZE) {
    throw new DecodeError(
      `P2SH script is too large, ${size} bytes is larger than ${MAX_SCRIPT_ELEMENT_SIZE} bytes`,
    );
  }
}

function parseAddr(text: string, params: AddressParams): DescriptorNode {
  const decoded = decodeAddress(text, params);
  if ('error' in decoded) throw new DecodeError('Address is not valid');
  return new AddrNode(decoded.destination, params);
}

function parseTr(cursor: TextCursor, state: ParseState): DescriptorNode {
  const internalKey = parseKey('tr(): ', cursor.takeExpression(), 'tr', state);
  const leaves: DescriptorNode[] = [];
  const depths: number[] = [];
  if (cursor.isDone) return new TrNode(internalKey, leaves, depths);
  if (!cursor.takeConstant(',')) throw new DecodeError(`tr: expected ',', got '${cursor.rest.charAt(0)}'`);
  /** For each level down to the current leaf: are we in the right branch? */
  const branches: boolean[] = [];
  do {
    openBranches(cursor, branches);
    leaves.push(parseScript(new TextCursor(cursor.takeExpression()), 'tr', state));
    depths.push(branches.length);
    closeBranches(cursor, branches);
  } while (branches.length > 0);
  if (!cursor.isDone) throw new DecodeError("tr(): expected ')' after script expression");
  return new TrNode(internalKey, leaves, depths);
}

function openBranches(cursor: TextCursor, branches: boolean[]): void {
  while (cursor.takeConstant('{')) {
    branches.push(false);
    if (branches.length > TAPROOT_CONTROL_MAX_NODE_COUNT)
      throw new DecodeError(`tr() supports at most ${TAPROOT_CONTROL_MAX_NODE_COUNT} nesting levels`);
  }
}

function closeBranches(cursor: TextCursor, branches: boolean[]): void {
  while (branches.at(-1) === true) {
    if (!cursor.takeConstant('}')) throw new DecodeError("tr(): expected '}' after script expression");
    branches.pop();
  }
  if (branches.length === 0) return;
  if (!cursor.takeConstant(',')) throw new DecodeError("tr(): expected ',' after script expression");
  branches[branches.length - 1] = true;
}

function parseRawTr(cursor: TextCursor, state: ParseState): DescriptorNode {
  const keyText = cursor.takeExpression();
  if (!cursor.isDone) throw new DecodeError('rawtr(): only one key expected.');
  return new RawTrNode(parseKeyExpression(keyText, 'tr', state));
}

function parseRaw(text: string): DescriptorNode {
  const script = text === '' ? undefined : fromHex(text);
  if (script === undefined) throw new DecodeError('Raw script is not hex');
  return new RawNode(script);
}

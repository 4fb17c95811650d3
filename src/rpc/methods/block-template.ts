import {
  deploymentActiveAfter,
  deploymentName,
  deploymentState,
  VERSION_BITS_DEPLOYMENTS,
} from '../../consensus/deployments.js';
import {
  MAX_BLOCK_SERIALIZED_SIZE,
  MAX_BLOCK_SIGOPS_COST,
  MAX_BLOCK_WEIGHT,
} from '../../consensus/limits.js';
import { nextWorkRequired } from '../../consensus/pow.js';
import type { MempoolEntry } from '../../mempool/mempool.js';
import type { BlockTemplate } from '../../miner/block-template.js';
import { bytesEqual, type HashKey, hashToHex, toHex } from '../../primitives/bytes.js';
import { outPointTxidKey } from '../../primitives/outpoint.js';
import { decodeCompact, formatUint256 } from '../../primitives/target.js';
import { type Transaction, WITNESS_SCALE_FACTOR } from '../../primitives/transaction.js';
import { asString, parseHash } from '../args.js';
import { blockTemplates, type CurrentTemplate } from '../block-templates.js';
import type { RpcContext } from '../context.js';
import { RpcCode, RpcError } from '../errors.js';
import { type JsonValue, RawJson } from '../json.js';
import type { RpcMethod } from '../method.js';
import { bitsHex } from '../views/block.js';
import { waitForTip } from '../wait.js';
import { duplicateVerdict, parseBlock, verdictOf } from './submitblock.js';

/** A long poll looks for new transactions after a minute, and then every ten seconds. */
const FIRST_LOOK_MS = 60_000;
const NEXT_LOOK_MS = 10_000;

const HASH_DIGITS = 64;

/** Deployments that a client need not know to mine with them in force. */
const TRANSPARENT_DEPLOYMENTS: ReadonlySet<string> = new Set(['testdummy', 'taproot']);

function invalidParameter(text: string): RpcError {
  return new RpcError(RpcCode.INVALID_PARAMETER, text);
}

const getblocktemplate: RpcMethod = {
  name: 'getblocktemplate',
  category: 'Mining',
  description:
    'Gives all that a miner needs to build the next block on the tip or, with mode "proposal", checks a block without its proof of work.\nThe formats are those of BIP 22 and BIP 23, with the version bits of BIP 9 and the witness commitment of BIP 145.',
  params: [
    {
      name: 'template_request',
      type: 'object',
      description: 'What the caller asks for and what it understands',
      members: [
        {
          name: 'mode',
          type: 'string',
          optional: true,
          description: '"template" for a template, "proposal" for the check of a block (BIP 23)',
        },
        {
          name: 'capabilities',
          type: 'array',
          optional: true,
          description: 'Abilities of the client, by their BIP 22 names',
        },
        {
          name: 'rules',
          type: 'array',
          description:
            'Names of the soft forks that the client knows; "segwit" is needed, on signet "signet" too',
        },
        {
          name: 'longpollid',
          type: 'string',
          optional: true,
          description:
            'The "longpollid" of an earlier template: the answer waits until there is something better than that template',
        },
        {
          name: 'data',
          type: 'hex',
          optional: true,
          description: 'The block to check, in hex; only with mode "proposal"',
        },
      ],
    },
  ],
  result:
    '{ "capabilities", "version", "rules", "vbavailable", "vbrequired", "previousblockhash", "transactions": [ { "data", "txid", "hash", "depends", "fee", "sigops", "weight" } ], "coinbaseaux", "coinbasevalue", "longpollid", "target", "mintime", "mutable", "noncerange", "sigoplimit", "sizelimit", "weightlimit", "curtime", "bits", "height", "signet_challenge", "default_witness_commitment" }; for a proposal null when the block would do, else the reason as a string of BIP 22',
  examples: ['\'{"rules": ["segwit"]}\''],
  run: async (context, args, { signal }) => {
    const request = args.options('template_request');
    const mode = request.mode ?? 'template';
    if (mode === 'proposal') return judgeProposal(context, request.data);
    if (mode !== 'template') throw invalidParameter('Invalid mode');
    const rules = new Set(Array.isArray(request.rules) ? request.rules.map(asString) : []);
    requireNetwork(context);
    if ((request.longpollid ?? undefined) !== undefined) {
      await waitForChange(context, request.longpollid, signal);
    }
    requireRules(context, rules);
    return templateView(context, await blockTemplates(context).get(), rules);
  },
};

/** BIP23: what the node thinks of a block that has no proof of work yet. */
async function judgeProposal({ chain }: RpcContext, data: unknown): Promise<JsonValue> {
  if (typeof data !== 'string') {
    throw new RpcError(RpcCode.TYPE_ERROR, 'Missing data String key for proposal');
  }
  const block = parseBlock(data);
  const known = duplicateVerdict(chain, block.hash, 'duplicate-inconclusive');
  if (known !== undefined) return known;
  if (!bytesEqual(block.header.prevHash, chain.headers.hash(chain.tip))) {
    return 'inconclusive-not-best-prevblk';
  }
  return verdictOf(await chain.testBlock(block, { checkPow: false, checkMerkle: true }));
}

/** Blocks that nobody will hear of, or that build on a tip long outdated, are not worth mining. */
function requireNetwork({ chain, p2p }: RpcContext): void {
  if (chain.params.isTestChain) return;
  if (p2p.connectionCounts().total === 0) {
    throw new RpcError(RpcCode.CLIENT_NOT_CONNECTED, 'Blocksmith is not connected!');
  }
  if (chain.isInitialBlockDownload) {
    throw new RpcError(
      RpcCode.CLIENT_IN_INITIAL_DOWNLOAD,
      'Blocksmith is in initial sync and waiting for blocks...',
    );
  }
}

/** BIP22 long poll: waits for another tip or, after a minute, for other transactions. */
async function waitForChange(context: RpcContext, longPollId: unknown, signal: AbortSignal): Promise<void> {
  const { chain, mempool } = context;
  let watched = chain.headers.hash(chain.tip);
  let updates = blockTemplates(context).updates;
  if (typeof longPollId === 'string') {
    watched = parseHash(longPollId.slice(0, HASH_DIGITS), 'longpollid');
    updates = Number.parseInt(longPollId.slice(HASH_DIGITS), 10) || 0;
  }
  const moved = () => !bytesEqual(chain.headers.hash(chain.tip), watched);
  let patience = FIRST_LOOK_MS;
  while (!moved() && !signal.aborted) {
    await waitForTip(context, moved, patience, signal);
    if (!moved() && mempool.updates !== updates) break;
    patience = NEXT_LOOK_MS;
  }
  if (signal.aborted) throw new RpcError(RpcCode.CLIENT_NOT_CONNECTED, 'Shutting down');
}

function requireRules({ chain }: RpcContext, rules: ReadonlySet<string>): void {
  if (chain.params.consensus.signetChallenge !== undefined && !rules.has('signet')) {
    throw invalidParameter(
      'getblocktemplate must be called with the signet rule set (call with {"rules": ["segwit", "signet"]})',
    );
  }
  if (!rules.has('segwit')) {
    throw invalidParameter(
      'getblocktemplate must be called with the segwit rule set (call with {"rules": ["segwit"]})',
    );
  }
}

function templateView(
  context: RpcContext,
  { template, updates }: CurrentTemplate,
  rules: ReadonlySet<string>,
): JsonValue {
  const { chain, clock, chainTools } = context;
  const { consensus } = chain.params;
  const isSigned = consensus.signetChallenge !== undefined;
  const isSegwit = deploymentActiveAfter(
    template.prev,
    'segwit',
    chain.headers,
    consensus,
    chainTools.versionBits,
  );
  const deployments = versionBits(context, template, rules);
  const time = Math.max(template.minTime, clock.now());
  // The testnets' rule of late blocks makes the target depend on the time.
  const bits = consensus.powAllowMinDifficultyBlocks
    ? nextWorkRequired(template.prev, time, chain.headers, consensus)
    : template.bits;
  const scale = isSegwit ? 1 : WITNESS_SCALE_FACTOR;
  return {
    capabilities: ['proposal'],
    version: deployments.version,
    rules: ['csv', ...(isSegwit ? ['!segwit'] : []), ...(isSigned ? ['!signet'] : []), ...deployments.active],
    vbavailable: deployments.available,
    vbrequired: 0,
    previousblockhash: hashToHex(template.prevHash),
    transactions: transactionViews(template, scale),
    coinbaseaux: {},
    coinbasevalue: template.coinbaseValue,
    longpollid: hashToHex(template.prevHash) + String(updates),
    target: formatUint256(decodeCompact(bits).target),
    mintime: chain.headers.medianTimePast(template.prev) + 1,
    mutable: ['time', 'transactions', 'prevblock'],
    noncerange: '00000000ffffffff',
    sigoplimit: MAX_BLOCK_SIGOPS_COST / scale,
    sizelimit: MAX_BLOCK_SERIALIZED_SIZE / scale,
    weightlimit: isSegwit ? MAX_BLOCK_WEIGHT : undefined,
    curtime: time,
    bits: bitsHex(bits),
    height: template.height,
    signet_challenge: consensus.signetChallenge && toHex(consensus.signetChallenge),
    default_witness_commitment: template.witnessCommitment && toHex(template.witnessCommitment),
  };
}

/** BIP9's members of the template: the version to signal with, rules in force, bits that may be set. */
function versionBits(
  { chain, chainTools }: RpcContext,
  template: BlockTemplate,
  rules: ReadonlySet<string>,
): { version: number; active: string[]; available: Record<string, number> } {
  const { consensus } = chain.params;
  const active: string[] = [];
  const available: Record<string, number> = {};
  let { version } = template;
  for (const deployment of VERSION_BITS_DEPLOYMENTS) {
    const state = deploymentState(
      template.prev,
      deployment,
      chain.headers,
      consensus,
      chainTools.versionBits,
    );
    const name = deploymentName(deployment);
    const isTransparent = TRANSPARENT_DEPLOYMENTS.has(deployment);
    const shown = isTransparent ? name : `!${name}`;
    const isUnknown = !rules.has(name) && !isTransparent;
    const { bit } = consensus.deployments[deployment];
    if (state === 'locked_in') version |= 1 << bit;
    if (state === 'locked_in' || state === 'started') {
      available[shown] = bit;
      if (isUnknown) version &= ~(1 << bit);
    } else if (state === 'active') {
      active.push(shown);
      if (isUnknown) {
        throw invalidParameter(`Support for '${name}' rule requires explicit client support`);
      }
    }
  }
  return { version, active, available };
}

/** Written out at once: a template may hold thousands of them. */
function transactionViews({ entries }: BlockTemplate, scale: number): JsonValue {
  const positions = new Map<HashKey, number>();
  const views: string[] = [];
  for (let index = 0; index < entries.length; index++) {
    const { tx, fee, sigOpCost, weight } = entries[index] as MempoolEntry;
    // The coinbase is number 0.
    positions.set(tx.txidKey, index + 1);
    const depends = dependencies(tx, positions).join(',');
    const ids = `"txid":"${hashToHex(tx.txid)}","hash":"${hashToHex(tx.wtxid)}"`;
    const numbers = `"fee":${fee},"sigops":${sigOpCost / scale},"weight":${weight}`;
    views.push(`{"data":"${toHex(tx.raw)}",${ids},"depends":[${depends}],${numbers}}`);
  }
  return new RawJson(`[${views.join(',')}]`);
}

/** Places of the transactions that `tx` spends from, once for each input. */
function dependencies(tx: Transaction, positions: ReadonlyMap<HashKey, number>): number[] {
  const places: number[] = [];
  for (let i = 0; i < tx.inputCount; i++) {
    const position = positions.get(outPointTxidKey(tx.prevoutKey(i)));
    if (position !== undefined) places.push(position);
  }
  return places;
}

/** Work for miners outside of the node. */
export const blockTemplateMethods: readonly RpcMethod[] = [getblocktemplate];

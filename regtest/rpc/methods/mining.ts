import type { ParameterNames } from '../parameter-names.js';
import type { ChainName } from './shapes.js';

/** What matters to miners. */
export interface MiningInfo {
  readonly blocks: number;
  /** Of the last template; missing before the first. */
  readonly currentblockweight?: number;
  readonly currentblocktx?: number;
  readonly difficulty: number;
  /** Hashes per second, estimated. */
  readonly networkhashps: number;
  readonly pooledtx: number;
  readonly chain: ChainName;
  /** One text with -deprecatedrpc=warnings. */
  readonly warnings: readonly string[];
}

export interface TemplateRequest {
  readonly mode?: 'template';
  readonly capabilities?: readonly string[];
  /** Soft forks that the caller knows; `segwit` must be among them. */
  readonly rules: readonly string[];
  /** Waits until there is something better than the template that it is of. */
  readonly longpollid?: string;
}

/** A block without proof of work that is to be checked (BIP 23). */
export interface BlockProposal {
  readonly mode: 'proposal';
  /** In hex. */
  readonly data: string;
  readonly capabilities?: readonly string[];
  readonly rules?: readonly string[];
}

/** A transaction of a template, in the order that it has in the block. */
export interface TemplateTransaction {
  readonly data: string;
  readonly txid: string;
  /** With the witness. */
  readonly hash: string;
  /** Numbers of those before it that it spends, from 1. */
  readonly depends: readonly number[];
  /** Satoshis. */
  readonly fee: number;
  readonly sigops: number;
  readonly weight: number;
}

/** What a miner needs to build the next block (BIP 22, 23, 9 and 145). Times are in seconds. */
export interface BlockTemplate {
  readonly capabilities: readonly string[];
  readonly version: number;
  readonly rules: readonly string[];
  /** Bits that may be set, by deployment. */
  readonly vbavailable: Readonly<Record<string, number>>;
  readonly vbrequired: number;
  readonly previousblockhash: string;
  readonly transactions: readonly TemplateTransaction[];
  readonly coinbaseaux: Readonly<Record<string, string>>;
  /** Satoshis. */
  readonly coinbasevalue: number;
  readonly longpollid: string;
  readonly target: string;
  readonly mintime: number;
  readonly mutable: readonly string[];
  readonly noncerange: string;
  readonly sigoplimit: number;
  readonly sizelimit: number;
  /** Only with segwit in force. */
  readonly weightlimit?: number;
  readonly curtime: number;
  readonly bits: string;
  readonly height: number;
  readonly signet_challenge?: string;
  readonly default_witness_commitment?: string;
}

/** What `startmining` has come to. */
export interface MiningStatus {
  readonly running: boolean;
  /** Hashes per second at most; missing when there is no limit. */
  readonly hashrate?: number;
  readonly hashes: number;
  readonly blocks: number;
  readonly lastblock?: string;
}

/** Blocks: making them, and handing them in. */
export interface MiningMethods {
  /** Hash rate of the network over the last `nblocks` (120; -1: since the difficulty changed) up to a height. */
  getnetworkhashps: [params: [nblocks?: number, height?: number], result: number];
  /** What matters to miners. */
  getmininginfo: [params: [], result: MiningInfo];
  /** A template, or the verdict on a proposal: null when it would do. */
  getblocktemplate:
    | [params: [template_request: TemplateRequest], result: BlockTemplate]
    | [params: [template_request: BlockProposal], result: string | null];
  /** Hands in a block: null when it was accepted, else the reason. */
  submitblock: [params: [hexdata: string, dummy?: string], result: string | null];
  /** Hands in a header. */
  submitheader: [params: [hexdata: string], result: null];
  /** Mines blocks that pay an address; gives their hashes. */
  generatetoaddress: [
    params: [nblocks: number, address: string, maxtries?: number],
    result: readonly string[],
  ];
  /** Mines blocks that pay a descriptor's script; gives their hashes. */
  generatetodescriptor: [
    params: [num_blocks: number, descriptor: string, maxtries?: number],
    result: readonly string[],
  ];
  /** Mines one block of given transactions, by txid or in hex; in hex with `submit` false. */
  generateblock:
    | [
        params: [output: string, transactions: readonly string[], submit?: true],
        result: { readonly hash: string },
      ]
    | [
        params: [output: string, transactions: readonly string[], submit: false],
        result: { readonly hash: string; readonly hex: string },
      ];
  /** Always refused: bitcoin-cli's -generate has taken its place. */
  generate: [params: [], result: never];
  /** Mines on and on, at so many hashes per second at most. Not a method of Core. */
  startmining: [params: [address: string, hashrate?: number], result: null];
  /** Ends what `startmining` began. */
  stopmining: [params: [], result: null];
  /** What `startmining` has come to. */
  getminingstatus: [params: [], result: MiningStatus];
}

export const MINING_PARAMETERS = {
  getnetworkhashps: ['nblocks', 'height'],
  getmininginfo: [],
  getblocktemplate: ['template_request'],
  submitblock: ['hexdata', 'dummy'],
  submitheader: ['hexdata'],
  generatetoaddress: ['nblocks', 'address', 'maxtries'],
  generatetodescriptor: ['num_blocks', 'descriptor', 'maxtries'],
  generateblock: ['output', 'transactions', 'submit'],
  generate: [],
  startmining: ['address', 'hashrate'],
  stopmining: [],
  getminingstatus: [],
} as const satisfies ParameterNames<MiningMethods>;

import type { ParameterNames } from '../parameter-names.js';

export interface RpcInfo {
  readonly active_commands: readonly {
    readonly method: string;
    /** Microseconds so far. */
    readonly duration: number;
  }[];
  readonly logpath: string;
}

/** The JavaScript heap in bytes, in the form of Core's locked memory: `locked` is 0. */
export interface MemoryInfo {
  readonly locked: {
    readonly used: number;
    readonly free: number;
    readonly total: number;
    readonly locked: number;
    readonly chunks_used: number;
    readonly chunks_free: number;
  };
}

type EchoParams = [
  arg0?: unknown,
  arg1?: unknown,
  arg2?: unknown,
  arg3?: unknown,
  arg4?: unknown,
  arg5?: unknown,
  arg6?: unknown,
  arg7?: unknown,
  arg8?: unknown,
  arg9?: unknown,
];

/** The server itself, and what only tests have a use for. */
export interface ControlMethods {
  /** All methods, or one explained. */
  help: [params: [command?: string], result: string];
  /** Shuts the node down; answers after so many milliseconds. */
  stop: [params: [wait?: number], result: string];
  /** Seconds since the start. */
  uptime: [params: [], result: number];
  /** Calls in progress. */
  getrpcinfo: [params: [], result: RpcInfo];
  /** Use of memory; the node has no figures of `mallocinfo`. */
  getmemoryinfo: [params: [mode?: 'stats'], result: MemoryInfo];
  /** Turns categories of debug logging on and off; tells which are on. */
  logging: [
    params: [include?: readonly string[], exclude?: readonly string[]],
    result: Readonly<Record<string, boolean>>,
  ];
  /** Stops the node's clock at a time in seconds; 0 lets it run again. */
  setmocktime: [params: [timestamp: number], result: null];
  /** Runs what is scheduled so many seconds ahead of its time, 1 to 3600. */
  mockscheduler: [params: [delta_time: number], result: null];
  /** Waits until wallets and others have heard of all that happened before. */
  syncwithvalidationinterfacequeue: [params: [], result: null];
  /** The arguments back. */
  echo: [params: EchoParams, result: readonly unknown[]];
  /** The same; the command line takes its arguments as JSON. */
  echojson: [params: EchoParams, result: readonly unknown[]];
  /** The argument back. */
  echoipc: [params: [arg: string], result: string];
}

const ECHO_NAMES = ['arg0', 'arg1', 'arg2', 'arg3', 'arg4', 'arg5', 'arg6', 'arg7', 'arg8', 'arg9'] as const;

export const CONTROL_PARAMETERS = {
  help: ['command'],
  stop: ['wait'],
  uptime: [],
  getrpcinfo: [],
  getmemoryinfo: ['mode'],
  logging: ['include', 'exclude'],
  setmocktime: ['timestamp'],
  mockscheduler: ['delta_time'],
  syncwithvalidationinterfacequeue: [],
  echo: ECHO_NAMES,
  echojson: ECHO_NAMES,
  echoipc: ['arg'],
} as const satisfies ParameterNames<ControlMethods>;

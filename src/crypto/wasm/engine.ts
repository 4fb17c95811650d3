import { assert } from '../../runtime/errors.js';

/**
 * What we use of the engine's WebAssembly interface; the type library of Node.js does not describe it. Undefined where
 * there is none, as with `node --jitless`.
 */
interface WebAssemblyInterface {
  validate(module: Uint8Array): boolean;
  readonly Module: new (module: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

const engine = (globalThis as { readonly WebAssembly?: WebAssemblyInterface }).WebAssembly;

/** Whether the engine, if there is one, runs a module. */
export function isRunnable(module: Uint8Array): boolean {
  return engine?.validate(module) ?? false;
}

export type ExportedFunction = (...args: number[]) => number;

/** A module that runs: its memory, and the functions that it exports. */
export interface Instance {
  readonly memory: ArrayBuffer;
  exported(name: string): ExportedFunction;
}

/**
 * Compiles and starts a module that exports its memory as `memory` and imports nothing.
 *
 * @throws Error where the engine cannot run it
 */
export function instantiate(module: Uint8Array): Instance {
  assert(engine !== undefined, 'an engine for WebAssembly');
  const { exports } = new engine.Instance(new engine.Module(module));
  const { memory } = exports;
  assert(hasBuffer(memory), 'an exported memory');
  return {
    memory: memory.buffer,
    exported(name) {
      const entry = exports[name];
      assert(isExportedFunction(entry), `an exported function ${name}`);
      return entry;
    },
  };
}

function hasBuffer(entry: unknown): entry is { readonly buffer: ArrayBuffer } {
  return (
    typeof entry === 'object' && entry !== null && 'buffer' in entry && entry.buffer instanceof ArrayBuffer
  );
}

function isExportedFunction(entry: unknown): entry is ExportedFunction {
  return typeof entry === 'function';
}

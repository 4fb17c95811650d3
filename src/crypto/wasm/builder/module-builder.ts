import { type Bytes, ByteWriter, name, sized, unsigned } from './bytes.js';
import { FunctionBuilder, TYPE_CODES } from './function-builder.js';

/** `\0asm` and version 1. */
const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** Numbers of the sections that we write, in the order that the format prescribes. */
const Section = { TYPE: 1, FUNCTION: 3, MEMORY: 5, EXPORT: 7, CODE: 10 } as const;

const FUNCTION_TYPE = 0x60;

/** Limits with a maximum, here equal to the minimum: the memory never moves, so views of it stay good. */
const WITH_MAXIMUM = 0x01;

const ExportKind = { FUNCTION: 0, MEMORY: 2 } as const;

/** Bytes of a page, the unit of memory. */
const PAGE_SIZE = 65_536;

/** Name under which the memory is exported, by which the engine finds it. */
const MEMORY_EXPORT = 'memory';

/** Parameters of a function, all of type i32, and whether it returns an i32. */
export interface FunctionType {
  readonly parameters: number;
  readonly result?: boolean;
}

/** A WebAssembly module in the making: one memory of fixed size and functions over it. Imports nothing. */
export class ModuleBuilder {
  private readonly functions: FunctionBuilder[] = [];
  private readonly exports: (readonly [string, FunctionBuilder])[] = [];

  /** @param memorySize bytes of memory at least */
  constructor(private readonly memorySize: number) {}

  /** A function for this module's own use. */
  function({ parameters, result = false }: FunctionType): FunctionBuilder {
    const made = new FunctionBuilder(this.functions.length, parameters, result);
    this.functions.push(made);
    return made;
  }

  /** A function that JavaScript calls by `as`. */
  exported(as: string, type: FunctionType): FunctionBuilder {
    const made = this.function(type);
    this.exports.push([as, made]);
    return made;
  }

  /** The module in the binary format. */
  finish(): Uint8Array {
    const { functions } = this;
    const pages = unsigned(Math.ceil(this.memorySize / PAGE_SIZE));
    const functionExports = this.exports.map(([as, { index }]) => [
      ...name(as),
      ExportKind.FUNCTION,
      ...unsigned(index),
    ]);
    const memoryExport = [...name(MEMORY_EXPORT), ExportKind.MEMORY, 0];
    const out = new ByteWriter().bytes(PREAMBLE);
    // One type for each function: the format lets types be repeated.
    writeSection(out, Section.TYPE, functions.map(typeOf));
    writeSection(
      out,
      Section.FUNCTION,
      functions.map(({ index }) => unsigned(index)),
    );
    writeSection(out, Section.MEMORY, [[WITH_MAXIMUM, ...pages, ...pages]]);
    writeSection(out, Section.EXPORT, [memoryExport, ...functionExports]);
    const bodies = functions.map(made => new ByteWriter().sized(made.finish()).finish());
    writeSection(out, Section.CODE, bodies);
    return out.finish();
  }
}

function writeSection(out: ByteWriter, number: number, entries: readonly ArrayLike<number>[]): void {
  const content = new ByteWriter().bytes(unsigned(entries.length));
  for (const entry of entries) content.bytes(entry);
  out.bytes([number]).sized(content.finish());
}

function typeOf({ parameters, hasResult }: FunctionBuilder): Bytes {
  const types = parameters.map(({ type }) => TYPE_CODES[type]);
  return [FUNCTION_TYPE, ...sized(types), ...sized(hasResult ? [TYPE_CODES.i32] : [])];
}

import { defined } from '../../../runtime/errors.js';
import { ByteWriter, unsigned } from './bytes.js';
import type { I32, Local, Statement, Value, ValueType } from './instructions.js';

/** Codes of types in the binary format. */
export const TYPE_CODES: Readonly<Record<ValueType, number>> = { i32: 0x7f, v128: 0x7b };

/** Type of a block that leaves nothing on the stack. */
const NO_RESULT = 0x40;

const UNREACHABLE = 0x00;
const LOOP = 0x03;
const IF = 0x04;
const END = 0x0b;
const BRANCH_IF = 0x0d;
const RETURN = 0x0f;
const CALL = 0x10;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;

/** A function in the making: statements are added in the order in which they run. */
export class FunctionBuilder {
  private readonly code = new ByteWriter();
  private readonly locals: ValueType[] = [];
  /** The parameters, all of type i32. */
  readonly parameters: readonly Local<'i32'>[];

  /**
   * @param index place among the module's functions, by which others call it
   * @param hasResult whether it returns an i32; else it returns nothing
   */
  constructor(
    readonly index: number,
    parameterCount: number,
    readonly hasResult: boolean,
  ) {
    this.parameters = Array.from({ length: parameterCount }, (_, i) => newLocal('i32', i));
  }

  /** The parameter of that number, the first of which is 0. */
  parameter(number: number): Local<'i32'> {
    return defined(this.parameters[number], `parameter ${number}`);
  }

  /** A new variable, zero at first. */
  local<T extends ValueType>(type: T): Local<T> {
    this.locals.push(type);
    return newLocal(type, this.parameters.length + this.locals.length - 1);
  }

  set<T extends ValueType>(local: Local<T>, value: Value<T>): void {
    this.code.bytes(value.code).bytes([LOCAL_SET, ...unsigned(local.index)]);
  }

  /** A new variable with `value` in it. */
  variable<T extends ValueType>(value: Value<T>): Local<T> {
    const local = this.local(value.type);
    this.set(local, value);
    return local;
  }

  run(statement: Statement): void {
    this.code.bytes(statement);
  }

  /** Runs `body` once, and again as long as `condition` is not zero. */
  doWhile(body: () => void, condition: I32): void {
    this.code.bytes([LOOP, NO_RESULT]);
    body();
    this.code.bytes(condition.code).bytes([BRANCH_IF, 0, END]);
  }

  /** Runs `body` when `condition` is not zero. */
  when(condition: I32, body: () => void): void {
    this.code.bytes(condition.code).bytes([IF, NO_RESULT]);
    body();
    this.code.bytes([END]);
  }

  /** Calls a function without a result. */
  call(target: FunctionBuilder, ...args: readonly I32[]): void {
    for (const arg of args) this.code.bytes(arg.code);
    this.code.bytes([CALL, ...unsigned(target.index)]);
  }

  return(value: I32): void {
    this.code.bytes(value.code).bytes([RETURN]);
  }

  /** Body in the binary format: runs of locals, code, end. A result must have been returned before the end. */
  finish(): Uint8Array {
    const runs = runsOf(this.locals);
    const body = new ByteWriter().bytes(unsigned(runs.length));
    for (const [count, type] of runs) body.bytes([...unsigned(count), TYPE_CODES[type]]);
    body.bytes(this.code.finish());
    // What follows a return is never reached, which the format wants to be said when a result is due.
    return body.bytes(this.hasResult ? [UNREACHABLE, END] : [END]).finish();
  }
}

function newLocal<T extends ValueType>(type: T, index: number): Local<T> {
  return { type, index, code: [LOCAL_GET, ...unsigned(index)] };
}

/** Equal types that follow each other, as pairs of their number and the type. */
function runsOf(types: readonly ValueType[]): readonly (readonly [number, ValueType])[] {
  const runs: [number, ValueType][] = [];
  for (const type of types) {
    const last = runs.at(-1);
    if (last?.[1] === type) last[0]++;
    else runs.push([1, type]);
  }
  return runs;
}

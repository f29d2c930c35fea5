// The far side of oracles/node_oracle.py: one JSON request a line on standard input, one JSON answer a line on
// standard output. Runs Wasm calls, and WASI preview 1 programs with their streams in memory.

import { createHash } from "node:crypto";
import { createInterface } from "node:readline";

const TRAPS = [
  [/^unreachable/, "unreachable"],
  [/^memory access out of bounds|^data segment|^memory\.(init|fill|copy)/, "memory_bounds"],
  [/^table index is out of bounds|^element segment|^table access|^table\.(init|copy|fill)/, "table_bounds"],
  [/^array element access out of bounds|^array\.(init|copy|fill)/, "array_bounds"],
  [/^null function or function signature mismatch|^function signature mismatch/, "indirect_call"],
  [/^dereferencing a null pointer/, "null_reference"],
  [/^illegal cast/, "cast_failure"],
  [/^divide by zero|^remainder by zero/, "divide_by_zero"],
  [/^divide result unrepresentable|^float unrepresentable/, "unrepresentable"],
  [/^requested new array is too large/, "exhausted"],
];

function trapOf(error) {
  if (error instanceof RangeError) return "exhausted";
  if (error instanceof WebAssembly.Exception) return "exception";
  if (error instanceof WebAssembly.RuntimeError) {
    for (const [pattern, name] of TRAPS) if (pattern.test(error.message)) return name;
  }
  return "other";
}

const view = new DataView(new ArrayBuffer(8));

function valueOf(text) {
  const [kind, digits] = text.split(":");
  const bits = BigInt(digits);
  if (kind === "i32") return Number(BigInt.asIntN(32, bits));
  if (kind === "i64") return BigInt.asIntN(64, bits);
  if (kind === "f32") { view.setUint32(0, Number(bits)); return view.getFloat32(0); }
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

function textOf(kind, value) {
  if (kind === "i32") return "i32:0x" + (value >>> 0).toString(16);
  if (kind === "i64") return "i64:0x" + BigInt.asUintN(64, value).toString(16);
  if (kind === "f32") {
    if (Number.isNaN(value)) return "f32:nan";
    view.setFloat32(0, value);
    return "f32:0x" + view.getUint32(0).toString(16);
  }
  if (kind === "f64") {
    if (Number.isNaN(value)) return "f64:nan";
    view.setFloat64(0, value);
    return "f64:0x" + view.getBigUint64(0).toString(16);
  }
  return value === null ? "ref:null" : "ref:some";
}

function calls(request) {
  let module, instance;
  const bytes = Buffer.from(request.module, "base64");
  if (!request.calls.length) return { calls: WebAssembly.validate(bytes) ? [] : [["invalid"]], digests: [], detail: "" };
  try {
    module = new WebAssembly.Module(bytes);
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    return { calls: [["invalid"]], digests: [], detail: error.message };
  }
  const imports = WebAssembly.Module.imports(module);
  if (imports.length) return { refused: `the module imports ${imports[0].module}.${imports[0].name}` };
  try {
    instance = new WebAssembly.Instance(module, {});
  } catch (error) {
    return { calls: [["trap:" + trapOf(error)]], digests: [], detail: String(error) };
  }
  const results = [];
  let detail = "";
  for (const [name, args, kinds] of request.calls) {
    const callee = instance.exports[name];
    if (typeof callee !== "function") return { refused: `${name} is no function` };
    try {
      const returned = callee(...args.map(valueOf));
      const values = kinds.length === 1 ? [returned] : kinds.length ? [...returned] : [];
      results.push(kinds.map((kind, i) => textOf(kind, values[i])));
    } catch (error) {
      results.push(["trap:" + trapOf(error)]);
      detail = detail || String(error);
    }
  }
  const digests = [];
  for (const [name, kind] of request.exports) {
    const one = instance.exports[name];
    if (kind === "memory") {
      digests.push([name, createHash("sha256").update(new Uint8Array(one.buffer)).digest("hex")]);
    } else {
      digests.push([name, textOf(kind, one.value)]);
    }
  }
  return { calls: results, digests, detail };
}

// -- WASI preview 1, as far as programs with standard streams, arguments and an environment need it.

const BADF = 8, INVAL = 28, NOSYS = 52, SPIPE = 70;

class Exit extends Error {
  constructor(code) { super("exit"); this.code = code; }
}

function wasi(request, streams) {
  let memory = null, consumed = 0;
  const stdin = Buffer.from(request.stdin, "base64");
  const data = () => new DataView(memory.buffer);
  const bytes = () => new Uint8Array(memory.buffer);
  const lists = { args: request.argv, environ: request.environment.map(([k, v]) => `${k}=${v}`) };
  const sizes = (list) => (count, size) => {
    data().setUint32(count, list.length, true);
    data().setUint32(size, list.reduce((sum, one) => sum + Buffer.byteLength(one) + 1, 0), true);
    return 0;
  };
  const get = (list) => (pointers, buffer) => {
    for (const one of list) {
      data().setUint32(pointers, buffer, true);
      pointers += 4;
      const encoded = Buffer.from(one + "\0");
      bytes().set(encoded, buffer);
      buffer += encoded.length;
    }
    return 0;
  };
  const functions = {
    args_sizes_get: sizes(lists.args),
    args_get: get(lists.args),
    environ_sizes_get: sizes(lists.environ),
    environ_get: get(lists.environ),
    fd_write(fd, vectors, count, written) {
      if (fd !== 1 && fd !== 2) return BADF;
      let total = 0;
      for (let i = 0; i < count; i++) {
        const start = data().getUint32(vectors + 8 * i, true), size = data().getUint32(vectors + 8 * i + 4, true);
        streams[fd].push(Buffer.from(bytes().slice(start, start + size)));
        total += size;
      }
      data().setUint32(written, total, true);
      return 0;
    },
    fd_read(fd, vectors, count, read) {
      if (fd !== 0) return BADF;
      let total = 0;
      for (let i = 0; i < count; i++) {
        const start = data().getUint32(vectors + 8 * i, true), size = data().getUint32(vectors + 8 * i + 4, true);
        const part = stdin.subarray(consumed, consumed + size);
        bytes().set(part, start);
        consumed += part.length;
        total += part.length;
      }
      data().setUint32(read, total, true);
      return 0;
    },
    fd_fdstat_get(fd, result) {
      if (fd > 2) return BADF;
      bytes().fill(0, result, result + 24);
      data().setUint8(result, 2);
      data().setBigUint64(result + 8, 0xffffffffn, true);
      return 0;
    },
    fd_prestat_get: () => BADF,
    fd_seek: () => SPIPE,
    fd_close: (fd) => (fd > 2 ? BADF : 0),
    clock_time_get(clock, precision, result) {
      if (clock > 3) return INVAL;
      data().setBigUint64(result, process.hrtime.bigint(), true);
      return 0;
    },
    random_get(start, size) {
      crypto.getRandomValues(bytes().subarray(start, start + size));
      return 0;
    },
    sched_yield: () => 0,
    proc_exit(code) { throw new Exit(code); },
  };
  const all = new Proxy(functions, { get: (known, name) => known[name] ?? (() => NOSYS), has: () => true });
  return { imports: { wasi_snapshot_preview1: all }, attach(instance) { memory = instance.exports.memory; } };
}

function program(request) {
  const streams = { 1: [], 2: [] };
  const shim = wasi(request, streams);
  let instance, status = 0, detail = "";
  try {
    instance = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(request.module, "base64")), shim.imports);
  } catch (error) {
    if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError) {
      return { refused: String(error) };
    }
    status = 134;
    detail = "trap:" + trapOf(error);
  }
  if (instance !== undefined) {
    if (typeof instance.exports._start !== "function") return { refused: "no export _start" };
    shim.attach(instance);
    try {
      instance.exports._start();
    } catch (error) {
      if (error instanceof Exit) status = error.code;
      else {
        status = 134;
        detail = "trap:" + trapOf(error);
      }
    }
  }
  const whole = (fd) => Buffer.concat(streams[fd]).toString("base64");
  return { status, stdout: whole(1), stderr: whole(2), detail };
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const request = JSON.parse(line);
  const answer = request.op === "calls" ? calls(request) : request.op === "program" ? program(request) : { ready: true };
  process.stdout.write(JSON.stringify(answer) + "\n");
}

import { UserError } from '@im-bert/core/errors';
import type { Graph } from './graph/value.ts';
import { printGraph } from './graph/print.ts';
import { buffersFor, leavesOf, signatureOf } from './host/arguments.ts';
import { writeModel } from './onnx/model.ts';
import { trace, type Trace, type Traceable } from './recorder/trace.ts';
import type { LoadedGraph, Runtime, SessionOptions } from './session/runtime.ts';
import { simplify } from './simplify/simplify.ts';
import { type HostArguments, type HostTreeOf, mapTree, type PartialTree } from './tree.ts';

/** Options of `jit`. */
export interface JitOptions extends SessionOptions {
  /** Stands in messages, printed graphs and exported models; the function's own name by default. */
  readonly name?: string;
  /** What runs the programs. Without one they can be printed and exported only. */
  readonly runtime?: Runtime;
}

/** Options of one run. */
export interface RunOptions<Out> {
  /** Buffers for (some of) the outputs, in the result's tree: written in place and returned. */
  readonly into?: PartialTree<HostTreeOf<Out>>;
}

/** A function that runs as compiled programs, one per signature (tree, shapes and types) of its arguments. */
export interface Compiled<Args extends readonly unknown[], Out> {
  /** Runs on host tensors, which are read in place. */
  (...args: HostArguments<Args>): Promise<HostTreeOf<Out>>;
  /** As a call, with options. @throws UserError if an argument or a buffer does not fit */
  run(args: HostArguments<Args>, options?: RunOptions<Out>): Promise<HostTreeOf<Out>>;
  /** The simplified program for arguments like these, as text. */
  graph(...args: HostArguments<Args>): string;
  /** The program for arguments like these as an ONNX model; inputs are `arg0.key`, outputs `out.key`. */
  toOnnx(...args: HostArguments<Args>): Uint8Array;
  /** Frees every program; later calls throw. */
  dispose(): Promise<void>;
}

/** A session that did not load has nothing to free; whoever ran it has seen the error. */
const ignored = (): void => undefined;

/** A trace after simplification, and its session once it was asked for. */
interface Program extends Trace {
  session?: Promise<LoadedGraph>;
}

/** The programs of one function, by signature. */
class Programs {
  readonly #name: string;
  readonly #fn: Traceable;
  readonly #options: JitOptions;
  readonly #programs = new Map<string, Program>();
  #disposed = false;

  constructor(name: string, fn: Traceable, options: JitOptions) {
    this.#name = name;
    this.#fn = fn;
    this.#options = options;
  }

  get(args: readonly unknown[]): Program {
    if (this.#disposed)
      throw new UserError({
        where: `jit "${this.#name}"`,
        expected: 'a compiled function in use',
        got: 'a call after dispose()',
      });
    const signature = signatureOf(args);
    const known = this.#programs.get(signature);
    if (known !== undefined) return known;
    const traced = trace(this.#name, this.#fn, args);
    const program: Program = { ...traced, graph: simplify(traced.graph) };
    this.#programs.set(signature, program);
    return program;
  }

  async run(args: readonly unknown[], into: unknown): Promise<unknown> {
    const leaves = leavesOf(this.#name, args);
    const program = this.get(args);
    const buffers = buffersFor(this.#name, program.graph.outputs, into);
    const session = await (program.session ??= this.#load(program.graph));
    const outputs = await session.run(leaves, buffers);
    return mapTree(
      program.result,
      (node) => typeof node === 'number',
      (index) => outputs[Number(index)],
    );
  }

  async #load(graph: Graph): Promise<LoadedGraph> {
    const { runtime } = this.#options;
    if (runtime === undefined)
      throw new UserError({
        where: `jit "${this.#name}"`,
        expected: 'a runtime',
        got: 'none',
        remedy:
          'Take `jit` from @im-bert/jit/node, or give it { runtime: webRuntime(..) } of @im-bert/jit/web.',
      });
    return runtime.load(graph, this.#options);
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    const programs = [...this.#programs.values()];
    this.#programs.clear();
    for (const { session } of programs) await session?.then((loaded) => loaded.release(), ignored);
  }
}

/**
 * Compiles a pure function of tensors, gradients inside it included: traced once per signature of its arguments into an
 * ONNX graph, which ONNX Runtime runs. Whatever is not an argument is a constant of the program: pass in learning
 * rates, masks and everything else that changes.
 * @throws UserError (on a call) if an argument is not a host tensor, or if `fn` reads a value, uses a tensor from
 *   outside, keeps one, or uses a tfjs kernel that has no lowering
 */
export function jit<Args extends readonly unknown[], Out>(
  fn: (...args: Args) => Out,
  options: JitOptions = {},
): Compiled<Args, Out> {
  const { name = fn.name || 'anonymous' } = options;
  const programs = new Programs(name, fn, options);
  const run = (args: readonly unknown[], { into }: { readonly into?: unknown } = {}): Promise<unknown> =>
    programs.run(args, into);
  const graphOf = (args: readonly unknown[]): Graph => {
    leavesOf(name, args);
    return programs.get(args).graph;
  };
  const compiled = Object.assign((...args: readonly unknown[]) => run(args), {
    run,
    graph: (...args: readonly unknown[]) => printGraph(graphOf(args)),
    toOnnx: (...args: readonly unknown[]) => writeModel(graphOf(args)),
    dispose: () => programs.dispose(),
  });
  return compiled as unknown as Compiled<Args, Out>; // the boundary: inside, trees are checked at run time
}

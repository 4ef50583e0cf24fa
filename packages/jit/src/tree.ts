import type { HostTensor } from '@im-bert/core/tensor';
import * as tf from '@tensorflow/tfjs-core';

/** A leaf, or a list or record of trees. */
export type Tree<Leaf> = Leaf | readonly Tree<Leaf>[] | { readonly [key: string]: Tree<Leaf> };

/** What a traced function takes and gives. */
export type TensorTree = Tree<tf.Tensor>;

/** The same tree with each tensor on the host. (The type of all trees is its own case: TypeScript would unfold it forever.) */
export type HostTreeOf<T> = [TensorTree] extends [T]
  ? Tree<HostTensor>
  : T extends tf.Tensor
    ? HostTensor
    : T extends readonly unknown[]
      ? { readonly [Index in keyof T]: HostTreeOf<T[Index]> }
      : T extends object
        ? { readonly [Key in keyof T]: HostTreeOf<T[Key]> }
        : never;

/** A function's arguments on the host. */
export type HostArguments<Args extends readonly unknown[]> = {
  readonly [Index in keyof Args]: HostTreeOf<Args[Index]>;
};

/** A tree of which any part may be left out. */
export type PartialTree<T> = T extends HostTensor
  ? T
  : T extends readonly unknown[]
    ? { readonly [Index in keyof T]?: PartialTree<T[Index]> | undefined }
    : { readonly [Key in keyof T]?: PartialTree<T[Key]> | undefined };

/** Whether a tree's node is a tensor of tfjs. */
export function isTensor(node: unknown): node is tf.Tensor {
  return node instanceof tf.Tensor;
}

/** A leaf with its place, written `0.weights.q`. */
export interface PathLeaf {
  readonly path: string;
  readonly leaf: unknown;
}

/** A tree's shape without its leaves: leaves are numbered in order. */
export type TreeShape = Tree<number>;

function isContainer(node: unknown): node is Readonly<Record<string, unknown>> | readonly unknown[] {
  if (Array.isArray(node)) return true;
  if (node === null || typeof node !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(node);
  return prototype === Object.prototype || prototype === null;
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** Leaves in order: lists by position, records by key in alphabetical order, so that the order of keys means nothing. */
export function flatten(tree: unknown, isLeaf: (node: unknown) => boolean, path = ''): readonly PathLeaf[] {
  if (isLeaf(tree) || !isContainer(tree)) return [{ path, leaf: tree }];
  if (Array.isArray(tree))
    return tree.flatMap((child, index) => flatten(child, isLeaf, join(path, String(index))));
  return Object.entries(tree)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, child]) => flatten(child, isLeaf, join(path, key)));
}

/** The tree with each leaf replaced; leaves are visited in the order of `flatten`. */
export function mapTree(
  tree: unknown,
  isLeaf: (node: unknown) => boolean,
  replace: (leaf: unknown) => unknown,
): unknown {
  if (isLeaf(tree) || !isContainer(tree)) return replace(tree);
  if (Array.isArray(tree)) return tree.map((child) => mapTree(child, isLeaf, replace));
  const entries = Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, mapTree(child, isLeaf, replace)]));
}

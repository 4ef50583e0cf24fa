import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import onnxProto from 'onnx-proto';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { GraphBuilder } from '../src/graph/builder.ts';
import { gelu, layerNorm } from '../src/index.ts';
import { jit } from '../src/node.ts';
import { writeModel } from '../src/onnx/model.ts';
import { Message } from '../src/onnx/protobuf.ts';
import { vector } from './support/host-values.ts';

const { onnx } = onnxProto;

/** The parts of a model that are looked at below, with integers as numbers. */
interface DecodedModel {
  readonly opsetImport: readonly unknown[];
  readonly graph: {
    readonly node: readonly { readonly attribute: readonly { readonly s: Uint8Array }[] }[];
    readonly initializer: readonly {
      readonly dims: number[];
      readonly dataType: number;
      readonly rawData: Uint8Array;
    }[];
  };
}

function decoded(model: Uint8Array): DecodedModel {
  const message = onnx.ModelProto.decode(model);
  return onnx.ModelProto.toObject(message, { longs: Number, defaults: true }) as DecodedModel;
}

test('integers are written as protobuf says: seven bits a byte, negative ones in ten bytes', () => {
  expect([...new Message().integer(1, 300).finish()]).toEqual([8, 0xac, 0x02]);
  expect([...new Message().integer(1, -1).finish()]).toEqual([8, ...new Array<number>(9).fill(0xff), 1]);
  expect([...new Message().integer(20, 0).finish()]).toEqual([0xa0, 0x01, 0]);
});

test('a nested message carries its length, strings are UTF-8 and floats little-endian', () => {
  const inner = new Message().text(1, 'é').float(2, 1);
  expect([...new Message().message(3, inner).finish()]).toEqual([
    26, 9, 10, 2, 0xc3, 0xa9, 21, 0, 0, 128, 63,
  ]);
});

test("an independent reader of ONNX's own schema reads back the model that was written", () => {
  const builder = new GraphBuilder('example');
  const x = builder.input('x', 'float32', [2, 3]);
  const weight = builder.constant('float32', [3], Float32Array.of(1, -2, 3));
  const [value = x, , inverse = x] = builder.applyAll('LayerNormalization', [x, weight], {
    axis: 1,
    epsilon: 0.5,
  });
  const moved = builder.apply('Transpose', [builder.apply('Gelu', [value])], { perm: [1, 0] });
  const scattered = builder.apply(
    'ScatterElements',
    [
      value,
      builder.constant('int64', [1, 1], BigInt64Array.of(-1n)),
      builder.constant('float32', [1, 1], Float32Array.of(7)),
    ],
    { axis: 0, reduction: 'add' },
  );
  const model = decoded(
    writeModel(
      builder.build([
        { name: 'y', value: moved },
        { name: 's', value: scattered },
        { name: 'r', value: inverse },
      ]),
    ),
  );
  expect(model).toMatchObject({
    irVersion: 10,
    producerName: '@im-bert/jit',
    opsetImport: [
      { domain: '', version: 20 },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name: 'example',
      input: [
        {
          name: 'x',
          type: { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 2 }, { dimValue: 3 }] } } },
        },
      ],
      output: [{ name: 'y' }, { name: 's' }, { name: 'r' }],
      node: [
        { opType: 'LayerNormalization', domain: '', output: [expect.any(String), '', 'r'] },
        { opType: 'Gelu', domain: 'com.microsoft' },
        { opType: 'Transpose', output: ['y'], attribute: [{ name: 'perm', ints: [1, 0], type: 7 }] },
        { opType: 'ScatterElements', output: ['s'] },
      ],
    },
  });
  const [normalization, , , scatter] = model.graph.node;
  expect(normalization?.attribute).toMatchObject([
    { name: 'axis', i: 1, type: 2 },
    { name: 'epsilon', f: 0.5, type: 1 },
  ]);
  expect(scatter?.attribute).toMatchObject([{ name: 'axis' }, { name: 'reduction', type: 3 }]);
  expect(Buffer.from(scatter?.attribute[1]?.s ?? []).toString()).toBe('add');
  const tensors = model.graph.initializer.map(({ dims, dataType, rawData }) => [
    dims,
    dataType,
    [...rawData],
  ]);
  expect(tensors).toContainEqual([[3], 1, [...new Uint8Array(Float32Array.of(1, -2, 3).buffer)]]);
  expect(tensors).toContainEqual([[1, 1], 7, new Array(8).fill(0xff)]);
});

test('a model without fused operators asks for ai.onnx alone', () => {
  const builder = new GraphBuilder('plain');
  const x = builder.input('x', 'float32', [2]);
  const model = decoded(writeModel(builder.build([{ name: 'y', value: builder.apply('Exp', [x]) }])));
  expect(model.opsetImport).toEqual([{ domain: '', version: 20 }]);
});

test('a result that is an argument, a constant or given twice has a name of its own', async () => {
  const echo = jit((x: tf.Tensor) => {
    const doubled = tf.mul(x, 2);
    return { argument: x, constant: tf.tensor1d([1, 2]), first: doubled, second: doubled };
  });
  const { argument, constant, first, second } = await echo(vector(3));
  expect([argument, constant, first, second].map(({ data }) => [...data])).toEqual([[3], [1, 2], [6], [6]]);
  await echo.dispose();
});

test('the exported file loads in stock ONNX Runtime and computes the same', async () => {
  const block = (x: tf.Tensor, { gain, bias }: { gain: tf.Tensor; bias: tf.Tensor }) =>
    gelu(layerNorm(x, gain, bias, 1e-5));
  const compiled = jit(block, { name: 'block' });
  const x = { ...vector(1, 2, 4, 8), shape: [2, 2] };
  const parameters = { gain: vector(1, 2), bias: vector(0.5, -0.5) };
  const file = join(tmpdir(), `im-bert-jit-${process.pid}.onnx`);
  writeFileSync(file, compiled.toOnnx(x, parameters));
  const session = await InferenceSession.create(file);
  expect([session.inputNames, session.outputNames]).toEqual([['arg0', 'arg1.bias', 'arg1.gain'], ['out']]);
  const feeds = {
    arg0: new Tensor('float32', x.data, [2, 2]),
    'arg1.bias': new Tensor('float32', parameters.bias.data, [2]),
    'arg1.gain': new Tensor('float32', parameters.gain.data, [2]),
  };
  const { out } = await session.run(feeds);
  expect([...(out?.data as Float32Array)]).toEqual([...(await compiled(x, parameters)).data]);
  expect(readFileSync(file).length).toBeLessThan(2000);
  await session.release();
  rmSync(file);
  await compiled.dispose();
});

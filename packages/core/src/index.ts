export { writeFileAtomically } from './atomic-file.ts';
export { canonicalJson, contentHash, type Json } from './content-hash.ts';
export { type Mistake, UserError } from './errors.ts';
export { randomStream, type RandomStream, resumeStream } from './random.ts';
export {
  boolTensor,
  type BoolTensor,
  type DType,
  floatTensor,
  type FloatTensor,
  type HostTensor,
  intTensor,
  type IntTensor,
  sizeOf,
} from './tensor.ts';

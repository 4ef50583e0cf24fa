import type { Connection } from './connection.ts';
import { explicitStep } from './phi.ts';

/** h_t = h_{t-1} + eulerStep·phi_t(h_{t-1}), Eq. 5: EX-BERT. */
export const explicit: Connection = (joint) => ({ hidden: explicitStep(joint), residual: null });

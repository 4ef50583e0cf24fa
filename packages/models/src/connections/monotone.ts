import type { Connection } from './connection.ts';

/** h_t = layer(h_{t-1}), Eq. 1: BERT as it is. */
export const monotone: Connection = ({ layer, hidden }) => ({ hidden: layer(hidden, 0), residual: null });

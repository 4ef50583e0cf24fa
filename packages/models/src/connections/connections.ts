import type { Connection, Joined, Joint } from './connection.ts';
import type { ConnectionKind } from './connection-spec.ts';
import { explicit } from './explicit.ts';
import { implicit } from './implicit.ts';
import { monotone } from './monotone.ts';

/** The ways to join two layers: a new one is a file, a kind in the schema and a row here. */
const connections: Readonly<Record<ConnectionKind, Connection>> = { monotone, explicit, implicit };

/** Joins a layer to the one before it. */
export function connect(kind: ConnectionKind, joint: Joint): Joined {
  return connections[kind](joint);
}

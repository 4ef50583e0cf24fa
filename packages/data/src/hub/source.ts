/** Where a file was found. */
export type Origin = 'folder' | 'cache' | 'network';

/** A file on this machine, whole and checked. */
export interface HubFile {
  readonly path: string;
  readonly origin: Origin;
}

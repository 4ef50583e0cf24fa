import { UserError } from '@im-bert/core';

/** Base address of the hub: HF_ENDPOINT, or the hub's own. @throws UserError if it is no address */
export function hubEndpoint(): string {
  const endpoint = (process.env['HF_ENDPOINT'] ?? 'https://huggingface.co').replace(/\/+$/, '');
  const address = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (address !== undefined && ['http:', 'https:'].includes(address.protocol)) return endpoint;
  throw new UserError({
    where: 'HF_ENDPOINT',
    expected: 'an address, https://huggingface.co',
    got: JSON.stringify(endpoint),
  });
}

/** Whether the user forbids the network (HF_HUB_OFFLINE=1). */
export function isOffline(): boolean {
  return ['1', 'true', 'yes', 'on'].includes((process.env['HF_HUB_OFFLINE'] ?? '').toLowerCase());
}

/** The header that shows HF_TOKEN to the hub, and to no other. @throws UserError if it cannot be a token */
export function authorization(url: string): Record<string, string> {
  const token = (process.env['HF_TOKEN'] ?? '').trim();
  if (token === '' || new URL(url).origin !== new URL(hubEndpoint()).origin) return {};
  if (/^[\x21-\x7e]+$/.test(token)) return { authorization: `Bearer ${token}` };
  throw new UserError({
    where: 'HF_TOKEN',
    expected: 'a token of letters and digits',
    got: 'something else',
  });
}

import { UserError } from '@im-bert/core';

test('a mistake is one line of bounded length, whatever the damaged file held', () => {
  const long = 'x'.repeat(1e6);
  const { message } = new UserError({
    where: `model.safetensors ${long} end`,
    expected: long,
    got: `a\n\u001b[2J\u007f${long}`,
  });
  expect(message).toMatch(/^model\.safetensors x+\.\.\.x+ end: expected x/);
  expect(message).toContain(String.raw`got a\u000a\u001b[2J\u007fx`);
  expect(message).not.toMatch(/\p{Cc}/u);
  expect(message.length).toBeLessThan(2000);
});

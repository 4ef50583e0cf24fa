import { readFileSync } from 'node:fs';
import { cases, trainingProducts } from './cases.mjs';
import { startOurs, startProducts, takeTurns } from './measure.mjs';
import { median } from './statistics.mjs';

/** Loss of a ratio that is taken for a regression and not for the machine's noise. */
const tolerance = 0.9;

/**
 * Share of ONNX Runtime's own rate of matrix products that training steps reach, against the shares in recorded.json.
 * Both run in turns, so that the machine cancels out.
 * @returns whether no share has fallen by more than a tenth
 */
export async function checkGate({ threads, repeats }) {
  const recorded = JSON.parse(readFileSync(new URL('recorded.json', import.meta.url), 'utf8'));
  let passed = true;
  for (const [name, expected] of Object.entries(recorded.shareOfProductRate)) {
    const settings = { ...cases[name], threads };
    const [ours, products] = [startOurs(settings), startProducts(settings)];
    const pairs = await takeTurns(ours, products, { warmUps: 2, repeats });
    ours.end();
    products.end();
    const operations = trainingProducts(settings.sizes) / 1e9;
    const share = median(pairs.map(([step, { rate }]) => operations / step.seconds / rate));
    const held = share >= tolerance * expected;
    passed &&= held;
    console.log(
      `${settings.title}: ${(100 * share).toFixed(0)} % of the rate of matrix products alone, ` +
        `recorded ${(100 * expected).toFixed(0)} %: ${held ? 'held' : 'LOST'}`,
    );
  }
  return passed;
}

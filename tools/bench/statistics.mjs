export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/** Median, least and greatest, in text. */
function spread(values) {
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(2)} (${least.toFixed(2)}-${greatest.toFixed(2)})`;
}

/** Steps of one process in text: seconds, the optimizer's share in per cent, the greatest memory in GB. */
export function summary(steps) {
  return {
    seconds: spread(steps.map((step) => step.seconds)),
    optimizer: (100 * median(steps.map((step) => step.optimizer / step.seconds))).toFixed(0),
    peak: Math.max(...steps.map((step) => step.peak)).toFixed(1),
  };
}

/** How many of our steps the rival's step takes: median and spread over the pairs, in text. */
export function ratio(ours, theirs) {
  return spread(ours.map((step, index) => theirs[index].seconds / step.seconds));
}

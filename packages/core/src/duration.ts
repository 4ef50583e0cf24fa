/** `0.4 s`, `45 s`, `3 min 20 s`, `2 h 05 min`, `1 d 03 h`: two units at most. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${padded(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${padded(minutes % 60)} min`;
  const hours = Math.round(seconds / 3600);
  return `${Math.floor(hours / 24)} d ${padded(hours % 24)} h`;
}

function padded(number: number): string {
  return String(number).padStart(2, '0');
}

/**
 * Seconds that the rest will take if it goes on at the pace so far; undefined while there is no pace yet.
 * @param doneCost work done, in any unit, such as examples or estimated seconds
 * @param totalCost all the work, in the same unit
 */
export function remainingSeconds(
  elapsedSeconds: number,
  doneCost: number,
  totalCost: number,
): number | undefined {
  if (!(doneCost > 0) || !(elapsedSeconds > 0)) return undefined;
  return Math.max(0, (elapsedSeconds / doneCost) * (totalCost - doneCost));
}

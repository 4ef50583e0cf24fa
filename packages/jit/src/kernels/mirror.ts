/** Position in an axis of `size` that a padded position shows, reflected at the borders (with them for symmetric). */
export function mirrored(position: number, size: number, includeBorder: boolean): number {
  const offset = includeBorder ? 1 : 0;
  if (position < 0) return -position - offset;
  return position >= size ? 2 * size - 2 - position + offset : position;
}

const units = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
];

/** How long before `now` (milliseconds) a moment was, such as `3 min`. */
export function since(iso, now) {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1_000));
  for (const [size, unit] of units) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
  }
  return `${seconds} s`;
}

/** A length of time, such as `38 ms`. */
export function took(milliseconds) {
  return milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}
